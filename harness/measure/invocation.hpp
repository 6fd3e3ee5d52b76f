// SPDX-License-Identifier: Apache-2.0
// One invocation: walks the plan, prepares each group, proves and times its cases, within the
// budget.
#pragma once

#include "harness/measure/measure.hpp"
#include "harness/measure/plan.hpp"

namespace workspan {

// Where a session stands, told before every sample.
struct Standing {
    const CaseResult* current;
    std::size_t position, cases; // of the current case, counted from 1, among all that are planned
    Seconds left;                // at most, by the budgets
};
using OnStanding = std::function<void(const Standing&)>;

Rules rules_of(const Options& options);

// Of a session, by the budgets of its workloads; none where a number of repetitions is asked for.
std::optional<Seconds> most_seconds(const Plan& plan, const Options& options);

// What a session would measure: every case of the plan skipped, as "planned" or with the reason why
// it cannot run here.
std::vector<CaseResult> planned_results(const Plan& plan);

// All cases of the plan, in its order: timed, failed or skipped. cpus: those that threads may use,
// for probing round trips; gpu: see Rules. Ends early, with the rest skipped, when `stop` becomes
// true.
std::vector<CaseResult> run_session(const Plan& plan, const Options& options,
                                    const std::vector<int>& cpus, const OnStanding& on_standing,
                                    const std::atomic<bool>& stop,
                                    const std::function<GpuMoment()>& gpu = {});

} // namespace workspan
