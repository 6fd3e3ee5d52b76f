// SPDX-License-Identifier: Apache-2.0
// The handles of every model of execution: each task is settled once, whatever delays happen, and
// nothing is left behind.
#include "harness/contracts/futures.hpp"
#include "tests/cpu/delays.hpp"
#include "tests/cpu/every_model.hpp"
#include "tests/cpu/outcomes.hpp"
#include "tests/cpu/possessions.hpp"

#include <csignal>

namespace workspan {
namespace {

struct NamedCaller {
    const char* name;
    futures::MakeCaller* make;
};

std::ostream& operator<<(std::ostream& out, const NamedCaller& c) { return out << c.name; }

// Names begin with futures, as those of the suite: tests/CMakeLists.txt runs them apart.
std::string name_of_caller(const testing::TestParamInfo<NamedCaller>& info)
{
    return std::string("futures_") + info.param.name;
}

bool can_cancel(const NamedCaller& model) { return model.make != futures::futures; }

Problem problem_of(const NamedCaller& model, std::size_t n, std::uint64_t seed)
{
    return {
        .n = n, .threads = 3, .seed = seed, .keys = {{"cancel", can_cancel(model) ? "50" : "0"}}};
}

// Empty if its library is absent.
std::optional<futures::Caller> made(const NamedCaller& model)
{
    return if_available([&] { return model.make(problem_of(model, 1, 1)); });
}

// Delays of tasks before they begin, and of the caller before it cancels.
std::atomic<std::uint64_t> seed_of_delays = 0;

void delayed_by(std::size_t i) { delay(seed_of_delays, i, 50000); }

std::string wrong_run(const futures::Caller& caller, const Problem& p, void (*delayed)(std::size_t))
{
    futures::Tasking tasking(p);
    tasking.work.delay = tasking.calls.delay = delayed;
    tasking.run(caller);
    const CheckResult of_output = futures::check(p, {tasking.out->data(), tasking.out->size()});
    return of_output.ok ? tasking.check_tally().why : of_output.why;
}

class EveryModelOfFutures : public testing::TestWithParam<NamedCaller> {};
class EveryModelOfFuturesLong : public EveryModelOfFutures {};

void expect_each_task_settled_once(const NamedCaller& model, std::uint64_t runs)
{
    const auto caller = made(model);
    if (!caller)
        GTEST_SKIP() << "skipped: its library is absent";
    for (std::uint64_t k = 0; k < runs; ++k) {
        seed_of_delays = k;
        ASSERT_EQ(wrong_run(*caller, problem_of(model, 12, k), delayed_by), "") << "run " << k;
    }
}

TEST_P(EveryModelOfFutures, SettlesEachTaskOnceUnderRandomDelays)
{
    const bool forks_slowly = GetParam().make == futures::processes &&
                              (has_address_sanitizer() || has_thread_sanitizer());
    expect_each_task_settled_once(GetParam(), forks_slowly ? 10 : 100);
}

TEST_P(EveryModelOfFuturesLong, SettlesEachTaskOnceUnderRandomDelays)
{
    expect_each_task_settled_once(GetParam(), 1000);
}

TEST_P(EveryModelOfFutures, LeavesNoThreadProcessOrMemoryBehind)
{
    const Problem p = problem_of(GetParam(), 20, 1);
    expect_nothing_left_behind([&] {
        const auto caller = made(GetParam());
        if (caller)
            EXPECT_EQ(wrong_run(*caller, p, nullptr), "");
        return caller.has_value();
    });
}

// Tasks that are asked to stop add up: each ran, was stopped in a piece, or never began.
TEST_P(EveryModelOfFutures, EachCancelledTaskRanWasStoppedOrNeverRan)
{
    const auto caller = made(GetParam());
    if (!caller)
        GTEST_SKIP() << "skipped: its library is absent";
    futures::Tasking tasking(problem_of(GetParam(), 40, 1));
    tasking.work.delay = delayed_by;
    for (int k = 0; k < 3; ++k)
        tasking.run(*caller);
    const futures::Tally& tally = tasking.tally;
    EXPECT_EQ(tally.tasks, 120U);
    EXPECT_EQ(tally.settled(), 120U);
    EXPECT_LE(tally.stopped + tally.never_ran, tally.asked);
    EXPECT_EQ(tally.asked > 0, can_cancel(GetParam()));
    if (can_cancel(GetParam()))
        EXPECT_GT(tally.stopped + tally.never_ran, 0U) << "at least one of about 60";
}

const auto kAll =
    testing::Values(NamedCaller{"seq", futures::seq}, NamedCaller{"threads", futures::threads},
                    NamedCaller{"futures", futures::futures}, NamedCaller{"pool", futures::pool},
                    NamedCaller{"coroutines", futures::coroutines},
                    NamedCaller{"processes", futures::processes}, NamedCaller{"tbb", futures::tbb});
INSTANTIATE_TEST_SUITE_P(Host, EveryModelOfFutures, kAll, name_of_caller);
INSTANTIATE_TEST_SUITE_P(Host, EveryModelOfFuturesLong, kAll, name_of_caller);

void die_or_wait(std::size_t i)
{
    if (i == 3)
        raise(SIGKILL);
    usleep(i > 3 ? 1000000 : 0);
}

// The others are ended and waited for.
TEST(ModelsOfFutures, AChildThatSomebodyElseKillsIsAnError)
{
    const NamedCaller processes = {"processes", futures::processes};
    const auto caller = made(processes);
    Problem p = problem_of(processes, 10, 1);
    p.keys["cancel"] = "0";
    EXPECT_EQ(error_of([&] { wrong_run(*caller, p, die_or_wait); }),
              "a child process was ended by signal 9");
    EXPECT_EQ(possessions().children, 0U);
    EXPECT_EQ(wrong_run(*caller, p, nullptr), "");
}

} // namespace
} // namespace workspan
