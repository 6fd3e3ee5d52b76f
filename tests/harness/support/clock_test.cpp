// SPDX-License-Identifier: Apache-2.0
#include "harness/support/clock.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <regex>
#include <thread>

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

TEST(UtcNow, IsIso8601)
{
    EXPECT_TRUE(std::regex_match(utc_now(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")))
        << utc_now();
}

} // namespace
} // namespace workspan
