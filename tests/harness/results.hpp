// SPDX-License-Identifier: Apache-2.0
// Made-up results, for tests of the judge, the table and the file.
#pragma once

#include "harness/plan/plan.hpp"

namespace workspan {

// A finished case with 1 % of interval on each side.
inline CaseResult finished(const std::string& workload, const std::string& variant, std::size_t n,
                           int threads, Seconds time, Cost cost)
{
    CaseResult c;
    c.workload = workload;
    c.variant = variant;
    const std::map<std::string, std::string> ceilings = {
        {"reduce", "read"}, {"gemm", "fma"}, {"free", ""}};
    const auto ceiling = ceilings.find(workload);
    c.ceiling = ceiling == ceilings.end() ? workload : ceiling->second; // ceilings bound themselves
    c.rate = c.ceiling == "fma" || c.ceiling == "dfma" ? Rate::flops : Rate::bytes;
    c.problem = {.n = n, .threads = threads};
    c.name = case_name(workload, variant, c.problem);
    c.scope = variant == "cuda_e2e" || variant == "cuda_pinned" ? Scope::e2e
              : variant.starts_with("cuda")                     ? Scope::kernel
                                                                : Scope::host;
    c.status = Status::ok;
    c.cost = cost;
    c.footprint = {cost.bytes / 2, cost.bytes / 2, cost.bytes};
    for (const double t : {time, time * 0.99, time * 1.01})
        c.samples.push_back({t, t * threads});
    c.iterations = 3;
    c.time = time;
    c.interval = Interval{time * 0.99, time * 1.01};
    c.stopped = "target";
    c.check_result = {.ok = true, .why = {}, .error = 0.5};
    return c;
}

} // namespace workspan
