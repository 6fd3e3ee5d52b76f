// SPDX-License-Identifier: Apache-2.0
// Samples: their length, their order, and what ends them early: an exception, memory, an interrupt.
#include "tests/harness/measure/made_up.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(Measure, ASampleIsAsLongAsAsked)
{
    make_noise(0);
    SamplingPolicy policy;
    policy.sample = 0.01; // the made-up run takes 1 ms
    const CaseResult result = measured(idle(), made_up_clock, policy, 60);
    EXPECT_GE(result.iterations, 10);
    EXPECT_LE(result.iterations, 200);
}

// By this clock a run takes 1 us while it is calibrated, and 1 ms from some later sample on.
TEST(Measure, ASampleStaysShortIfRunsBecomeAThousandTimesSlower)
{
    static int runs = 0;
    static bool slow = false;
    static Seconds longest = 0;
    const auto clock = [](const Trial&, int times) -> Seconds {
        runs += times;
        slow = slow || (times == 1 && runs > 600);
        const Seconds total = times * (slow ? 1e-3 : 1e-6);
        longest = std::max(longest, total);
        return total;
    };
    const CaseResult result = measured(idle(), clock, quick_policy(), 2);
    ASSERT_EQ(result.status, Status::ok) << result.reason;
    ASSERT_TRUE(slow) << "the slow part was never reached";
    EXPECT_LE(longest, 20 * quick_policy().sample * 1.01);
    EXPECT_NEAR(result.samples.back().wall, 1e-3, 1e-9);
}

// On a GPU the first run of a kernel may also load code and create handles.
TEST(Measure, ASlowFirstRunDoesNotReduceSamplesToSingleRuns)
{
    static int readings = 0;
    const auto clock = [](const Trial& trial, int times) -> Seconds {
        trial.run();
        return readings++ == 0 ? 0.5 : times * 1e-6;
    };
    CaseResult result;
    result.name = "a/case/n:1/threads:1";
    result.scope = Scope::kernel;
    std::vector<PreparedCase> prepared;
    prepared.push_back({&result, clock, idle()});
    ASSERT_TRUE(verify_and_time_once(prepared.back()));
    measure(prepared, {now() + 0.05, kNeverStop}, quick_policy(), kQuiet);
    EXPECT_GE(result.iterations, 100);
    EXPECT_NEAR(result.time, 1e-6, 1e-12);
}

// Another process takes a time slice while the case is calibrated.
TEST(Measure, ASlowReadingDoesNotReduceSamplesToSingleRuns)
{
    for (const int slow : {2, 3}) { // the first reading verifies
        static int readings = 0;
        static int slow_one = 0;
        readings = 0;
        slow_one = slow;
        const auto clock = [](const Trial& trial, int times) -> Seconds {
            trial.run();
            return ++readings == slow_one ? 0.004 : times * 1e-6;
        };
        EXPECT_GE(measured(idle(), clock).iterations, 100) << slow;
    }
}

TEST(Measure, ASampleOfSlowRunsDoesNotMakeTheNextOneLong)
{
    CaseResult result;
    static Seconds longest = 0;
    const auto clock = [](const Trial&, int times) -> Seconds {
        longest = std::max(longest, times * 0.025);
        return times * 0.025;
    };
    PreparedCase prepared{&result, clock, idle(), 0.025}; // by the sample before
    IdleTeam team;
    take_sample(prepared, 600, SamplingPolicy{}, team);
    EXPECT_LE(longest, 20 * SamplingPolicy{}.sample);
}

TEST(Measure, AnExceptionFailsTheCaseWithItsMessage)
{
    Trial trial = idle();
    trial.run = [calls = std::make_shared<int>(0)] {
        if (++*calls > 2)
            throw std::runtime_error("the third run fails");
    };
    const CaseResult result = measured(trial);
    EXPECT_EQ(result.status, Status::failed);
    EXPECT_EQ(result.cause, Cause::error);
    EXPECT_EQ(result.reason, "the third run fails");
    EXPECT_TRUE(result.samples.empty());
}

TEST(Measure, AnExceptionInTheMiddleOfARoundFailsTheCase)
{
    Trial trial = idle();
    trial.run = [calls = std::make_shared<int>(0)] {
        if (++*calls > 4)
            throw std::runtime_error("the fifth run fails");
    };
    SamplingPolicy policy;
    policy.sample = 1e-9; // one run per sample
    const CaseResult result = measured(trial, wall_clock, policy);
    EXPECT_EQ(result.status, Status::failed);
    EXPECT_TRUE(result.samples.empty());
}

TEST(Measure, CountersWhoseRunsAreRefusedLeaveTheSamples)
{
    Trial trial = idle();
    trial.counters = []() -> Counters { throw Unavailable("no thread"); };
    const CaseResult result = measured(trial);
    EXPECT_EQ(result.status, Status::ok);
    EXPECT_FALSE(result.samples.empty());
    EXPECT_TRUE(result.counters.empty());
}

