// SPDX-License-Identifier: Apache-2.0
// The time that an invocation may take, and its distribution over workloads and groups.
#pragma once

#include "harness/plan/plan.hpp"

#include <set>

namespace workspan {

// The longest time of the plan, by the budgets of its workloads; none with --repetitions.
std::optional<Seconds> time_limit(const Plan& plan, const Options& options);

// Gives each workload its budget, and each group a share of it in proportion to its cases; those of
// the second size count twice, of the third three times, ..., since a block of them takes longer.
class Budget {
public:
    Budget(const Plan& plan, const Options& options);

    // The deadline of the next group of the plan.
    Seconds deadline(const Group& group);

    Seconds end() const { return end_; } // of all budgets that are left, at the latest

private:
    double weight(const Group& group) const;

    std::map<const Workload*, std::set<std::size_t>> sizes_;
    std::map<const Workload*, double> open_; // weight of the groups that are left
    std::map<const Workload*, double> all_;  // weight of all groups
    std::size_t workloads_left_;
    Seconds each_;
    bool per_workload_; // else unused time of one workload goes to the next
    const Workload* current_ = nullptr;
    Seconds end_ = 0;
};

} // namespace workspan
