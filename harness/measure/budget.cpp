// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/budget.hpp"

#include "harness/support/clock.hpp"

#include <algorithm>

namespace workspan {

namespace {

// Of one process. `workspan run` has budgets of its own, for many processes, in
// scripts/workspan/running/schedule.py, and passes each process its share with --budget.
constexpr Seconds kSmokeTotal = 30, kQuickTotal = 200, kFullPerWorkload = 60;

// Fixed in total for the short presets, so that a larger catalogue does not make them longer.
Seconds budget_per_workload(const Options& options, std::size_t workloads)
{
    if (options.budget)
        return *options.budget;
    if (options.preset == Preset::full)
        return kFullPerWorkload;
    return (options.preset == Preset::smoke ? kSmokeTotal : kQuickTotal) /
           static_cast<double>(std::max<std::size_t>(workloads, 1));
}

CaseCounts open_cases(const Plan& plan)
{
    CaseCounts open;
    for (const Group& group : plan.groups)
        open[group.front().workload] += group.size();
    return open;
}

} // namespace

std::optional<Seconds> time_limit(const Plan& plan, const Options& options)
{
    const std::size_t workloads = open_cases(plan).size();
    if (options.repetitions > 0)
        return std::nullopt;
    return budget_per_workload(options, workloads) * static_cast<double>(workloads);
}

Budget::Budget(const Plan& plan, const Options& options)
    : open_(open_cases(plan)), workloads_left_(open_.size()),
      each_(budget_per_workload(options, open_.size())),
      per_workload_(options.budget || options.preset == Preset::full)
{
}

Seconds Budget::deadline(const Group& group)
{
    const Workload* const workload = group.front().workload;
    if (workload != current_) {
        current_ = workload;
        if (per_workload_ || end_ == 0)
            end_ = now() + each_ * static_cast<double>(workloads_left_);
        --workloads_left_;
    }
    const Seconds left = end_ - each_ * static_cast<double>(workloads_left_) - now();
    const double share = static_cast<double>(group.size()) / static_cast<double>(open_[workload]);
    open_[workload] -= group.size();
    return now() + share * left;
}

} // namespace workspan
