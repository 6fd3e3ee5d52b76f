// SPDX-License-Identifier: Apache-2.0
// One invocation over made-up workloads: which cases are timed, failed or skipped, and why.
#include "harness/measure/invocation.hpp"
#include "tests/harness/measure/made_up.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

Bytes no_bytes(const Problem&, std::string_view) { return {1, 1, 1}; }

Workload made_up(std::vector<Variant> variants)
{
    return {.name = "made",
            .contract =
                {.summary = "", .sizes = {1}, .quick = {1}, .ceiling = "", .footprint = no_bytes},
            .variants = std::move(variants)};
}

Variant with_prepare(std::string name, std::function<Trial(const Problem&)> prepare)
{
    return {.name = std::move(name), .clock = wall_clock, .prepare = std::move(prepare)};
}

std::vector<CaseResult> run(const Plan& plan, const Options& options)
{
    const std::vector<int> no_cpus;
    const OnProgress quiet = [](const Progress&) {};
    return run_invocation(plan, options, {no_cpus, quiet, kNeverStop}).cases;
}

TEST(Invocation, UnavailableIsSkippedAnExceptionFailsTheRestIsTimed)
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
    const auto results = run(plan, options);
    ASSERT_EQ(results.size(), 5U);
    EXPECT_EQ(results[0].status, Status::ok);
    EXPECT_EQ(results[1].status, Status::skipped);
    EXPECT_EQ(results[1].cause, Cause::unavailable);
    EXPECT_EQ(results[1].reason, "no such device");
    EXPECT_EQ(results[2].status, Status::failed);
    EXPECT_EQ(results[2].cause, Cause::memory);
    EXPECT_EQ(results[2].reason, "out of memory");
    EXPECT_EQ(results[3].status, Status::failed);
    EXPECT_EQ(results[3].cause, Cause::error);
    EXPECT_EQ(results[3].reason, "broken");
    EXPECT_EQ(results[4].status, Status::ok);
    EXPECT_EQ(results[4].cause, Cause::none);
    EXPECT_TRUE(results[4].reason.empty());
    EXPECT_EQ(results[4].baseline, results[0].time);
    EXPECT_EQ(results[0].baseline, results[0].time);
}

TEST(Invocation, WithoutTheBaselineThereIsNothingToCompareWith)
{
    const std::vector<Workload> suite = {made_up(
        {with_prepare("seq", [](const Problem&) -> Trial { throw std::runtime_error("broken"); }),
         with_prepare("omp", [](const Problem&) { return idle(); })})};
    Options options;
    options.repetitions = 2;
    const auto results = run(make_plan(suite, options, 2, {1e9, 1e9}), options);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[1].status, Status::ok);
    EXPECT_FALSE(results[1].baseline);
}

TEST(Invocation, ADryRunPlansWhatCanRunAndSkipsTheRest)
{
    const std::vector<Workload> suite = {made_up(
        {with_prepare("seq", [](const Problem&) { return idle(); }),
         with_prepare("broken", [](const Problem&) -> Trial { throw std::runtime_error("no"); }),
         with_prepare("absent", [](const Problem&) -> Trial { throw Unavailable("no GPU"); })})};
    const auto results = planned_results(make_plan(suite, {}, 2, {1e9, 1e9}));
    ASSERT_EQ(results.size(), 3U);
    for (const std::size_t k : {0U, 1U}) { // an error is for the measurement to find
        EXPECT_EQ(results[k].status, Status::planned);
        EXPECT_EQ(results[k].cause, Cause::none);
        EXPECT_TRUE(results[k].reason.empty());
    }
    EXPECT_EQ(results[2].status, Status::skipped);
    EXPECT_EQ(results[2].cause, Cause::unavailable);
    EXPECT_EQ(results[2].reason, "no GPU");
}

// Cases that are given up after a signal are not reported: the last report names the case that was
// interrupted, and whoever reads it blames no other.
TEST(Invocation, TheLastProgressIsThatOfTheInterruptedCase)
{
    std::atomic<bool> stop = false;
    const auto interrupted = [&stop](const Problem&) {
        Trial trial = idle();
        trial.run = [&stop] { stop = true; };
        return trial;
    };
    const auto untroubled = [](const Problem&) { return idle(); };
    const std::vector<Workload> suite = {
        made_up({with_prepare("seq", untroubled), with_prepare("omp", interrupted),
                 with_prepare("cuda", untroubled)})};
    const Options options;
    const std::vector<int> no_cpus;
    std::string last;
    const OnProgress remember = [&](const Progress& p) { last = p.current->variant; };
    const Plan plan = make_plan(suite, options, 2, {1e9, 1e9});
    const auto cases = run_invocation(plan, options, {no_cpus, remember, stop}).cases;
    ASSERT_EQ(cases.size(), 3U);
    EXPECT_EQ(cases[2].cause, Cause::interrupted);
    EXPECT_EQ(last, "omp");
}

