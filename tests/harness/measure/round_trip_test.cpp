// SPDX-License-Identifier: Apache-2.0
// The round trip of a cache line between two CPUs: plausible, or left out.
#include "harness/measure/round_trip.hpp"

#include "harness/machine/machine.hpp"
#include "tests/cpu/refusals.hpp"

#include <gtest/gtest.h>
#include <iostream>

namespace workspan {
namespace {

TEST(RoundTrip, IsPositiveBetweenTwoCpus)
{
    const std::vector<int> cpus = this_machine().allowed_cpus;
    if (cpus.size() < 2)
        GTEST_SKIP() << "one CPU only";
    for (const Seconds trip : round_trips({cpus[0], cpus[1]})) {
        EXPECT_GT(trip, 1e-9);
        EXPECT_LT(trip, 1e-3);
    }
}

TEST(RoundTrip, OneCpuHasNone)
{
    EXPECT_TRUE(round_trips({}).empty());
    EXPECT_TRUE(round_trips({0}).empty());
}

TEST(RoundTrip, IsLeftOutWithoutThreads)
{
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(
        {
            alarm(60);
            refuse_by_filter();
            std::cerr << round_trips({0, 0}).size() << " trips\n";
            end();
        },
        testing::ExitedWithCode(0), "^0 trips\n$");
}

TEST(RoundTrip, AnUnavailableCpuIsLeftOut) { EXPECT_TRUE(round_trips({1020, 1021}).empty()); }

TEST(RoundTrip, ProbesAtMostEightPairs)
{
    std::vector<int> cpus;
    for (int k = 0; k < 100; ++k)
        cpus.push_back(k % 2);
    EXPECT_LE(round_trips(cpus).size(), 8U);
}

} // namespace
} // namespace workspan
