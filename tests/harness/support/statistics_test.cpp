// SPDX-License-Identifier: Apache-2.0
// Median, its interval by order statistics, and the counts at which sampling may stop.
#include "harness/support/statistics.hpp"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace workspan {
namespace {

TEST(Median, OfOddAndEvenCounts)
{
    EXPECT_EQ(median(std::vector<double>{3}), 3);
    EXPECT_EQ(median(std::vector<double>{3, 1, 2}), 2);
    EXPECT_EQ(median(std::vector<double>{4, 1, 3, 2}), 2.5);
}

// The ranks of the order-statistics interval, as in published tables (for example Conover 1999,
// table A3).
TEST(MedianInterval, HasThePublishedRanks)
{
    const auto ranks = [](int n) {
        std::vector<double> values;
        for (int i = 1; i <= n; ++i)
            values.push_back(i);
        return median_interval(values);
    };
    EXPECT_FALSE(ranks(1));
    EXPECT_FALSE(ranks(5));
    const std::vector<std::tuple<int, int, int>> expected = {{6, 1, 6},   {8, 1, 8},    {9, 2, 8},
                                                             {12, 3, 10}, {15, 4, 12},  {20, 6, 15},
                                                             {25, 8, 18}, {100, 40, 61}};
    for (const auto& [n, low, high] : expected) {
        SCOPED_TRACE(n);
        ASSERT_TRUE(ranks(n));
        EXPECT_EQ(ranks(n)->low, low);
        EXPECT_EQ(ranks(n)->high, high);
    }
}

TEST(MedianInterval, CoversTheMedianInAtLeast95Percent)
{
    std::mt19937_64 generator(7);
    std::lognormal_distribution<double> skewed(0, 1); // median 1
    for (const int n : {8, 12, 27, 62, 500}) {
        int covered = 0;
        constexpr int trials = 2000;
        for (int t = 0; t < trials; ++t) {
            std::vector<double> values;
            for (int i = 0; i < n; ++i)
                values.push_back(skewed(generator));
            const auto interval = median_interval(values);
            covered += interval->low <= 1 && 1 <= interval->high ? 1 : 0;
        }
        EXPECT_GE(covered, 0.94 * trials) << n; // 95 % minus two standard errors of this simulation
    }
}

TEST(MedianInterval, IsCorrectForManySamples)
{
    std::vector<double> values(20000);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<double>(i);
    const auto interval = median_interval(values);
    ASSERT_TRUE(interval);
    EXPECT_NEAR((interval->high - interval->low) / 2, 0.98 * std::sqrt(20000.0),
                3); // 1.96 sqrt(n) / 2
}

TEST(NextLook, GrowsByHalf)
{
    EXPECT_EQ(next_look(0), 8);
    EXPECT_EQ(next_look(7), 8);
    EXPECT_EQ(next_look(8), 12);
    EXPECT_EQ(next_look(12), 18);
    EXPECT_EQ(next_look(18), 27);
    EXPECT_EQ(next_look(27), 41);
}

TEST(Ratio, CarriesTheEndsOfBothIntervals)
{
    const Ratio r = ratio(10, Interval{9, 12}, 5, Interval{4, 6});
    EXPECT_EQ(r.value, 2);
    EXPECT_EQ(r.interval->low, 1.5);
    EXPECT_EQ(r.interval->high, 3);
    EXPECT_FALSE(ratio(10, std::nullopt, 5, Interval{4, 6}).interval);
}

} // namespace
} // namespace workspan
