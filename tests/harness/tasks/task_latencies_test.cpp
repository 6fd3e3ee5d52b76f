// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/task_latencies.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace workspan {
namespace {

// The least duration that at least a share q of them does not exceed.
std::uint64_t percentile(const Latencies& latencies, double q)
{
    double all = 0, so_far = 0;
    for (const auto& [ns, tasks] : latencies)
        all += static_cast<double>(tasks);
    for (const auto& [ns, tasks] : latencies)
        if ((so_far += static_cast<double>(tasks)) >= q * all)
            return ns;
    return 0;
}

TEST(Histogram, KeepsShortDurationsExactly)
{
    Histogram histogram;
    for (std::uint64_t ns = 0; ns < 256; ++ns)
        histogram.add(ns);
    const Latencies found = histogram.latencies();
    EXPECT_EQ(found.size(), 256);
    EXPECT_EQ(found.begin()->first, 0);
    EXPECT_EQ(found.rbegin()->first, 255);
}

TEST(Histogram, IsAtMostEightPerMilleTooHighAndNeverTooLow)
{
    for (std::uint64_t ns = 1; ns < (std::uint64_t(1) << 39); ns += ns / 37 + 1) {
        Histogram one;
        one.add(ns);
        const std::uint64_t told = one.latencies().begin()->first;
        ASSERT_GE(told, ns);
        ASSERT_LE(static_cast<double>(told), 1.008 * static_cast<double>(ns)) << ns;
    }
}

TEST(Histogram, CountsTheLongestDurationsToo)
{
    Histogram histogram;
    histogram.add(std::uint64_t(1) << 40);
    histogram.add(UINT64_MAX);
    EXPECT_EQ(histogram.count(), 2);
    EXPECT_EQ(histogram.latencies().size(), 1);
}

TEST(Histogram, HasThePercentilesOfSortedDurationsWithinOnePercent)
{
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> durations(10, 1.5); // median 22 us
    Histogram histogram;
    std::vector<std::uint64_t> sorted;
    for (int i = 0; i < 100000; ++i) {
        sorted.push_back(static_cast<std::uint64_t>(durations(random)));
        histogram.add(sorted.back());
    }
    std::sort(sorted.begin(), sorted.end());
    for (const double q : {0.5, 0.9, 0.99, 0.999}) {
        const double exact = static_cast<double>(
            sorted[static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size()))) -
                   1]);
        EXPECT_NEAR(static_cast<double>(percentile(histogram.latencies(), q)), exact, 0.01 * exact);
    }
}

TEST(TaskLatencies, AddsUpRunsUntilTheyAreTaken)
{
    TaskLatencies of(3);
    for (int run = 0; run < 2; ++run) {
        for (std::size_t task = 0; task < 3; ++task)
            of.set(task, 100 + static_cast<std::int64_t>(task));
        of.end_run();
    }
    EXPECT_EQ(of.take(), (Latencies{{100, 2}, {101, 2}, {102, 2}}));
    EXPECT_TRUE(of.take().empty());
    EXPECT_EQ(of.missing(), 0);
}

TEST(TaskLatencies, MissesATaskThatSetNothingInThisRun)
{
    TaskLatencies of(2);
    of.set(0, 5);
    of.set(1, 0); // an interval that the clock could not tell
    of.end_run();
    EXPECT_EQ(of.missing(), 0);
    of.set(1, 7);
    of.end_run();
    EXPECT_EQ(of.missing(), 1);
    of.clear();
    EXPECT_EQ(of.missing(), 0);
}

} // namespace
} // namespace workspan
