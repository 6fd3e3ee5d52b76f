// SPDX-License-Identifier: Apache-2.0
// Random numbers are a function of seed and index: reproducible on every machine, uniform,
// uncorrelated between neighbours.
#include "harness/random.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace workspan {
namespace {

TEST(Random, IsAFunctionOfSeedAndIndexWithFixedBits)
{
    static_assert(random_bits(1, 0) == random_bits(1, 0));
    // A change of these bits changes every input, and breaks the comparison with older results.
    EXPECT_EQ(random_bits(1, 0), 0x5339ef24e3e6de7cU);
    EXPECT_NE(random_bits(1, 0), random_bits(2, 0));
    EXPECT_NE(random_bits(1, 0), random_bits(1, 1));
}

TEST(Random, IsUniform)
{
    double sum = 0, signed_sum = 0;
    std::vector<int> bins(10);
    constexpr int n = 100000;
    for (int i = 0; i < n; ++i) {
        const double d = random_double(3, i);
        ASSERT_TRUE(0 <= d && d < 1);
        sum += d;
        const float f = random_signed_float(4, i);
        ASSERT_TRUE(-1 <= f && f < 1);
        signed_sum += f;
        ++bins.at(random_below(5, i, 10));
    }
    EXPECT_NEAR(sum / n, 0.5, 0.004); // 4 standard errors
    EXPECT_NEAR(signed_sum / n, 0.0, 0.008);
    for (const int count : bins)
        EXPECT_NEAR(count, n / 10, 400);
}

TEST(Random, NeighboursDifferInHalfOfTheirBits)
{
    double flipped = 0;
    for (int i = 0; i < 1000; ++i)
        flipped += __builtin_popcountll(random_bits(1, i) ^ random_bits(1, i + 1));
    EXPECT_NEAR(flipped / 1000, 32, 1);
}

} // namespace
} // namespace workspan
