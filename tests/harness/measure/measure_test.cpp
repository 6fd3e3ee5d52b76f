// SPDX-License-Identifier: Apache-2.0
// A wrong kernel never gets a time, whenever it goes wrong; a right one gets as many samples as its
// interval needs.
#include "harness/measure/invocation.hpp"
#include "tests/contracts/walk.hpp"

#include <gtest/gtest.h>
#include <random>

namespace workspan {
namespace {

const std::atomic<bool> kNeverStop = false;
const OnSample kQuiet = [](const CaseResult&) {};

Rules quick_rules()
{
    Rules rules;
    rules.sample = 1e-4;
    return rules;
}

// Proves and measures one trial, as a session does.
CaseResult measured(Trial trial, Seconds (*clock)(const Trial&, int) = wall_clock,
                    Rules rules = quick_rules(), Seconds budget = 0.05)
{
    CaseResult result;
    result.name = "a/case/n:1/threads:1";
    std::vector<Live> live;
    live.push_back({&result, clock, std::move(trial)});
    if (!prove(live.back()))
        live.clear();
    measure(live, now() + budget, rules, kQuiet, kNeverStop);
    return result;
}

// Mutants of every workload's baseline: each of these kernels must end as a failed case without
// samples.

class EveryMutant : public testing::TestWithParam<Walked> {
protected:
    // The baseline's trial, and the same with another run.
    Trial right() const
    {
        const auto [workload, variant] = find(GetParam());
        Problem problem = awkward_problems(workload)[3]; // 31, or 3 for matrices
        return variant.prepare(problem);
    }
    static void spoil(std::span<std::byte> output, std::size_t at)
    {
        output[at] ^= std::byte(0x40);
    }

