// SPDX-License-Identifier: Apache-2.0
// Traced runs: every task of every case that is ok, on one CPU if the case is, verified.
#include "harness/measure/tracing.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <set>

namespace workspan {
namespace {

constexpr double kLots = std::numeric_limits<double>::infinity();

struct Traced {
    std::vector<Workload> workloads = suite(); // the plan points into it
    Plan plan;
    std::vector<CaseResult> results;
    std::vector<TracedCase> cases;
};

// The traced runs of the cases that the options choose, all of which count as ok.
Traced traced(const Options& options)
{
    Traced all;
    all.plan = make_plan(all.workloads, options, 2, {kLots, kLots});
    for (const Group& group : all.plan.groups)
        for (const PlannedCase& planned : group) {
            all.results.push_back(result_of(planned, {}));
            all.results.back().status = Status::ok;
        }
    all.cases = trace_cases(all.plan, all.results, false).cases;
    return all;
}

Options of(const std::string& workload, const std::vector<std::string>& variants, std::size_t n)
{
    Options options;
    options.workloads = {workload};
    options.variants = variants;
    options.sizes = {n};
    return options;
}

TEST(Tracing, RecordsEveryTaskWithinTheRun)
{
    const Traced all = traced(of("dispatch", {"seq", "omp", "threads", "pool", "processes"}, 50));
    ASSERT_EQ(all.cases.size(), 7U); // omp and pool on one thread and on two
    for (const TracedCase& c : all.cases) {
        SCOPED_TRACE(c.name);
        ASSERT_EQ(c.trace->recorded(), 50U);
        for (std::size_t task = 0; task < 50; ++task) {
            ASSERT_EQ(c.trace->spans(task).size(), 1U);
            const Span& span = c.trace->spans(task).front();
            EXPECT_LE(c.begin, span.begin);
            EXPECT_LE(span.begin, span.end);
            EXPECT_LE(span.end, c.end);
        }
    }
}

TEST(Tracing, AProcessForEachTaskIsAWorkerForEachTask)
{
    const Traced all = traced(of("dispatch", {"processes"}, 20));
    std::set<std::uint32_t> workers;
    for (std::size_t task = 0; task < 20; ++task)
        workers.insert(all.cases.at(0).trace->spans(task).front().worker);
    EXPECT_EQ(workers.size(), 20U);
}

TEST(Tracing, OnOneCpuAllSpansAreOnIt)
{
    Options options = of("busy", {"threads"}, 300000);
    options.axes = {{"grain", "4096"}, {"cpus", "1"}};
    const Traced all = traced(options);
    std::set<std::int16_t> cpus;
    for (std::size_t task = 0; task < all.cases.at(0).trace->recorded(); ++task)
        for (const Span& span : all.cases[0].trace->spans(task))
            cpus.insert(span.cpu);
    EXPECT_EQ(cpus.size(), 1U);
}

TEST(Tracing, ATaskOfAChainIsIssuedByTheOneBefore)
{
    Options options = of("waiters", {"futures", "coroutines"}, 4);
    options.axes = {{"input", "chain"}, {"tau", "1ms"}};
    const Traced all = traced(options);
    ASSERT_FALSE(all.cases.empty());
    for (const TracedCase& c : all.cases) {
        EXPECT_EQ(c.trace->issued(0).by, Trace::kNoTask);
        for (std::size_t task = 1; task < 4; ++task) {
            EXPECT_EQ(c.trace->issued(task).by, task - 1);
            EXPECT_LE(c.trace->issued(task).at, c.trace->spans(task).front().begin);
            // The one before completes after it.
            EXPECT_LE(c.trace->spans(task).back().end, c.trace->spans(task - 1).back().end);
        }
    }
}

TEST(Tracing, CoroutinesThatTakeTurnsAreTheRows)
{
    Options options = of("busy", {"coroutines_yield"}, 12 * 4096);
    options.axes = {{"grain", "4096"}};
    const Traced all = traced(options);
    ASSERT_EQ(all.cases.at(0).trace->tasks(), 3U);
    for (std::size_t row = 0; row < 3; ++row)
        EXPECT_GE(all.cases[0].trace->spans(row).size(), 4U);
}

std::vector<Variant>& variants_of_dispatch(Traced& all)
{
    return std::find_if(all.workloads.begin(), all.workloads.end(),
                        [](const Workload& w) { return w.name == "dispatch"; })
        ->variants;
}

TEST(Tracing, LeavesOutWhatIsNotOkAndFailsWhatIsWrong)
{
    Traced all;
    const Options options = of("dispatch", {"seq"}, 5);
    for (Variant& variant : variants_of_dispatch(all))
        variant.prepare = [prepare = variant.prepare](const Problem& p) {
            Trial trial = prepare(p);
            trial.traced_run = [](Trace&) {}; // every task is lost
            return trial;
        };
    all.plan = make_plan(all.workloads, options, 1, {kLots, kLots});
    all.results.push_back(result_of(all.plan.groups.at(0).at(0), {}));
    EXPECT_TRUE(trace_cases(all.plan, all.results, false).cases.empty()) << "it is not ok";
    all.results[0].status = Status::ok;
    EXPECT_TRUE(trace_cases(all.plan, all.results, false).cases.empty());
    EXPECT_EQ(all.results[0].status, Status::failed);
    EXPECT_EQ(all.results[0].cause, Cause::wrong_result);
}

TEST(Tracing, ACaseThatCannotRunOnceMoreKeepsItsSamples)
{
    Traced all;
    for (Variant& variant : variants_of_dispatch(all))
        variant.prepare = [](const Problem&) -> Trial { throw Unavailable("no thread left"); };
    all.plan = make_plan(all.workloads, of("dispatch", {"seq"}, 5), 1, {kLots, kLots});
    all.results.push_back(result_of(all.plan.groups.at(0).at(0), {}));
    all.results[0].status = Status::ok;
    const Traces traces = trace_cases(all.plan, all.results, false);
    EXPECT_TRUE(traces.cases.empty());
    EXPECT_EQ(traces.refused.at("dispatch/seq/n:5/threads:1"), "no thread left");
    EXPECT_EQ(all.results[0].status, Status::ok);
}

TEST(Tracing, ACaseWhoseTasksAreNotRecordedIsNamed)
{
    Traced all;
    Options options = of("contention", {"seq"}, 1000);
    all.plan = make_plan(all.workloads, options, 1, {kLots, kLots});
    all.results.push_back(result_of(all.plan.groups.at(0).at(0), {}));
    all.results[0].status = Status::ok;
    const Traces traces = trace_cases(all.plan, all.results, false);
    EXPECT_EQ(traces.refused.at("contention/seq/n:1000/threads:1"),
              "what its tasks do is not recorded");
}

TEST(Tracing, ProcessesOfAPoolAreForkedBeforeTheRecordedRun)
{
    const Traced all = traced(of("dispatch", {"process_pool"}, 200));
    for (const TracedCase& c : all.cases) {
        std::int64_t first = c.end;
        for (std::size_t task = 0; task < 200; ++task)
            first = std::min(first, c.trace->spans(task).front().begin);
        EXPECT_LT(first - c.begin, 1000000000) << c.name;
        EXPECT_EQ(c.trace->spans(199).size(), 1U);
    }
}

TEST(Tracing, OnlyWorkloadsOfTasksHaveTasks)
{
    Traced all;
    EXPECT_TRUE(has_tasks(make_plan(all.workloads, of("busy", {"omp"}, 4096), 1, {kLots, kLots})));
    EXPECT_FALSE(has_tasks(make_plan(all.workloads, of("copy", {"omp"}, 4096), 1, {kLots, kLots})));
}

TEST(Trace, KeepsTheFirstThousandTasksAndCountsTheSpansThatItDrops)
{
    Trace trace(100000);
    EXPECT_EQ(trace.tasks(), 100000U);
    ASSERT_EQ(trace.recorded(), Trace::kMostTasks);
    trace.add(99999, Span::Kind::run, 0); // not recorded, no harm
    std::size_t added = 0;
    while (trace.dropped(7) < 3 && ++added < 100000)
        trace.add(7, Span::Kind::run, 0);
    EXPECT_EQ(trace.dropped(7), 3U);
    EXPECT_EQ(trace.spans(7).size() + 3, added);
    EXPECT_TRUE(trace.spans(6).empty() && trace.spans(8).empty()) << "a task has its own slots";
}

} // namespace
} // namespace workspan
