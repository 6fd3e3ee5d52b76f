// SPDX-License-Identifier: Apache-2.0
#include "harness/support/clock.hpp"

#include "harness/tasks/one_cpu.hpp"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <pthread.h>
#include <regex>
#include <sched.h>
#include <thread>
#include <vector>

namespace workspan {
namespace {

// Keeps this thread busy.
void spin(Seconds seconds)
{
    const Seconds start = thread_cpu_time();
    while (thread_cpu_time() - start < seconds)
        ;
}

TEST(Clock, AdvancesInSecondsWhileThisThreadSleeps)
{
    const Seconds start = now(), cpu = thread_cpu_time();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_GE(now() - start, 0.02);
    EXPECT_LT(thread_cpu_time() - cpu, 0.02) << "sleep is not CPU time";
}

TEST(CpuTime, OfTheProcessIncludesOtherThreads)
{
    const Seconds process = process_cpu_time(), thread = thread_cpu_time();
    std::thread([] { spin(0.02); }).join();
    EXPECT_GE(process_cpu_time() - process, 0.02);
    EXPECT_LT(thread_cpu_time() - thread, 0.02);
}

// Not only up to the last scheduler tick of its CPU. It does not read its own clock, which would
// bring it up to date; this thread may lose its CPU between two readings, but not each time.
TEST(CpuTime, OfTheProcessIncludesWhatAThreadOfAnotherCpuHasUsedJustNow)
{
    cpu_set_t allowed;
    ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    std::vector<int> cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(cpu, &allowed))
            cpus.push_back(cpu);
    if (cpus.size() < 2)
        GTEST_SKIP() << "one CPU";
    std::atomic<bool> stop = false;
    std::thread busy([&] {
        bind_to(cpus[1]);
        while (!stop)
            ;
    });
    bind_to(cpus[0]);
    clockid_t clock{};
    ASSERT_EQ(pthread_getcpuclockid(busy.native_handle(), &clock), 0);
    const auto of_thread = [clock] {
        timespec t{};
        clock_gettime(clock, &t);
        return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
    };
    int up_to_date = 0;
    for (int k = 0; k < 50; ++k) {
        const Seconds process = process_cpu_time(), thread = of_thread();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const Seconds used = process_cpu_time() - process;
        up_to_date += used > of_thread() - thread - 1e-4;
    }
    EXPECT_GE(up_to_date, 40);
    stop = true;
    busy.join();
    sched_setaffinity(0, sizeof allowed, &allowed);
}

TEST(UtcNow, IsIso8601)
{
    EXPECT_TRUE(std::regex_match(utc_now(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")))
        << utc_now();
}

} // namespace
} // namespace workspan