// A sticky error fails the case whose kernel caused it; the GPU cases after it are skipped, with
// the error as the reason.
TEST(Invocation, AStickyErrorFailsOneCaseAndSkipsTheLaterOnes)
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
         with_prepare("cublas", throwing(OutOfMemory(
                                    "needs 4 more bytes of device memory; 2 bytes are free")))})};
    Options options;
    options.budget = 0.05;
    options.min_time = 1e-4;
    const auto results = run(make_plan(suite, options, 2, {1e9, 1e9}), options);
    ASSERT_EQ(results.size(), 5U);
    EXPECT_EQ(results[0].status, Status::ok);
    EXPECT_EQ(results[1].status, Status::failed);
    EXPECT_EQ(results[1].reason, "cudaErrorIllegalAddress (700)");
    EXPECT_EQ(results[2].status, Status::skipped);
    EXPECT_EQ(results[2].reason, "lost before: cudaErrorIllegalAddress (700)");
    EXPECT_EQ(results[3].status, Status::skipped);
    for (const std::size_t k : {1U, 2U, 3U})
        EXPECT_EQ(results[k].cause, Cause::device_lost);
    EXPECT_EQ(results[4].status, Status::skipped);
    EXPECT_EQ(results[4].cause, Cause::memory);
    EXPECT_EQ(results[4].reason, "needs 4 more bytes of device memory; 2 bytes are free");
}

TEST(Invocation, ColdCasesAreTimedByTheColdClock)
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
    const auto results = run(make_plan(suite, options, 2, {1e9, 1e9}), options);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].status, Status::ok) << results[0].reason;
    EXPECT_NEAR(results[0].time, 7e-3, 1e-12);
    EXPECT_TRUE(is_cold(results[0].problem));
}

TEST(Invocation, HostLimitSkipsLargerSizesWithoutRunningThem)
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
    const auto results = run(make_plan(suite, options, 2, {1e9, 1e9}), options);
    ASSERT_EQ(results.size(), 6U);
    for (const CaseResult& c : results)
        EXPECT_EQ(c.status,
                  c.scope == Scope::host && c.problem.n == 4 ? Status::skipped : Status::ok)
            << c.name;
    EXPECT_EQ(*std::max_element(host_runs.begin(), host_runs.end()), 2U);
    EXPECT_EQ(
        results[4].reason,
        "a run would take about 1.2 s, judging by the next smaller size; --host-limit is 1 s");
}

TEST(Invocation, ARunLongerThanThePresetsLimitIsSkipped)
{
    Variant slow = with_prepare("seq", [](const Problem&) { return idle(); });
    slow.clock = [](const Trial&, int) -> Seconds { return 3; };
    const std::vector<Workload> suite = {made_up({slow})};
    Options options;
    const auto results = run(make_plan(suite, options, 1, {1e9, 1e9}), options);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].status, Status::skipped);
    EXPECT_EQ(results[0].cause, Cause::too_slow);
    EXPECT_NE(results[0].reason.find("0.5 s"), std::string::npos);
}

TEST(Invocation, ATeachingVariantIsNotRunTwiceToLearnThatItIsSlow)
{
    static int runs = 0;
    Variant seq = with_prepare("seq", [](const Problem&) { return idle(); }), slow = seq;
    slow.name = "seq_plain";
    slow.role = Role::teaching;
    slow.clock = [](const Trial&, int) -> Seconds { return ++runs, 0.6; };
    const std::vector<Workload> suite = {made_up({seq, slow})};
    Options options;
    options.budget = 0.05;
    options.min_time = 1e-4;
    const auto results = run(make_plan(suite, options, 1, {1e9, 1e9}), options);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[1].cause, Cause::too_slow);
    EXPECT_EQ(runs, 1);
}

// One case fits into memory, without the baseline beside it.
TEST(Invocation, PartsWithoutTheBaselineAreCountedThroughAllTheSame)
{
    const auto ready = [](const Problem&) { return idle(); };
    std::vector<Workload> suite = {
        made_up({with_prepare("omp", ready), with_prepare("omp_tiled", ready)})};
    suite[0].contract.footprint = [](const Problem&, std::string_view) {
        return Bytes{.host_shared = 1, .host_case = 48, .device_case = 1};
    };
    Options options;
    options.repetitions = 3;
    const Plan plan = make_plan(suite, options, 1, {100, 100});
    ASSERT_EQ(plan.groups.size(), 2U);
    std::vector<int> blocks;
    for (const CaseResult& c : run(plan, options))
        for (const Sample& sample : c.samples)
            blocks.push_back(sample.block);
    EXPECT_EQ(blocks, (std::vector<int>{1, 2, 3, 4, 5, 6}));
}

// Of the order in which sizes are prepared, and of that of the results.
std::pair<std::vector<std::size_t>, std::vector<std::size_t>> orders(const Options& options)
{
    std::vector<std::size_t> prepared, reported;
    Variant seq = with_prepare("seq", [&](const Problem& p) {
        prepared.push_back(p.n);
        return idle();
    });
    std::vector<Workload> suite = {made_up({seq})};
    suite[0].contract.sizes = suite[0].contract.quick = {1, 2, 4};
    for (const CaseResult& c : run(make_plan(suite, options, 1, {1e9, 1e9}), options))
        reported.push_back(c.problem.n);
    return {prepared, reported};
}

TEST(Invocation, ShortPresetsBeginWithTheLargestSize)
{
    using Sizes = std::vector<std::size_t>;
    const Sizes ascending = {1, 2, 4}, descending = {4, 2, 1};
    Options options;
    options.repetitions = 1;
    EXPECT_EQ(orders(options), std::pair(descending, ascending));
    options.host_limit = 1; // which predicts the time of a size by that of the smaller one
    EXPECT_EQ(orders(options), std::pair(ascending, ascending));
    options.host_limit.reset();
    options.preset = Preset::full;
    EXPECT_EQ(orders(options), std::pair(ascending, ascending));
}

} // namespace
} // namespace workspan
