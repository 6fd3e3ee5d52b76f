// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/handles.hpp"

#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace workspan {
namespace {

// Writes down what is called.
struct Recorded {
    std::string calls = {};

    void spawn(std::size_t i) { note("spawn", i); }
    void cancel(std::size_t i) { note("cancel", i); }
    bool is_ready(std::size_t i)
    {
        note("status", i);
        return i != 1;
    }
    void wait(std::size_t i) { note("wait", i); }
    std::uint64_t get(std::size_t i)
    {
        note("get", i);
        return 10 * i;
    }

private:
    void note(const char* what, std::size_t i) { calls += what + std::to_string(i) + " "; }
};

TEST(Handles, ATaskIsCancelledRightAfterItIsSpawnedAndResultsAreTakenInOrder)
{
    Calls calls(3);
    calls.asked = {0, 1, 0};
    Recorded handles;
    spawn_and_get(handles, calls);
    EXPECT_EQ(handles.calls, "spawn0 spawn1 cancel1 spawn2 wait0 get0 wait1 get1 wait2 get2 ");
    EXPECT_EQ(calls.results, (std::vector<std::uint64_t>{0, 10, 20}));
    calls.latencies.end_run();
    EXPECT_EQ(calls.latencies.missing(), 0U);
}

TEST(Handles, ALatencyBeginsBeforeTheSpawnAndEndsWithTheResult)
{
    struct Slow : Recorded {
        static void wait() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }
        static void spawn(std::size_t) { wait(); }
        static void wait(std::size_t) { wait(); }
        static std::uint64_t get(std::size_t) { return wait(), 0; }
    };
    Calls calls(1);
    Slow handles;
    spawn_and_get(handles, calls);
    calls.latencies.end_run();
    ASSERT_EQ(calls.latencies.latencies().size(), 1U);
    EXPECT_GE(calls.latencies.latencies().begin()->first, 6000000U);
}

TEST(Handles, CostsAreOfTheCallsOfAKindInARow)
{
    Calls calls(2);
    calls.asked = {0, 1};
    Recorded handles;
    costs_of_calls(handles, calls);
    EXPECT_EQ(handles.calls, "spawn0 spawn1 cancel1 wait0 wait1 status0 status1 get0 get1 ");
    EXPECT_EQ(calls.ready, 1U);
}

// Of two tasks; one is slow to spawn, the other one is cancelled.
TEST(Handles, CostsAreMeansOverTheCalls)
{
    struct Slow : Recorded {
        static void sleep() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }
        static void spawn(std::size_t i) { i == 0 ? sleep() : void(); }
        static void cancel(std::size_t) { sleep(); }
    };
    Calls calls(2);
    calls.asked = {0, 1};
    Slow handles;
    const CallCosts costs = costs_of_calls(handles, calls);
    EXPECT_GE(costs.spawn, 1e6) << "2 ms by two";
    EXPECT_GE(costs.cancel, 2e6) << "2 ms by one";
}

} // namespace
} // namespace workspan
