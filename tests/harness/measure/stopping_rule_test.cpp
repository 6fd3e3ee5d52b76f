// SPDX-License-Identifier: Apache-2.0
// When sampling ends: at the target, at the budget, or after the number of samples asked for.
#include "tests/harness/measure/made_up.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace workspan {
namespace {

TEST(StoppingRule, QuietCaseStopsAtTheFirstLook)
{
    make_noise(1e-4);
    const CaseResult result = measured(idle(), made_up_clock, quick_policy(), 60);
    EXPECT_EQ(result.stopped, "target");
    EXPECT_EQ(result.samples.size(), 8U);
    EXPECT_NEAR(result.time, 0.001, 1e-6);
    ASSERT_TRUE(result.interval);
    EXPECT_LE(result.interval->low, result.time);
    EXPECT_GE(result.interval->high, result.time);
}

TEST(StoppingRule, NoisyCaseTakesMoreSamplesAtFixedCounts)
{
    make_noise(0.05);
    const CaseResult result = measured(idle(), made_up_clock, quick_policy(), 600);
    EXPECT_EQ(result.stopped, "target");
    EXPECT_GT(result.samples.size(), 12U);
    int look = kFirstLook;
    while (look < static_cast<int>(result.samples.size()))
        look = next_look(look);
    EXPECT_EQ(look, static_cast<int>(result.samples.size()));
    EXPECT_LE(relative_half_width(*result.interval, result.time), 0.02);
}

TEST(StoppingRule, TheBudgetEndsSampling)
{
    make_noise(0.5);
    const auto clock = [](const Trial& trial, int runs) -> Seconds {
        std::this_thread::sleep_for(std::chrono::microseconds(300));
        return made_up_clock(trial, runs);
    };
    const CaseResult result = measured(idle(), clock, quick_policy(), 0.03);
    EXPECT_EQ(result.stopped, "budget");
    EXPECT_GE(result.samples.size(), 8U);
    EXPECT_LE(result.samples.size(), 100U); // of 0.3 ms, after an untimed run: at most 50
}

// The clock takes ten times as long as the time it reads, as one that flushes a cache before each
// run.
TEST(StoppingRule, TheBudgetIncludesTheOverheadOfASample)
{
    make_noise(0.5);
    const auto clock = [](const Trial& trial, int) -> Seconds {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return made_up_clock(trial, 1) / 5;
    };
    const CaseResult result = measured(idle(), clock, quick_policy(), 0.2);
    EXPECT_EQ(result.stopped, "budget");
    EXPECT_LE(result.samples.size(), 150U); // 80 are affordable; by the readings alone, 1000
}

TEST(StoppingRule, ARunLongerThanItsShareIsTimedThreeTimesWithoutInterval)
{
    make_noise(0);
    SamplingPolicy policy;
    policy.sample = 1e-5;
    const CaseResult result = measured(idle(), made_up_clock, policy, 1e-9);
    EXPECT_EQ(result.stopped, "budget");
    EXPECT_EQ(result.samples.size(), 3U);
    EXPECT_FALSE(result.interval);
}

TEST(StoppingRule, RepetitionsAreTakenLiterally)
{
    make_noise(0.5);
    SamplingPolicy policy = quick_policy();
    policy.repetitions = 5;
    const CaseResult result = measured(idle(), made_up_clock, policy, 1e-9);
    EXPECT_EQ(result.stopped, "repetitions");
    EXPECT_EQ(result.samples.size(), 5U);
}

TEST(StoppingRule, TasksThatTakeLongerThanTheirShareAreTimedTwice)
{
    CaseResult result;
    result.name = "a/case/n:1/threads:1";
    result.subject = Subject::concurrency;
    std::vector<PreparedCase> prepared;
    prepared.push_back({&result, made_up_clock, idle()});
    ASSERT_TRUE(verify_and_time_once(prepared.back()));
    EXPECT_EQ(measure(prepared, {now() - 1, kNeverStop}, quick_policy(), kQuiet), 2);
    EXPECT_EQ(result.samples.size(), 2U);
}

} // namespace
} // namespace workspan
