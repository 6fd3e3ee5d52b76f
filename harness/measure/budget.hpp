// SPDX-License-Identifier: Apache-2.0
// The time that an invocation may take, and its distribution over workloads and groups.
#pragma once

#include "harness/measure/plan.hpp"

namespace workspan {

// The cases that each workload has to time.
using CaseCounts = std::map<const Workload*, std::size_t>;

// The longest time that the plan takes, by the budgets of its workloads; none with --repetitions.
std::optional<Seconds> time_limit(const Plan& plan, const Options& options);

// Gives each workload its budget, and each group the share of it that its cases are.
class Budget {
public:
    Budget(const Plan& plan, const Options& options);

    // The deadline of the next group of the plan.
    Seconds deadline(const Group& group);

    Seconds end() const { return end_; } // of the workload's budget

private:
    CaseCounts open_;
    std::size_t workloads_left_;
    Seconds each_;
    bool per_workload_; // else time that one workload leaves goes to the next
    const Workload* current_ = nullptr;
    Seconds end_ = 0;
};

} // namespace workspan