// Each run records a task; untimed ones, to calibrate and to warm up, are forgotten.
TEST(Measure, LatenciesAreThoseOfTheRunsOfAllSamples)
{
    const auto found = std::make_shared<Latencies>();
    Trial trial = idle();
    trial.run = [found] { ++(*found)[42]; };
    trial.poison = [found] { found->clear(); };
    trial.take_latencies = [found] { return std::exchange(*found, {}); };
    SamplingPolicy policy = quick_policy();
    policy.target = 0; // until the budget ends: several rounds
    const CaseResult result = measured(trial, wall_clock, policy);
    std::int64_t runs = 0;
    for (const Sample& sample : result.samples)
        runs += sample.runs;
    ASSERT_GT(result.samples.size(), 10);
    EXPECT_EQ(result.latencies, (Latencies{{42, static_cast<std::uint64_t>(runs)}}));
}

TEST(Measure, ARunOutOfMemoryFailsTheCase)
{
    Trial trial = idle();
    trial.run = [] { throw std::bad_alloc(); };
    const CaseResult result = measured(trial);
    EXPECT_EQ(result.cause, Cause::memory);
    EXPECT_EQ(result.reason, "out of memory");
}

TEST(Measure, AnInterruptKeepsVerifiedSamplesAndSkipsTheRest)
{
    static std::atomic<bool> stop;
    stop = false;
    std::vector<CaseResult> results(2);
    std::vector<PreparedCase> prepared;
    for (CaseResult& result : results) {
        result.name = "case/" + std::to_string(&result - results.data());
        prepared.push_back({&result, made_up_clock, idle()});
        ASSERT_TRUE(verify_and_time_once(prepared.back()));
    }
    int begun = 0;
    const OnSample stop_soon = [&](const CaseResult&) { stop = ++begun == 2; };
    SamplingPolicy policy;
    policy.sample = 1e-5; // one run is long enough: no calibration
    measure(prepared, {now() + 60, stop}, policy, stop_soon);
    for (const CaseResult& result : results) {
        if (result.samples.empty()) {
            EXPECT_EQ(result.cause, Cause::interrupted);
            EXPECT_EQ(result.reason, "interrupted");
            EXPECT_EQ(result.status, Status::skipped);
        } else {
            EXPECT_EQ(result.status, Status::ok);
            EXPECT_EQ(result.stopped, "interrupted");
        }
    }
    EXPECT_EQ(results[0].samples.size() + results[1].samples.size(), 2U);
}

TEST(Measure, CasesAreInterleavedAndContinueAfterAFailure)
{
    std::vector<CaseResult> results(3);
    std::vector<PreparedCase> prepared;
    for (CaseResult& result : results) {
        result.name = "case/" + std::to_string(&result - results.data());
        prepared.push_back({&result, wall_clock, idle()});
        ASSERT_TRUE(verify_and_time_once(prepared.back()));
    }
    prepared[1].trial.run = [] { throw std::runtime_error("fails"); };
    std::string order;
    const OnSample note = [&](const CaseResult& next) { order += next.name.back(); };
    SamplingPolicy policy = quick_policy();
    policy.repetitions = 30;
    measure(prepared, {now() + 60, kNeverStop}, policy, note);
    EXPECT_EQ(results[0].status, Status::ok);
    EXPECT_EQ(results[1].status, Status::failed);
    EXPECT_EQ(results[2].status, Status::ok);
    const std::string samples = order.substr(order.size() - 50);
    EXPECT_NE(samples.find("020"), std::string::npos) << samples << " is not interleaved";
}

TEST(VerifyAndTimeOnce, PoisonsThenRunsThenVerifies)
{
    std::string order;
    Trial trial = idle();
    trial.poison = [&] { order += 'p'; };
    trial.run = [&] { order += 'r'; };
    trial.verify = [&] {
        order += 'v';
        return CheckResult{.ok = true};
    };
    CaseResult result;
    result.reason = "not started";
    PreparedCase prepared{&result,
                          [](const Trial& t, int times) -> Seconds {
                              t.run();
                              return 0.25 * times;
                          },
                          trial};
    EXPECT_TRUE(verify_and_time_once(prepared));
    EXPECT_EQ(order, "prv");
    EXPECT_EQ(prepared.estimate, 0.25);
    EXPECT_EQ(result.status, Status::ok);
    EXPECT_EQ(result.cause, Cause::none);
    EXPECT_TRUE(result.reason.empty());
}

TEST(Verify, AWrongResultFailsTheCaseAndSaysWhen)
{
    Trial trial = idle();
    trial.verify = [] { return CheckResult{.ok = false, .why = "element 3 is odd"}; };
    CaseResult result;
    result.samples = {{1, 1}};
    PreparedCase prepared{&result, wall_clock, trial};
    EXPECT_FALSE(verify(prepared, "after a round of samples"));
    EXPECT_EQ(result.status, Status::failed);
    EXPECT_EQ(result.cause, Cause::wrong_result);
    EXPECT_EQ(result.reason, "wrong result after a round of samples: element 3 is odd");
    EXPECT_TRUE(result.samples.empty());
}

TEST(Verify, ACheckerThatThrowsFailsTheCase)
{
    Trial trial = idle();
    trial.verify = []() -> CheckResult { throw std::runtime_error("no reference"); };
    CaseResult result;
    PreparedCase prepared{&result, wall_clock, trial};
    EXPECT_FALSE(verify_and_time_once(prepared));
    EXPECT_EQ(result.status, Status::failed);
    EXPECT_EQ(result.cause, Cause::error);
    EXPECT_EQ(result.reason, "no reference");
}

} // namespace
} // namespace workspan
