// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/cpus_used.hpp"

#include "harness/tasks/one_cpu.hpp"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace workspan {
namespace {

// A run that marks this many CPUs.
void run_on(CpusUsed& cpus, int number)
{
    cpus.begin_run();
    for (int k = 0; k < number; ++k)
        cpus.marks()[7 * k] = 1;
    cpus.end_run();
}

TEST(CpusUsed, IsTheMedianOfTheRuns)
{
    CpusUsed cpus;
    EXPECT_EQ(cpus.median(), 0U) << "no run";
    run_on(cpus, 5);
    EXPECT_EQ(cpus.median(), 5U);
    run_on(cpus, 1);
    EXPECT_EQ(cpus.median(), 1U) << "the lower of two";
    run_on(cpus, 1);
    run_on(cpus, 9);
    run_on(cpus, 2);
    EXPECT_EQ(cpus.median(), 2U);
}

TEST(CpusUsed, IsOneIfAllThreadsAreOnOneCpu)
{
    const OneCpu pinned;
    CpusUsed cpus;
    cpus.begin_run();
    {
        std::vector<std::jthread> threads;
        for (int k = 0; k < 4; ++k)
            threads.emplace_back([&] { mark_cpu(cpus.marks()); });
    }
    cpus.end_run();
    EXPECT_EQ(cpus.median(), 1U);
    EXPECT_EQ(cpus.marks()[sched_getcpu()], 1);
}

} // namespace
} // namespace workspan
