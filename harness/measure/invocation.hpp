// SPDX-License-Identifier: Apache-2.0
// One invocation: walks the plan, prepares each group, verifies and times its cases within the
// budget.
#pragma once

#include "harness/measure/measure.hpp"
#include "harness/plan/plan.hpp"

namespace workspan {

// Reported before every sample.
struct Progress {
    const CaseResult* current;
    std::size_t position, cases; // of the current case, counted from 1, among all planned ones
    Seconds left;                // at most, by the budgets
};
using OnProgress = std::function<void(const Progress&)>;

SamplingPolicy sampling_policy(const Options& options);

// Every case of the plan, for --dry-run: planned, or skipped if it cannot run here.
std::vector<CaseResult> planned_results(const Plan& plan);

// The surroundings of an invocation. cpus: the allowed ones, for probing round trips; gpu: see
// SamplingPolicy. After `stop` is set the invocation ends early and skips the remaining cases.
struct Surroundings {
    const std::vector<int>& cpus;
    const OnProgress& on_progress;
    const std::atomic<bool>& stop;
    std::function<GpuMoment()> gpu = {};
};

// All cases of the plan, in its order: timed, failed or skipped.
Results run_invocation(const Plan& plan, const Options& options, const Surroundings& surroundings);

} // namespace workspan
