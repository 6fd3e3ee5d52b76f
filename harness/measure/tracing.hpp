// SPDX-License-Identifier: Apache-2.0
// One more run of each case with tasks, after the samples, in which every task is recorded.
#pragma once

#include "harness/plan/plan.hpp"
#include "harness/tasks/trace.hpp"

#include <atomic>

namespace workspan {

struct TracedCase {
    std::string name, workload, variant;
    Problem problem;
    std::shared_ptr<Trace> trace;
    std::int64_t begin = 0, end = 0; // of the run, ns of the steady clock
};

// Whether a case of the plan can have tasks.
bool has_tasks(const Plan& plan);

struct Traces {
    std::vector<TracedCase> cases;
    std::map<std::string, std::string> refused; // cases that could not run once more: why
};

// Runs those cases of the plan once more that are ok. A wrong result fails the case; one that is
// refused a thread, say, keeps its samples.
Traces trace_cases(const Plan& plan, std::vector<CaseResult>& results,
                   const std::atomic<bool>& stop);

// What it costs here to record a span, in ns: the least of three passes.
double cost_of_a_span();

} // namespace workspan
