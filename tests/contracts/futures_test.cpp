// SPDX-License-Identifier: Apache-2.0
// futures: what the tally, the latencies and the counters say, and mistakes of a run that the
// output of the last run does not show.
#include "harness/contracts/futures.hpp"

#include <gtest/gtest.h>
#include <numeric>

namespace workspan {
namespace {

using futures::Caller;
using futures::Work;

Problem problem_of(std::size_t n, const char* cancel, int threads = 2)
{
    return {.n = n, .threads = threads, .keys = {{"cancel", cancel}}};
}

std::uint64_t tasks_in(const Latencies& latencies)
{
    return std::accumulate(latencies.begin(), latencies.end(), std::uint64_t(0),
                           [](auto sum, const auto& bucket) { return sum + bucket.second; });
}

// Does by hand what a model does, but for one mistake in its first run.
struct Mistake {
    std::size_t lost = SIZE_MAX, doubled = SIZE_MAX, cancelled = SIZE_MAX,
                without_latency = SIZE_MAX;
};

Caller by_hand(const Mistake& mistake)
{
    const auto run = [mistake, first = std::make_shared<bool>(true)](const Work& work,
                                                                     Calls& calls) {
        const Mistake now = std::exchange(*first, false) ? mistake : Mistake();
        for (std::size_t i = 0; i < work.n; ++i) {
            futures::Progress& task = work.tasks[i];
            task.begun = task.ran = i == now.lost ? 0 : i == now.doubled ? 2 : 1;
            if (i == now.cancelled)
                task = {.result = 0, .begun = 1, .ran = 0, .cancelled = 1};
            calls.results[i] = lcg(futures::first_of(work.seed, i), 256, work.step);
            if (i != now.without_latency)
                calls.latencies.set(i, 1000);
        }
    };
    return {.run = run, .costs = {}};
}

// What the checks say after a first run with that mistake and a second one without.
std::string after_two_runs(const Mistake& mistake)
{
    const Problem p = problem_of(20, "0");
    futures::Tasking tasking(p);
    const Caller caller = by_hand(mistake);
    tasking.run(caller);
    tasking.run(caller);
    const CheckResult of_output = futures::check(p, {tasking.out->data(), tasking.out->size()});
    EXPECT_TRUE(of_output.ok) << "the last run is right: " << of_output.why;
    const CheckResult of_all = tasking.check_tally();
    EXPECT_EQ(of_all.ok, of_all.why.empty());
    tasking.forget();
    EXPECT_TRUE(tasking.check_tally().ok) << "forgotten";
    return of_all.why;
}

TEST(Futures, MistakesOfAnEarlierRunAreFound)
{
    EXPECT_EQ(after_two_runs({}), "");
    const std::string lost = "of 40 tasks of all runs 39 ran, 0 were stopped and 0 never ran";
    EXPECT_EQ(after_two_runs({.lost = 3}), lost);
    EXPECT_EQ(after_two_runs({.doubled = 3}), lost);
    EXPECT_EQ(after_two_runs({.cancelled = 3}), lost) << "nobody cancelled it";
    EXPECT_EQ(after_two_runs({.lost = 3, .doubled = 4}),
              "of 40 tasks of all runs 38 ran, 0 were stopped and 0 never ran");
    EXPECT_EQ(after_two_runs({.without_latency = 19}), "1 tasks have no latency");
}

TEST(Futures, CancelsTheShareThatTheKeySays)
{
    for (const auto& [percent, least, most] :
         {std::tuple{"0", 0, 0}, {"10", 900, 1100}, {"50", 4800, 5200}}) {
        const futures::Tasking tasking(problem_of(10000, percent));
        const auto asked = std::count(tasking.calls.asked.begin(), tasking.calls.asked.end(), 1);
        EXPECT_GE(asked, least);
        EXPECT_LE(asked, most);
    }
}

TEST(Futures, ACallThatIsCancelledBeforeItIsMadeNeverRuns)
{
    for (const auto make : {futures::seq, futures::coroutines}) {
        const Trial trial = futures::host(problem_of(100, "50"), make);
        trial.poison();
        trial.run();
        EXPECT_TRUE(trial.verify().ok) << trial.verify().why;
        EXPECT_EQ(trial.counters().at("never_ran_share"), 1);
    }
}

TEST(Futures, CountersSayWhatEachCallCosts)
{
    for (const auto make : {futures::seq, futures::threads, futures::pool, futures::coroutines}) {
        const Trial trial = futures::host(problem_of(50, "50"), make);
        trial.poison();
        trial.run();
        const Counters found = trial.counters();
        for (const char* call : {"spawn_ns", "status_ns", "get_ns", "cancel_ns"}) {
            EXPECT_GE(found.at(call), 0) << call; // 0: less than the clock tells
            EXPECT_LT(found.at(call), 1e9) << call;
        }
        EXPECT_GE(found.at("never_ran_share"), 0);
        EXPECT_LE(found.at("never_ran_share"), 1);
        EXPECT_TRUE(trial.verify().ok) << "further runs leave output, tally and latencies alone";
        EXPECT_EQ(tasks_in(trial.take_latencies()), 50U);
    }
}

TEST(Futures, WithoutCancelledTasksThereIsNoCostOfCancelling)
{
    const Trial trial = futures::host(problem_of(50, "0"), futures::futures);
    trial.poison();
    trial.run();
    const Counters found = trial.counters();
    EXPECT_TRUE(found.contains("get_ns"));
    EXPECT_FALSE(found.contains("cancel_ns"));
    EXPECT_FALSE(found.contains("never_ran_share"));
}

TEST(Futures, WithoutTasksThereIsNoCounter)
{
    const Trial trial = futures::host(problem_of(0, "50"), futures::pool);
    trial.run();
    EXPECT_TRUE(trial.verify().ok);
    EXPECT_TRUE(trial.counters().empty());
}

TEST(Futures, LatenciesAreOfAllTasksSinceTheLastPoison)
{
    const Trial trial = futures::host(problem_of(30, "50"), futures::pool);
    trial.run();
    trial.run();
    EXPECT_EQ(tasks_in(trial.take_latencies()), 60U);
    trial.poison();
    EXPECT_TRUE(trial.take_latencies().empty());
    trial.run();
    EXPECT_EQ(tasks_in(trial.take_latencies()), 30U);
}

// The status of a task is asked after it is ready.
TEST(Futures, EveryTaskIsReadyOnceItWasWaitedFor)
{
    using namespace futures;
    for (const auto make : {seq, threads, futures::futures, processes, pool, coroutines}) {
        const Problem p = problem_of(40, make == futures::futures ? "0" : "50");
        Tasking tasking(p);
        tasking.costs(make(p));
        EXPECT_EQ(tasking.calls.ready, p.n);
    }
}

} // namespace
} // namespace workspan