    void expect_no_number(const Trial& trial)
    {
        const CaseResult result = measured(trial);
        EXPECT_EQ(result.status, Status::failed);
        EXPECT_TRUE(result.samples.empty());
        EXPECT_EQ(result.time, 0);
        EXPECT_NE(result.reason.find("wrong result"), std::string::npos) << result.reason;
    }
};

TEST_P(EveryMutant, RightOneGetsATime)
{
    const CaseResult result = measured(right());
    EXPECT_EQ(result.status, Status::ok) << result.reason;
    EXPECT_GE(result.samples.size(), 3U);
    EXPECT_GT(result.time, 0);
}

TEST_P(EveryMutant, WrongInTheLastElementGetsNoTime)
{
    Trial trial = right();
    trial.run = [run = trial.run, output = trial.output] {
        run();
        spoil(output, output.size() - 1);
    };
    expect_no_number(trial);
}

TEST_P(EveryMutant, WrongFromTheThirdCallOnGetsNoTime)
{
    Trial trial = right();
    trial.run = [run = trial.run, output = trial.output, calls = std::make_shared<int>(0)] {
        run();
        if (++*calls >= 3)
            spoil(output, output.size() - 1);
    };
    expect_no_number(trial);
}

TEST_P(EveryMutant, WritingNothingGetsNoTime)
{
    Trial trial = right();
    trial.run = [] {};
    expect_no_number(trial);
}

TEST_P(EveryMutant, NoLongerWritingAfterTheFirstRightAnswerGetsNoTime)
{
    Trial trial = right();
    trial.run = [run = trial.run, calls = std::make_shared<int>(0)] {
        if (++*calls == 1)
            run();
    };
    expect_no_number(trial);
}

INSTANTIATE_TEST_SUITE_P(Suite, EveryMutant, testing::ValuesIn(all_baselines()), shown_name);

// A trial whose clock is made up: the stopping rule, without depending on this machine's speed.

Trial idle()
{
    return {.run = [] {},
            .verify = [] { return Verdict{.ok = true}; },
            .poison = [] {},
            .check = {},
            .cost = {1, 1, 1}};
}

double noise_share = 0; // of the made-up clock below
Seconds made_up_clock(const Trial&, int times)
{
    static std::mt19937 generator(1);
    return times * 0.001 * (1 + noise_share * std::normal_distribution<double>()(generator));
}

TEST(StoppingRule, QuietCaseStopsAtTheFirstLook)
{
    noise_share = 1e-4;
    const CaseResult result = measured(idle(), made_up_clock, quick_rules(), 60);
    EXPECT_EQ(result.stopped, "target");
    EXPECT_EQ(result.samples.size(), 8U);
    EXPECT_NEAR(result.time, 0.001, 1e-6);
    ASSERT_TRUE(result.interval);
    EXPECT_LE(result.interval->low, result.time);
    EXPECT_GE(result.interval->high, result.time);
}

TEST(StoppingRule, NoisyCaseTakesMoreSamplesAtFixedCounts)
{
    noise_share = 0.05;
    const CaseResult result = measured(idle(), made_up_clock, quick_rules(), 600);
    EXPECT_EQ(result.stopped, "target");
    EXPECT_GT(result.samples.size(), 12U);
    int look = kFirstLook;
    while (look < static_cast<int>(result.samples.size()))
        look = next_look(look);
    EXPECT_EQ(look, static_cast<int>(result.samples.size()));
    EXPECT_LE(relative_half_width(*result.interval, result.time), 0.02);
}

TEST(StoppingRule, BudgetEndsItAndSaysSo)
{
    noise_share = 0.5;
    const CaseResult result = measured(idle(), made_up_clock, quick_rules(), 0.02);
    EXPECT_EQ(result.stopped, "budget");
    EXPECT_GE(result.samples.size(), 8U);
    EXPECT_LE(result.samples.size(), 62U); // 20 samples are affordable, and 41 to 62 are more
}

// A clock that needs ten times as long as what it reads, as one does that clears a cache before
// each run.
TEST(StoppingRule, TheBudgetIsOfAllThatASampleNeeds)
{
    const auto clock = [](const Trial& trial, int) -> Seconds {
        noise_share = 0.5;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return made_up_clock(trial, 1) / 5;
    };
    const CaseResult result = measured(idle(), clock, quick_rules(), 0.2);
    EXPECT_EQ(result.stopped, "budget");
    EXPECT_LE(result.samples.size(), 150U); // 80 are affordable, 1000 would be by the readings
}

TEST(StoppingRule, RunLongerThanItsShareIsTimedThreeTimesWithoutInterval)
{
    noise_share = 0;
    Rules rules;
    rules.sample = 1e-5;
    const CaseResult result = measured(idle(), made_up_clock, rules, 1e-9);
    EXPECT_EQ(result.stopped, "slow");
    EXPECT_EQ(result.samples.size(), 3U);
    EXPECT_FALSE(result.interval);
}

TEST(StoppingRule, RepetitionsAreTakenLiterally)
{
    noise_share = 0.5;
    Rules rules = quick_rules();
    rules.repetitions = 5;
    const CaseResult result = measured(idle(), made_up_clock, rules, 1e-9);
    EXPECT_EQ(result.stopped, "repetitions");
    EXPECT_EQ(result.samples.size(), 5U);
}

TEST(Measure, SampleIsAsLongAsAsked)
{
    noise_share = 0;
    Rules rules;
    rules.sample = 0.01; // the made-up run takes 1 ms
    const CaseResult result = measured(idle(), made_up_clock, rules, 60);
    EXPECT_GE(result.iterations, 10);
    EXPECT_LE(result.iterations, 200);
}

// A run takes 1 us when calibrated, and 1 ms from somewhere between two samples on, by a clock that
// only says so.
TEST(Measure, SampleStaysBearableWhereRunsBecomeAThousandTimesSlower)
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
    const CaseResult result = measured(idle(), clock);
    ASSERT_EQ(result.status, Status::ok) << result.reason;
    ASSERT_TRUE(slow) << "the slow part was never reached";
    EXPECT_LE(longest, 20 * quick_rules().sample * 1.01);
    EXPECT_NEAR(result.samples.back().wall, 1e-3, 1e-9);
}

// On a GPU the first run of a kernel may also load code and make handles.
TEST(Measure, AFirstRunThatTakesLongMakesNoSamplesOfSingleRuns)
{
    static int readings = 0;
    const auto clock = [](const Trial& trial, int times) -> Seconds {
        trial.run();
        return readings++ == 0 ? 0.5 : times * 1e-6;
    };
    CaseResult result;
    result.name = "a/case/n:1/threads:1";
    result.scope = Scope::kernel;
    std::vector<Live> live;
    live.push_back({&result, clock, idle()});
    ASSERT_TRUE(prove(live.back()));
    measure(live, now() + 0.05, quick_rules(), kQuiet, kNeverStop);
    EXPECT_GE(result.iterations, 100);
    EXPECT_NEAR(result.time, 1e-6, 1e-12);
}

TEST(Measure, ThrowingRunFailsWithItsReason)
{
    Trial trial = idle();
    trial.run = [calls = std::make_shared<int>(0)] {
        if (++*calls > 2)
            throw std::runtime_error("the third run fails");
    };
    const CaseResult result = measured(trial);
    EXPECT_EQ(result.status, Status::failed);
    EXPECT_EQ(result.reason, "the third run fails");
    EXPECT_TRUE(result.samples.empty());
}

TEST(Measure, ThrowingInTheMiddleOfARoundFails)
{
    Trial trial = idle();
    trial.run = [calls = std::make_shared<int>(0)] {
        if (++*calls > 4)
            throw std::runtime_error("the fifth run fails");
    };
    Rules rules;
    rules.sample = 1e-9; // one run a sample
    const CaseResult result = measured(trial, wall_clock, rules);
    EXPECT_EQ(result.status, Status::failed);
    EXPECT_TRUE(result.samples.empty());
}

TEST(Measure, RunOutOfMemoryFails)
{
    Trial trial = idle();
    trial.run = [] { throw std::bad_alloc(); };
    EXPECT_EQ(measured(trial).reason, "out of memory");
}

TEST(Measure, StopKeepsWhatIsVerifiedAndSkipsTheRest)
{
    static std::atomic<bool> stop;
    stop = false;
    std::vector<CaseResult> results(2);
    std::vector<Live> live;
    for (CaseResult& result : results) {
        result.name = "case/" + std::to_string(&result - results.data());
        live.push_back({&result, made_up_clock, idle()});
        ASSERT_TRUE(prove(live.back()));
    }
    int begun = 0;
    const OnSample stop_soon = [&](const CaseResult&) { stop = ++begun == 2; };
    Rules rules;
    rules.sample = 1e-5; // a run is long enough: nothing to calibrate
    measure(live, now() + 60, rules, stop_soon, stop);
    for (const CaseResult& result : results) {
        if (result.samples.empty()) {
            EXPECT_EQ(result.reason, "interrupted");
            EXPECT_EQ(result.status, Status::skipped);
        } else {
            EXPECT_EQ(result.status, Status::ok);
            EXPECT_EQ(result.stopped, "interrupted");
        }
    }
    EXPECT_EQ(results[0].samples.size() + results[1].samples.size(), 2U);
}

TEST(Measure, CasesAreInterleavedAndOthersGoOnAfterAFailure)
{
    std::vector<CaseResult> results(3);
    std::vector<Live> live;
    for (CaseResult& result : results) {
        result.name = "case/" + std::to_string(&result - results.data());
        live.push_back({&result, wall_clock, idle()});
        ASSERT_TRUE(prove(live.back()));
    }
    live[1].trial.run = [] { throw std::runtime_error("fails"); };
    std::string order;
    const OnSample note = [&](const CaseResult& next) { order += next.name.back(); };
    Rules rules = quick_rules();
    rules.repetitions = 30;
    measure(live, now() + 60, rules, note, kNeverStop);
    EXPECT_EQ(results[0].status, Status::ok);
    EXPECT_EQ(results[1].status, Status::failed);
    EXPECT_EQ(results[2].status, Status::ok);
    const std::string samples = order.substr(order.size() - 50);
    EXPECT_NE(samples.find("020"), std::string::npos) << samples << " is not interleaved";
}

// A session over made-up workloads.

Bytes no_bytes(const Problem&, std::string_view) { return {1, 1, 1}; }

Workload made_up(std::vector<Variant> variants)
{
    return {"made", "made up", {1}, {1}, "", no_bytes, std::move(variants)};
}

Variant with_prepare(std::string name, std::function<Trial(const Problem&)> prepare)
{
    return {.name = std::move(name), .clock = wall_clock, .prepare = std::move(prepare)};
}

TEST(Session, WhatCannotRunIsSkippedWhatThrowsIsFailedTheRestIsTimed)
{
    const std::vector<Workload> suite = {
        made_up({with_prepare("seq", [](const Problem&) { return idle(); }),
                 with_prepare("absent",
                              [](const Problem&) -> Trial { throw Unavailable("no such device"); }),
                 with_prepare("huge", [](const Problem&) -> Trial { throw std::bad_alloc(); }),
                 with_prepare("broken",
                              [](const Problem&) -> Trial { throw std::runtime_error("broken"); }),
                 with_prepare("omp", [](const Problem&) { return idle(); })})};
    Options options;
    options.budget = 0.05;
    options.min_time = 1e-4;
    const Plan plan = make_plan(suite, options, 2, {1e9, 1e9});
    const auto results = run_session(
        plan, options, {}, [](const Standing&) {}, kNeverStop);
    ASSERT_EQ(results.size(), 5U);
    EXPECT_EQ(results[0].status, Status::ok);
    EXPECT_EQ(results[1].status, Status::skipped);
    EXPECT_EQ(results[1].reason, "no such device");
    EXPECT_EQ(results[2].status, Status::failed);
    EXPECT_EQ(results[2].reason, "cannot be allocated");
    EXPECT_EQ(results[3].status, Status::failed);
    EXPECT_EQ(results[3].reason, "broken");
    EXPECT_EQ(results[4].status, Status::ok);
    EXPECT_TRUE(results[4].comparison.vs_seq);
}

// What a case on a GPU may throw in a run. Whose kernel went wrong fails; who only came after it is
// skipped, with what happened.
TEST(Session, AGpuThatIsLostFailsOneCaseAndSkipsTheOthers)
{
    const auto throwing = [](const auto& what) {
        return [what](const Problem&) {
            Trial trial = idle();
            trial.run = [what] { throw what; };
            return trial;
        };
    };
    const std::vector<Workload> suite = {made_up(
        {with_prepare("seq", [](const Problem&) { return idle(); }),
         with_prepare("cuda", throwing(DeviceLost("cudaErrorIllegalAddress (700)", false))),
         with_prepare("cuda_naive",
                      throwing(DeviceLost("lost before: cudaErrorIllegalAddress (700)", true))),
         with_prepare("cub",
                      [](const Problem&) -> Trial { throw DeviceLost("lost before", true); }),
         with_prepare("cublas", throwing(Unavailable(
                                    "needs 2 B of device memory more, of which 1 B are free")))})};
    Options options;
    options.budget = 0.05;
    options.min_time = 1e-4;
    const auto results = run_session(
        make_plan(suite, options, 2, {1e9, 1e9}), options, {}, [](const Standing&) {}, kNeverStop);
    ASSERT_EQ(results.size(), 5U);
    EXPECT_EQ(results[0].status, Status::ok);
    EXPECT_EQ(results[1].status, Status::failed);
    EXPECT_EQ(results[1].reason, "cudaErrorIllegalAddress (700)");
    EXPECT_EQ(results[2].status, Status::skipped);
    EXPECT_EQ(results[2].reason, "lost before: cudaErrorIllegalAddress (700)");
    EXPECT_EQ(results[3].status, Status::skipped);
    EXPECT_EQ(results[4].status, Status::skipped);
    EXPECT_EQ(results[4].reason, "needs 2 B of device memory more, of which 1 B are free");
}

TEST(Session, ColdCasesAreTimedByTheColdClock)
{
    Variant seq = with_prepare("seq", [](const Problem&) { return idle(); }), cuda = seq;
    cuda.name = "cuda";
    cuda.cold_clock = [](const Trial& trial, int times) -> Seconds {
        trial.run();
        return 7e-3 * times;
    };
    const std::vector<Workload> suite = {made_up({seq, cuda})};
    Options options;
    options.cold = true;
    options.repetitions = 2;
    const auto results = run_session(
        make_plan(suite, options, 2, {1e9, 1e9}), options, {}, [](const Standing&) {}, kNeverStop);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].status, Status::ok) << results[0].reason;
    EXPECT_NEAR(results[0].time, 7e-3, 1e-12);
    EXPECT_TRUE(is_cold(results[0].problem));
}

