// SPDX-License-Identifier: Apache-2.0
// The threads that OpenMP keeps between two teams.
#include "harness/openmp.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <iterator>
#include <omp.h>

namespace workspan {
namespace {

std::ptrdiff_t threads_of_this_process()
{
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
}

int threads_of_a_team()
{
    int threads = 0;
#pragma omp parallel reduction(+ : threads)
    threads += 1;
    return threads;
}

TEST(IdleThreads, AreEndedAndStartedAgain)
{
    const std::ptrdiff_t before = threads_of_this_process();
    require_threads(3);
    EXPECT_EQ(threads_of_a_team(), 3);
    end_idle_threads();
    EXPECT_LE(threads_of_this_process(), before);
    EXPECT_EQ(omp_get_max_threads(), 3);
    set_team(3);
    EXPECT_EQ(threads_of_a_team(), 3);
    set_team(2);
    end_idle_threads();
    set_team(2);
    EXPECT_EQ(threads_of_a_team(), 2);
}

TEST(IdleThreads, AreNotStartedForCodeWithThreadsOfItsOwn)
{
    require_threads(3);
    end_idle_threads();
    const std::ptrdiff_t before = threads_of_this_process();
    allow_team(3);
    EXPECT_EQ(threads_of_this_process(), before);
    EXPECT_EQ(threads_of_a_team(), 3);
}

} // namespace
} // namespace workspan
