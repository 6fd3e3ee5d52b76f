// SPDX-License-Identifier: Apache-2.0
#include "harness/report/plan_text.hpp"

#include "harness/support/format.hpp"

#include <fmt/format.h>
#include <set>

namespace workspan {

std::string plan_text(const std::vector<CaseResult>& planned, std::optional<Seconds> time_limit)
{
    std::string text;
    std::size_t cases = 0;
    std::set<std::string> workloads;
    for (const CaseResult& c : planned) {
        const bool runs = c.status == Status::planned;
        text += fmt::format("{:<60} {:>8}  {}\n", c.name, format_bytes(c.footprint.on_host()),
                            c.reason);
        cases += runs ? 1 : 0;
        if (runs)
            workloads.insert(c.workload);
    }
    const std::string time =
        time_limit && cases > 0
            ? fmt::format(" Time limit: {}.",
                          *time_limit < 1 ? format_time(*time_limit) : format_duration(*time_limit))
            : "";
    return text +
           fmt::format("Cases to measure: {}. Workloads: {}.{}\n", cases, workloads.size(), time);
}

} // namespace workspan
