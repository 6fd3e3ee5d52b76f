// SPDX-License-Identifier: Apache-2.0
// The handles of every model of execution: each task is settled once, whatever delays happen, and
// nothing is left behind.
#include "harness/contracts/futures.hpp"
#include "tests/cpu/every_model.hpp"

#include <csignal>
#include <ctime>
#include <sched.h>

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
    try {
        return model.make(problem_of(model, 1, 1));
    } catch (const Unavailable&) {
        return std::nullopt;
    }
}

// Tasks before they begin, and the caller before it cancels, do nothing, give way, compute or
// sleep, at random.
std::atomic<std::uint64_t> seed_of_delays = 0;

void delay(std::size_t i)
{
    const std::uint64_t random = random_bits(seed_of_delays, i);
    const auto length = static_cast<long>((random >> 8) % 50000); // ns
    if (random % 4 == 1)
        sched_yield();
    if (random % 4 == 2) {
        volatile std::uint64_t result = lcg(random, static_cast<std::size_t>(length), {});
        static_cast<void>(result);
    }
    const timespec sleep = {0, length};
    if (random % 4 == 3)
        nanosleep(&sleep, nullptr);
}

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
        ASSERT_EQ(wrong_run(*caller, problem_of(model, 12, k), delay), "") << "run " << k;
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
    {
        const auto first = made(GetParam()); // what a library keeps for good
        if (!first)
            GTEST_SKIP() << "skipped: its library is absent";
        EXPECT_EQ(wrong_run(*first, p, nullptr), "");
    }
    const Possessions before = possessions();
    {
        const auto caller = made(GetParam());
        EXPECT_EQ(wrong_run(*caller, p, nullptr), "");
    }
    EXPECT_EQ(possessions_soon_like(before), before);
}

// Tasks that are asked to stop add up: each ran, was stopped in a piece, or never began.
TEST_P(EveryModelOfFutures, EachCancelledTaskRanWasStoppedOrNeverRan)
{
    const auto caller = made(GetParam());
    if (!caller)
        GTEST_SKIP() << "skipped: its library is absent";
    futures::Tasking tasking(problem_of(GetParam(), 40, 1));
    tasking.work.delay = delay;
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
    try {
        wrong_run(*caller, p, die_or_wait);
        ADD_FAILURE() << "no error";
    } catch (const std::runtime_error& e) {
        EXPECT_STREQ(e.what(), "a child process was ended by signal 9");
    }
    EXPECT_EQ(possessions().children, 0U);
    EXPECT_EQ(wrong_run(*caller, p, nullptr), "");
}

} // namespace
} // namespace workspan
