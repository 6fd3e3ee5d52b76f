// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/budget.hpp"

#include "harness/support/clock.hpp"

#include <algorithm>

namespace workspan {

namespace {

// Of one process. `workspan run` has budgets of its own, for many processes, in
// scripts/workspan/running/schedule.py, and passes each process its share with --budget.
constexpr Seconds kSmokeTotal = 30, kQuickTotal = 200, kFullPerWorkload = 60;
constexpr double kLeastShare = 0.5; // of a group's time, however long those before it took

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

std::map<const Workload*, std::set<std::size_t>> sizes_of(const Plan& plan)
{
    std::map<const Workload*, std::set<std::size_t>> sizes;
    for (const Group& group : plan.groups)
        sizes[group.front().workload].insert(group.front().problem.n);
    return sizes;
}

} // namespace

std::optional<Seconds> time_limit(const Plan& plan, const Options& options)
{
    const std::size_t workloads = sizes_of(plan).size();
    if (options.repetitions > 0)
        return std::nullopt;
    return budget_per_workload(options, workloads) * static_cast<double>(workloads);
}

Budget::Budget(const Plan& plan, const Options& options)
    : sizes_(sizes_of(plan)), workloads_left_(sizes_.size()),
      each_(budget_per_workload(options, sizes_.size())),
      per_workload_(options.budget || options.preset == Preset::full)
{
    for (const Group& group : plan.groups)
        open_[group.front().workload] += weight(group);
    all_ = open_;
}

double Budget::weight(const Group& group) const
{
    const std::set<std::size_t>& sizes = sizes_.at(group.front().workload);
    const auto rank = std::distance(sizes.begin(), sizes.find(group.front().problem.n)) + 1;
    return static_cast<double>(rank) * static_cast<double>(group.size());
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
    const double share = weight(group) / open_[workload];
    open_[workload] -= weight(group);
    const Seconds planned = weight(group) / all_[workload] * each_;
    return now() + std::max(share * left, kLeastShare * planned);
}

} // namespace workspan
