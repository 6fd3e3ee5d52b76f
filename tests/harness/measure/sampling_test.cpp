// SPDX-License-Identifier: Apache-2.0
// Which samples are disturbed, and which of them make a time.
#include "harness/measure/sampling.hpp"
#include "tests/harness/measure/made_up.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

namespace workspan {
namespace {

TEST(Sampling, AWakeUpOrHalfAPercentDisturbsNothing)
{
    EXPECT_TRUE(is_clean(30e-6, 1e-4));
    EXPECT_FALSE(is_clean(31e-6, 1e-4));
    EXPECT_TRUE(is_clean(0.5e-3, 0.1));
    EXPECT_FALSE(is_clean(0.51e-3, 0.1));
}

TEST(Sampling, OnlyHostCasesOfOneThreadOrATeamAreJudged)
{
    CaseResult c;
    EXPECT_TRUE(is_judged(c));
    c.threading = Threading::team;
    EXPECT_TRUE(is_judged(c));
    c.problem.keys["cpus"] = "1";
    EXPECT_FALSE(is_judged(c));
    c.problem.keys.clear();
    for (const Threading waiting : {Threading::own, Threading::per_task}) {
        c.threading = waiting;
        EXPECT_FALSE(is_judged(c));
    }
    c.threading = Threading::one;
    c.scope = Scope::kernel;
    EXPECT_FALSE(is_judged(c));
}

TEST(Sampling, ASampleKnowsItsRunsAndWhenItBegan)
{
    CaseResult result;
    PreparedCase prepared{&result, made_up_clock, idle(), 1e-3};
    make_noise(0);
    IdleTeam team;
    const Seconds before = since_start();
    const Sample sample = take_sample(prepared, 7, quick_policy(), team);
    EXPECT_EQ(sample.runs, 2); // 20 times the 0.1 ms of a sample, by runs of 1 ms
    EXPECT_NEAR(sample.wall, 1e-3, 1e-9);
    EXPECT_GE(sample.at, before);
    EXPECT_LE(sample.at, since_start());
    EXPECT_EQ(prepared.estimate, sample.wall);
}

TEST(Sampling, RunsUpTo20msFollowAnUntimedRun)
{
    static int readings = 0;
    const auto clock = [](const Trial&, int) -> Seconds { return ++readings, 0.01; };
    CaseResult result;
    PreparedCase prepared{&result, clock, idle(), 0.02};
    IdleTeam team;
    take_sample(prepared, 1, quick_policy(), team);
    EXPECT_EQ(readings, 2);
    prepared.estimate = 0.021;
    take_sample(prepared, 1, quick_policy(), team);
    EXPECT_EQ(readings, 3);
}

CaseResult with_samples(int clean, int disturbed)
{
    CaseResult c;
    for (int k = 0; k < clean; ++k)
        c.samples.push_back({.wall = 1, .cpu = 1});
    for (int k = 0; k < disturbed; ++k)
        c.samples.push_back({.wall = 2, .cpu = 2, .clean = false});
    return c;
}

TEST(CountingSamples, DisturbedOnesAreLeftOutIfSixCleanOnesAreThere)
{
    CaseResult c = with_samples(6, 20);
    EXPECT_EQ(clean_samples(c), 6);
    EXPECT_EQ(counting_samples(c).size(), 6U);
    summarise(c);
    EXPECT_EQ(c.time, 1);
    warn_of_disturbance(c);
    EXPECT_TRUE(c.warnings.empty());
}

TEST(CountingSamples, AllCountIfTooFewAreCleanAndTheRowSaysSo)
{
    CaseResult c = with_samples(5, 20);
    EXPECT_EQ(counting_samples(c).size(), 25U);
    summarise(c);
    EXPECT_EQ(c.time, 2);
    warn_of_disturbance(c);
    EXPECT_EQ(c.warnings, (std::vector<Warning>{{"disturbed_samples", "20 of 25 samples"}}));
}

TEST(CountingSamples, FewSamplesThatAreAllCleanAreNotDisturbed)
{
    CaseResult c = with_samples(3, 0);
    warn_of_disturbance(c);
    EXPECT_TRUE(c.warnings.empty());
    EXPECT_EQ(counting_samples(c).size(), 3U);
}

// Another thread of this process that is busy until the end of the scope, as idle workers are that
// spin.
class Spinning {
public:
    Spinning()
        : thread_([this] {
              while (!stop_) {
              }
          })
    {
    }
    ~Spinning() { stop_ = true; }
    Spinning(const Spinning&) = delete;
    Spinning& operator=(const Spinning&) = delete;

private:
    std::atomic<bool> stop_ = false;
    std::jthread thread_;
};

// Whether OpenMP's threads are ended before one of some samples: on a busy machine the other thread
// may not run before each of them.
bool ends_team(PreparedCase& prepared, int awake)
{
    IdleTeam team;
    for (int k = 0; k < 20 && team.ends == 0; ++k) {
        team.awake = awake;
        take_sample(prepared, 1, quick_policy(), team);
    }
    return team.ends > 0;
}

TEST(Settling, EndsTheSpinningTeamBeforeShortSamplesOnly)
{
    const auto slow_clock = [](const Trial&, int) -> Seconds { return 0.021; };
    CaseResult result;
    PreparedCase prepared{&result, made_up_clock, idle(), 1e-3};
    const Spinning other;
    EXPECT_TRUE(ends_team(prepared, 0));
    PreparedCase slow{&result, slow_clock, idle(), 0.021};
    EXPECT_FALSE(ends_team(slow, 0)) << "a long sample waits for the threads to sleep";
}

TEST(Settling, LeavesTheTeamAwakeThatRunsNext)
{
    CaseResult result;
    result.threading = Threading::team;
    result.problem.threads = 2;
    PreparedCase prepared{&result, made_up_clock, idle(), 1e-3};
    const Spinning other;
    EXPECT_FALSE(ends_team(prepared, 2));
    EXPECT_TRUE(ends_team(prepared, 3));
    EXPECT_TRUE(ends_team(prepared, 1));
    result.ours = false;
    EXPECT_TRUE(ends_team(prepared, 2)) << "a library has other threads";
    result.ours = true;
    IdleTeam team;
    take_sample(prepared, 1, quick_policy(), team);
    EXPECT_EQ(team.awake, 2);
    result.threading = Threading::own;
    take_sample(prepared, 1, quick_policy(), team);
    EXPECT_EQ(team.awake, 0) << "unknown";
}

TEST(Settling, ALongRunOfATeamThatStartsAgainFollowsAnUntimedRun)
{
    static int readings = 0;
    const auto clock = [](const Trial&, int) -> Seconds { return ++readings, 0.03; };
    CaseResult result;
    result.threading = Threading::team;
    result.problem.threads = 2;
    PreparedCase prepared{&result, clock, idle(), 0.03};
    IdleTeam team{.awake = 0, .ends = 1};
    take_sample(prepared, 1, quick_policy(), team);
    EXPECT_EQ(readings, 2);
    take_sample(prepared, 1, quick_policy(), team);
    EXPECT_EQ(readings, 3);
}

// Delays of threads that wait by design say nothing, and reading them takes time.
TEST(Sampling, DelaysAreReadOfJudgedCasesOnly)
{
    CaseResult result;
    PreparedCase prepared{&result, made_up_clock, idle(), 1e-3};
    IdleTeam team;
    const bool told = take_sample(prepared, 1, quick_policy(), team).waited.has_value();
    result.threading = Threading::per_task;
    const Sample sample = take_sample(prepared, 1, quick_policy(), team);
    EXPECT_FALSE(sample.waited);
    EXPECT_TRUE(sample.clean);
    if (!told)
        GTEST_SKIP() << "this kernel accounts no delays";
}

// How often a case is read to learn how many runs make a sample.
int readings_to_calibrate(Threading threading, Seconds first_run, Seconds run)
{
    static int readings = 0;
    static Seconds time = 0;
    readings = 0;
    time = run;
    CaseResult result;
    result.threading = threading;
    PreparedCase prepared{&result,
                          [](const Trial&, int times) -> Seconds {
                              ++readings;
                              return times * time;
                          },
                          idle(), first_run};
    calibrate(prepared, SamplingPolicy{});
    EXPECT_EQ(result.iterations > 1, run < 0.002);
    return readings;
}

TEST(Calibration, ReadsALongRunNoMoreOftenThanItMust)
{
    EXPECT_EQ(readings_to_calibrate(Threading::one, 0.1, 0.1), 0);
    EXPECT_EQ(readings_to_calibrate(Threading::one, 0.03, 0.03), 1);
    EXPECT_EQ(readings_to_calibrate(Threading::one, 0.003, 0.003), 2);
    EXPECT_EQ(readings_to_calibrate(Threading::per_task, 0.03, 0.03), 0);
    EXPECT_GT(readings_to_calibrate(Threading::one, 0.03, 1e-4), 2) << "the first run was cold";
}

} // namespace
} // namespace workspan
