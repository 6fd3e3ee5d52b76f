// SPDX-License-Identifier: Apache-2.0
// From options to cases: sizes, threads, filters, memory, groups that share their input.
#include "harness/plan/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>

namespace workspan {
namespace {

constexpr double kLots = 1e15;

Trial never(const Problem&) { throw Unavailable("not prepared in these tests"); }
Bytes megabyte_each(const Problem& p, std::string_view)
{
    return {1e6 * double(p.n), 1e6 * double(p.n), 2e6 * double(p.n)};
}

std::vector<Workload> small_suite()
{
    const Variant
        seq = {.name = "seq", .clock = wall_clock, .prepare = never},
        omp = {.name = "omp", .clock = wall_clock, .threading = Threading::team, .prepare = never},
        cuda = {.name = "cuda", .clock = wall_clock, .scope = Scope::kernel, .prepare = never};
    return {{.name = "alpha",
             .contract = {.summary = "",
                          .sizes = {1, 2, 4},
                          .quick = {1, 4},
                          .ceiling = "",
                          .footprint = megabyte_each},
             .variants = {seq, omp, cuda}},
            {.name = "beta",
             .contract = {.summary = "",
                          .sizes = {1, 2},
                          .quick = {1, 2},
                          .ceiling = "",
                          .footprint = megabyte_each,
                          .axes = {{"input", {"uniform", "zipf"}}}},
             .variants = {seq, omp}}};
}

std::vector<std::string> names(const Plan& plan)
{
    std::vector<std::string> all;
    for (const Group& group : plan.groups)
        for (const PlannedCase& c : group)
            all.push_back(c.name);
    return all;
}

std::vector<std::string> names_once(const Plan& plan)
{
    std::vector<std::string> all;
    for (const PlannedCase* c : plan.to_measure())
        all.push_back(c->name);
    return all;
}

Plan planned(const Options& options, int all = 4, Memory memory = {kLots, kLots})
{
    static const std::vector<Workload> suite = small_suite(); // a plan points into its suite
    return make_plan(suite, options, all, memory);
}

TEST(Plan, QuickTakesTwoSizesOnOneAndOnAllThreads)
{
    Options options;
    options.workloads = {"alpha"};
    EXPECT_EQ(names(planned(options)),
              (std::vector<std::string>{"alpha/seq/n:1/threads:1", "alpha/omp/n:1/threads:1",
                                        "alpha/omp/n:1/threads:4", "alpha/cuda/n:1/threads:1",
                                        "alpha/seq/n:4/threads:1", "alpha/omp/n:4/threads:1",
                                        "alpha/omp/n:4/threads:4", "alpha/cuda/n:4/threads:1"}));
}

TEST(Plan, FullTakesAllSizesAndPowersOfTwo)
{
    Options options;
    options.preset = Preset::full;
    options.workloads = {"alpha"};
    options.variants = {"omp"};
    EXPECT_EQ(names(planned(options, 6)).size(), 3U * 4U); // 1, 2, 4, 6 threads
}

TEST(Plan, ScalingTakesTheSizesOfQuickAndTwoCountsAnOctave)
{
    Options options;
    options.preset = Preset::scaling;
    options.workloads = {"alpha"};
    options.variants = {"omp"};
    std::vector<std::string> expected;
    for (const int n : {1, 4})
        for (const int team : {1, 2, 3, 4, 6, 8, 12, 16, 20})
            expected.push_back(fmt::format("alpha/omp/n:{}/threads:{}", n, team));
    EXPECT_EQ(names(planned(options, 20)), expected);
    EXPECT_EQ(names(planned(options, 1)).size(), 2U);
    options.threads = {5};
    EXPECT_EQ(names(planned(options, 20)).size(), 2U);
}

TEST(Plan, WeakScalingHasASizeForEachTeamAndTheBaselineOnOneThread)
{
    static std::vector<Workload> suite = small_suite();
    suite[0].contract.cost = [](std::size_t n) { return Cost{.items = double(n)}; };
    Options options;
    options.weak = true;
    options.sizes = {100};
    const auto planned_names = [&] { return names(make_plan(suite, options, 4, {kLots, kLots})); };
    EXPECT_EQ(planned_names(),
              (std::vector<std::string>{"alpha/seq/n:100/threads:1", "alpha/omp/n:100/threads:1",
                                        "alpha/omp/n:200/threads:2", "alpha/omp/n:300/threads:3",
                                        "alpha/omp/n:400/threads:4"}))
        << "on the numbers of threads of the preset scaling; nothing of beta, whose work is "
           "unknown";
    options.threads = {0};
    options.variants = {"omp"};
    EXPECT_EQ(planned_names(),
              (std::vector<std::string>{"alpha/omp/n:100/threads:1", "alpha/omp/n:400/threads:4"}))
        << "relative to one thread, asked for or not";
}

TEST(Plan, WeakScalingIsNotOfVariantsWithAThreadForEachTask)
{
    std::vector<Workload> suite = small_suite();
    suite[0].contract.cost = [](std::size_t n) { return Cost{.items = double(n)}; };
    suite[0].variants[1].threading = Threading::per_task;
    Options options;
    options.weak = true;
    options.workloads = {"alpha"};
    options.sizes = {100};
    EXPECT_EQ(names(make_plan(suite, options, 4, {kLots, kLots})),
              std::vector<std::string>{"alpha/seq/n:100/threads:1"});
}

TEST(Plan, SmokeTakesTheSmallestSize)
{
    Options options;
    options.preset = Preset::smoke;
    for (const std::string& name : names(planned(options)))
        EXPECT_NE(name.find("/n:1/"), std::string::npos) << name;
}

TEST(Plan, InputsAreAnAxisAndAGroupHasOne)
{
    Options options;
    options.workloads = {"beta"};
    options.sizes = {2};
    const Plan plan = planned(options, 1);
    EXPECT_EQ(plan.groups.size(), 2U);
    EXPECT_EQ(names(plan)[0], "beta/seq/n:2/input:uniform/threads:1");
    EXPECT_EQ(names(plan)[2], "beta/seq/n:2/input:zipf/threads:1");
}

// A workload of concurrency, whose processes suit two tasks at most.
std::vector<Workload> suite_with_tasks()
{
    std::vector<Workload> suite = small_suite();
    Workload tasks = suite[0];
    tasks.name = "tasks";
    tasks.contract.subject = Subject::concurrency;
    tasks.contract.axes = {{"cpus", {"", "1"}},
                           {"grain", {"256", "1024", "4096"}, {"1024"}, Axis::Takes::sizes}};
    tasks.variants = {tasks.variants[0],
                      tasks.variants[1],
                      {.name = "processes",
                       .clock = wall_clock,
                       .threading = Threading::per_task,
                       .prepare = never,
                       .suits = [](const Problem& p) { return p.n <= 2; }}};
    suite.push_back(tasks);
    return suite;
}

std::vector<std::string> names_with_tasks(const Options& options)
{
    static const std::vector<Workload> suite = suite_with_tasks();
    return names(make_plan(suite, options, 4, {kLots, kLots}));
}

TEST(Plan, OnOneCpuThereIsOneThreadAndATaskEachIsPlannedOnce)
{
    Options options;
    options.workloads = {"tasks"};
    options.sizes = {2};
    EXPECT_EQ(names_with_tasks(options),
              (std::vector<std::string>{
                  "tasks/seq/n:2/grain:1024/threads:1", "tasks/omp/n:2/grain:1024/threads:1",
                  "tasks/omp/n:2/grain:1024/threads:4", "tasks/processes/n:2/grain:1024/threads:4",
                  "tasks/seq/n:2/grain:1024/cpus:1/threads:1",
                  "tasks/omp/n:2/grain:1024/cpus:1/threads:1",
                  "tasks/processes/n:2/grain:1024/cpus:1/threads:1"}));
}

TEST(Plan, CasesThatForkAreAGroupOfTheirOwnWithTheBaseline)
{
    std::vector<Workload> suite = suite_with_tasks();
    suite.back().variants.back().forks = true;
    Options options;
    options.workloads = {"tasks"};
    options.sizes = {2};
    options.axes = {{"grain", "256"}, {"cpus", "1"}};
    const Plan plan = make_plan(suite, options, 4, {kLots, kLots});
    ASSERT_EQ(plan.groups.size(), 2U);
    EXPECT_EQ(names(plan),
              (std::vector<std::string>{"tasks/seq/n:2/grain:256/cpus:1/threads:1",
                                        "tasks/omp/n:2/grain:256/cpus:1/threads:1",
                                        "tasks/seq/n:2/grain:256/cpus:1/threads:1",
                                        "tasks/processes/n:2/grain:256/cpus:1/threads:1"}));
    EXPECT_EQ(names_once(plan),
              (std::vector<std::string>{"tasks/seq/n:2/grain:256/cpus:1/threads:1",
                                        "tasks/omp/n:2/grain:256/cpus:1/threads:1",
                                        "tasks/processes/n:2/grain:256/cpus:1/threads:1"}));
    options.variants = {"processes"};
    EXPECT_EQ(make_plan(suite, options, 4, {kLots, kLots}).groups.size(), 1U);
}

TEST(Plan, AVariantHasNoCaseOfAProblemThatDoesNotSuit)
{
    Options options;
    options.workloads = {"tasks"};
    options.variants = {"processes"};
    options.sizes = {2, 4};
    for (const std::string& name : names_with_tasks(options))
        EXPECT_NE(name.find("/n:2/"), std::string::npos) << name;
    EXPECT_EQ(names_with_tasks(options).size(), 2U);
}

TEST(Plan, AnAxisHasFewValuesInShortPresetsAndTheOneThatIsAskedFor)
{
    Options options;
    options.workloads = {"tasks"};
    options.variants = {"seq"};
    options.sizes = {2};
    EXPECT_EQ(names_with_tasks(options).size(), 2U);
    options.preset = Preset::concurrency;
    EXPECT_EQ(names_with_tasks(options).size(), 6U);
    options.axes = {{"grain", "4194304"}, {"cpus", "1"}};
    EXPECT_EQ(names_with_tasks(options),
              std::vector<std::string>{"tasks/seq/n:2/grain:4194304/cpus:1/threads:1"});
}

TEST(Plan, OfTheAxesThatAreLeftOpenOneAtATimeDiffers)
{
    std::vector<Workload> suite = suite_with_tasks();
    suite.back().contract.one_axis_at_a_time = true;
    Options options;
    options.preset = Preset::concurrency;
    options.variants = {"seq"};
    options.sizes = {2};
    EXPECT_EQ(names(make_plan(suite, options, 4, {kLots, kLots})),
              (std::vector<std::string>{"tasks/seq/n:2/grain:256/threads:1",
                                        "tasks/seq/n:2/grain:1024/threads:1",
                                        "tasks/seq/n:2/grain:4096/threads:1",
                                        "tasks/seq/n:2/grain:1024/cpus:1/threads:1"}));
    options.axes = {{"grain", "256"}};
    EXPECT_EQ(names(make_plan(suite, options, 4, {kLots, kLots})),
              (std::vector<std::string>{"tasks/seq/n:2/grain:256/threads:1",
                                        "tasks/seq/n:2/grain:256/cpus:1/threads:1"}));
}

TEST(Plan, TasksAreInSmokeAndInThePresetOfTheirOwn)
{
    const auto has = [](Preset preset, const std::string& workload) {
        Options options;
        options.preset = preset;
        const std::vector<std::string> all = names_with_tasks(options);
        return std::any_of(all.begin(), all.end(),
                           [&](const std::string& name) { return name.starts_with(workload); });
    };
    EXPECT_TRUE(has(Preset::smoke, "tasks") && has(Preset::concurrency, "tasks"));
    EXPECT_FALSE(has(Preset::quick, "tasks") || has(Preset::full, "tasks"));
    EXPECT_FALSE(has(Preset::scaling, "tasks"));
    EXPECT_TRUE(has(Preset::smoke, "alpha") && has(Preset::full, "alpha"));
    EXPECT_FALSE(has(Preset::concurrency, "alpha"));
}

TEST(Plan, ConcurrencyIsMeasuredOnAllCpus)
{
    Options options;
    options.preset = Preset::concurrency;
    options.variants = {"omp"};
    options.axes = {{"grain", "256"}};
    for (const std::string& name : names_with_tasks(options))
        EXPECT_TRUE(
            name.ends_with(name.find("cpus:1") == std::string::npos ? "threads:4" : "threads:1"))
            << name;
}

TEST(Plan, AWorkloadMayWantTeamsOfOneThreadUnlessOthersAreAskedFor)
{
    std::vector<Workload> suite = suite_with_tasks();
    suite.back().contract.axes.clear();
    suite.back().contract.one_thread_too = true;
    Options options;
    options.preset = Preset::concurrency;
    options.sizes = {2};
    options.variants = {"omp"};
    EXPECT_EQ(names(make_plan(suite, options, 4, {kLots, kLots})),
              (std::vector<std::string>{"tasks/omp/n:2/threads:1", "tasks/omp/n:2/threads:4"}));
    options.threads = {3};
    EXPECT_EQ(names(make_plan(suite, options, 4, {kLots, kLots})),
              std::vector<std::string>{"tasks/omp/n:2/threads:3"});
}

TEST(Plan, ThreadsAreSortedAndUnique)
{
    Options options;
    options.workloads = {"alpha"};
    options.variants = {"omp"};
    options.sizes = {1};
    options.threads = {2, 0, 1, 4};
    EXPECT_EQ(names(planned(options, 4)),
              (std::vector<std::string>{"alpha/omp/n:1/threads:1", "alpha/omp/n:1/threads:2",
                                        "alpha/omp/n:1/threads:4"}));
}

TEST(Plan, FilterIsARegularExpressionOnDocumentedNames)
{
    Options options;
    options.filter = "^beta/.*zipf";
    EXPECT_EQ(names(planned(options, 1)).size(), 4U);
    options.filter = "-beta";
    for (const std::string& name : names(planned(options)))
        EXPECT_TRUE(name.starts_with("alpha"));
    options.filter = "nothing like it";
    EXPECT_TRUE(planned(options).groups.empty() && planned(options).skipped.empty());
    options.filter = "(";
    EXPECT_THROW(planned(options), UsageError);
}

TEST(Plan, ColdKeepsVariantsWithAColdClock)
{
    Options options;
    options.cold = true;
    std::vector<Workload> suite = small_suite();
    EXPECT_TRUE(make_plan(suite, options, 4, {kLots, kLots}).groups.empty());
    suite[0].variants[2].cold_clock = wall_clock;
    EXPECT_EQ(names(make_plan(suite, options, 4, {kLots, kLots})),
              (std::vector<std::string>{"alpha/cuda/n:1/l2:cold/threads:1",
                                        "alpha/cuda/n:4/l2:cold/threads:1"}));
}

TEST(Plan, ACopyOfTheInputCountsAsMemory)
{
    Options options;
    std::vector<Workload> suite = small_suite();
    suite[0].variants = {suite[0].variants[2]};
    suite[0].variants[0].transfer = Transfer::pinned;
    options.workloads = {"alpha"};
    const Plan plan = make_plan(suite, options, 4, {kLots, kLots});
    EXPECT_EQ(plan.groups.at(0).at(0).footprint.host_case, 2e6);
    EXPECT_EQ(plan.groups.at(0).at(0).footprint.host_shared, 1e6);
}

TEST(Plan, ACaseThatCannotFitIsSkippedWithTheReason)
{
    Options options;
    options.workloads = {"alpha"};
    options.sizes = {1, 4000};
    const Plan plan = planned(options, 1, {1e9, 1e6});
    ASSERT_EQ(plan.skipped.size(), 4U); // all of 4000, and the device case of 1
    EXPECT_EQ(plan.skipped[0].name, "alpha/cuda/n:1/threads:1");
    EXPECT_EQ(plan.skipped[0].cause, Cause::memory);
    EXPECT_EQ(plan.skipped[0].level, Level::none) << "caches unknown";
    EXPECT_EQ(plan.skipped[0].reason, "needs 2.00 MB of device memory, 900 kB can be used");
    EXPECT_EQ(plan.skipped[1].reason, "needs 8.00 GB of memory, 900 MB can be used");
    EXPECT_EQ(names_once(plan).size(), 2U);
}

TEST(Plan, NoFootprintWrapsAround)
{
    for (const Workload& w : suite()) {
        std::map<std::string, std::string> keys;
        for (const Axis& axis : w.contract.axes)
            keys[axis.key] = axis.values.front();
        for (int k = 0; k < 47; ++k) {
            const Problem small = {.n = std::size_t(1) << k, .keys = keys},
                          large = {.n = std::size_t(2) << k, .keys = keys};
            const Bytes one = w.contract.footprint(small, "seq"),
                        two = w.contract.footprint(large, "seq");
            EXPECT_LE(one.host_shared + one.host_case, two.host_shared + two.host_case)
                << w.name << " 2^" << k;
            EXPECT_LE(one.device_case, two.device_case) << w.name << " 2^" << k;
        }
    }
}

TEST(Plan, OnlyNamedWorkloadsAndVariantsAreChosen)
{
    Options options;
    options.variants = {"cuda"};
    const std::vector<Workload> with_cuda = chosen_workloads(small_suite(), options);
    ASSERT_EQ(with_cuda.size(), 1U); // beta has none
    ASSERT_EQ(with_cuda[0].variants.size(), 1U);
    EXPECT_EQ(with_cuda[0].variants[0].name, "cuda");
    options.workloads = {"beta"};
    EXPECT_TRUE(chosen_workloads(small_suite(), options).empty());
    options.variants = {};
    EXPECT_EQ(chosen_workloads(small_suite(), options).at(0).variants.size(), 2U);
}

TEST(Plan, AGroupBeyondHalfTheMemoryIsSplitWithTheBaselineInEachPart)
{
    Options options;
    options.workloads = {"alpha"};
    options.sizes = {100}; // 100 MB of input, 100 MB a case
    options.threads = {1, 2, 3};
    const Plan plan =
        planned(options, 4, {800e6, kLots}); // 400 MB: the input, the baseline and two more
    ASSERT_EQ(plan.groups.size(), 2U);
    for (const Group& group : plan.groups) {
        EXPECT_EQ(group.front().variant->name, "seq");
        EXPECT_LE(group.size(), 3U);
    }
    EXPECT_EQ(names(plan).size(), 6U);
    EXPECT_EQ(names_once(plan).size(), 5U) << "the baseline is one case";
}

TEST(Plan, NoPartExceedsTheMemory)
{
    Options options;
    options.workloads = {"alpha"};
    options.sizes = {425}; // input and one case together: 0.85 of the memory
    for (const Group& group : planned(options, 4, {1e9, kLots}).groups)
        EXPECT_LE(group.front().footprint.host_shared +
                      group.front().footprint.host_case * double(group.size()),
                  1e9);
}

TEST(Plan, SizesGivenTwiceAreMeasuredOnce)
{
    Options options;
    options.sizes = {2, 1, 2};
    options.workloads = {"alpha"};
    EXPECT_EQ(planned(options).groups.size(), 2U);
}

TEST(Plan, UnknownMemoryLimitsNothing)
{
    Options options;
    options.sizes = {1 << 20};
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_TRUE(planned(options, 4, {infinity, infinity}).skipped.empty());
}

TEST(Plan, ACaseHasTheFactsOfItsRow)
{
    std::vector<Workload> suite = small_suite();
    suite[0].contract.ceiling = "copy";
    suite[0].contract.rate = Rate::bytes;
    suite[0].contract.subject = Subject::concurrency;
    suite[0].variants = {suite[0].variants[1]};
    suite[0].variants[0].role = Role::teaching;
    suite[0].variants[0].ours = false;
    Options options;
    options.workloads = {"alpha"}; // by name, since concurrency has a preset of its own
    const CacheSizes caches = {32e3, 1e6, 0};
    const Plan plan = make_plan(suite, options, 4, {kLots, kLots, caches});
    const CaseResult c = result_of(plan.groups.at(0).at(0), plan.memory.caches);
    EXPECT_EQ(c.ceiling, "copy");
    EXPECT_EQ(c.rate, Rate::bytes);
    EXPECT_EQ(c.subject, Subject::concurrency);
    EXPECT_EQ(c.threading, Threading::team);
    EXPECT_EQ(c.role, Role::teaching);
    EXPECT_FALSE(c.ours);
    EXPECT_EQ(c.level, Level::shared) << "2 MB on one thread";
    EXPECT_EQ(c.status, Status::skipped);
}

TEST(CaseName, HasKeysInTheFixedOrder)
{
    Problem problem{
        .n = 7,
        .threads = 3,
        .keys = {
            {"l2", "cold"}, {"ranks", "2"}, {"chunks", "8"}, {"input", "zipf"}, {"tau", "1000"}}};
    EXPECT_EQ(case_name("w", "v", problem),
              "w/v/n:7/input:zipf/tau:1000/chunks:8/ranks:2/l2:cold/threads:3");
}

} // namespace
} // namespace workspan