TEST(Session, AHostLimitSkipsTheSizesAboveWithoutRunningThem)
{
    static std::vector<std::size_t> host_runs;
    const auto prepare = [](const Problem& p) {
        Trial trial = idle();
        trial.cost.items = double(p.n);
        return trial;
    };
    Variant seq = with_prepare("seq", prepare), cuda = with_prepare("cuda", prepare);
    seq.clock = [](const Trial& trial, int) -> Seconds {
        host_runs.push_back(static_cast<std::size_t>(trial.cost.items));
        trial.run();
        return 0.3 * trial.cost.items;
    };
    cuda.clock = [](const Trial& trial, int) -> Seconds {
        trial.run();
        return 1e-3;
    };
    cuda.scope = Scope::kernel;
    std::vector<Workload> suite = {made_up({seq, cuda})};
    suite[0].contract.sizes = suite[0].contract.quick = {1, 2, 4};
    Options options;
    options.preset = Preset::full;
    options.repetitions = 1;
    options.host_limit = 1;
    const auto results = run_session(
        make_plan(suite, options, 2, {1e9, 1e9}), options, {}, [](const Standing&) {}, kNeverStop);
    ASSERT_EQ(results.size(), 6U);
    for (const CaseResult& c : results)
        EXPECT_EQ(c.status,
                  c.scope == Scope::host && c.problem.n == 4 ? Status::skipped : Status::ok)
            << c.name;
    EXPECT_EQ(*std::max_element(host_runs.begin(), host_runs.end()), 2U);
    EXPECT_EQ(results[4].reason,
              "a run would take about 1.2 s, by the size before; --host-limit is 1 s");
}

TEST(Session, RunLongerThanThePresetsLimitIsSkipped)
{
    Variant slow = with_prepare("seq", [](const Problem&) { return idle(); });
    slow.clock = [](const Trial&, int) -> Seconds { return 3; };
    const std::vector<Workload> suite = {made_up({slow})};
    Options options;
    const auto results = run_session(
        make_plan(suite, options, 1, {1e9, 1e9}), options, {}, [](const Standing&) {}, kNeverStop);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].status, Status::skipped);
    EXPECT_NE(results[0].reason.find("0.5 s"), std::string::npos);
}

} // namespace
} // namespace workspan
