// SPDX-License-Identifier: Apache-2.0
// The time of a plan, and its distribution over workloads and their groups.
#include "harness/plan/budget.hpp"
#include "harness/support/clock.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

// Deadlines are relative to the clock, which advances during a test.
constexpr Seconds kSlack = 0.5;

const Workload alpha = {.name = "alpha", .contract = {}, .variants = {}};
const Workload beta = {.name = "beta", .contract = {}, .variants = {}};

Group group(const Workload& workload, std::size_t cases)
{
    return Group(cases, PlannedCase{&workload, nullptr, {}, "", {}});
}

// alpha: a group of one case and one of three; beta: one group.
Plan two_workloads()
{
    return {.groups = {group(alpha, 1), group(alpha, 3), group(beta, 2)}, .skipped = {}};
}

Options with_budget(Seconds budget)
{
    Options options;
    options.budget = budget;
    return options;
}

TEST(TimeLimit, IsTheSumOfTheBudgets)
{
    Options options;
    EXPECT_EQ(time_limit(two_workloads(), options), 200) << "quick: fixed for all workloads";
    options.preset = Preset::smoke;
    EXPECT_EQ(time_limit(two_workloads(), options), 30);
    options.preset = Preset::full;
    EXPECT_EQ(time_limit(two_workloads(), options), 2 * 60);
    EXPECT_EQ(time_limit(two_workloads(), with_budget(5)), 2 * 5);
    EXPECT_EQ(time_limit({.groups = {group(beta, 2)}, .skipped = {}}, with_budget(5)), 5);
}

TEST(TimeLimit, IsUnknownForAFixedNumberOfSamples)
{
    Options options = with_budget(5);
    options.repetitions = 3;
    EXPECT_FALSE(time_limit(two_workloads(), options));
}

TEST(Budget, AGroupGetsAShareInProportionToItsCases)
{
    const Plan plan = two_workloads();
    Budget budget(plan, with_budget(40));
    EXPECT_NEAR(budget.deadline(plan.groups[0]) - now(), 10, kSlack) << "one case of four";
    EXPECT_NEAR(budget.deadline(plan.groups[1]) - now(), 40, kSlack)
        << "all that is left, since the first group took no time";
}

TEST(Budget, ABudgetPerWorkloadIsNotPassedOn)
{
    const Plan plan = two_workloads();
    Budget budget(plan, with_budget(40));
    budget.deadline(plan.groups[0]);
    budget.deadline(plan.groups[1]);
    EXPECT_NEAR(budget.deadline(plan.groups[2]) - now(), 40, kSlack);
}

TEST(Budget, UnusedTimeOfATotalGoesToTheNextWorkload)
{
    const Plan plan = two_workloads();
    Budget budget(plan, {}); // quick: 200 s in total, 100 s each
    EXPECT_NEAR(budget.deadline(plan.groups[0]) - now(), 25, kSlack);
    EXPECT_NEAR(budget.deadline(plan.groups[1]) - now(), 100, kSlack);
    EXPECT_NEAR(budget.deadline(plan.groups[2]) - now(), 200, kSlack);
}

TEST(Budget, EndsWhenAllBudgetsThatAreLeftEnd)
{
    const Plan plan = two_workloads();
    Budget budget(plan, with_budget(40));
    budget.deadline(plan.groups[0]);
    EXPECT_NEAR(budget.end() - now(), 80, kSlack);
    budget.deadline(plan.groups[2]);
    EXPECT_NEAR(budget.end() - now(), 40, kSlack);
}

TEST(Budget, CasesOfALargerSizeCountMore)
{
    Group small = group(alpha, 2), large = group(alpha, 2);
    small.front().problem.n = 16;
    large.front().problem.n = 1024;
    const Plan plan = {.groups = {small, large}, .skipped = {}};
    Budget first(plan, with_budget(30));
    EXPECT_NEAR(first.deadline(plan.groups[0]) - now(), 10, kSlack);
    Budget largest_first(plan, with_budget(30));
    EXPECT_NEAR(largest_first.deadline(plan.groups[1]) - now(), 20, kSlack);
}

TEST(Budget, AGroupKeepsHalfOfItsTimeIfThoseBeforeItTookLonger)
{
    const Plan plan = two_workloads();
    Budget budget(plan, with_budget(0.02));
    const Seconds start = now();
    budget.deadline(plan.groups[0]);
    while (now() < start + 0.03) {
    }
    EXPECT_GE(budget.deadline(plan.groups[1]) - now(), 0.5 * 0.75 * 0.02 - 1e-3);
}

} // namespace
} // namespace workspan
