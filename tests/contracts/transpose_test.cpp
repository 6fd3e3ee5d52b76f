// SPDX-License-Identifier: Apache-2.0
// Every position has a value of its own, so the check catches every exchange.
#include "harness/contracts/transpose.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(Transpose, ValuesAreDifferentNormalNumbersOfBothSigns)
{
    std::vector<float> values;
    for (std::size_t i = 0; i < 1 << 20; ++i)
        values.push_back(transpose::value(1, i));
    EXPECT_TRUE(
        std::all_of(values.begin(), values.end(), [](float x) { return std::isnormal(x); }));
    const auto negative =
        std::count_if(values.begin(), values.end(), [](float x) { return x < 0; });
    EXPECT_NEAR(double(negative), 1 << 19, 5000);
    std::sort(values.begin(), values.end());
    EXPECT_EQ(std::adjacent_find(values.begin(), values.end()), values.end());
}

// The map from position to value is invertible: each product is undone by the inverse of its odd
// factor, modulo 2^31.
TEST(Transpose, ValuesOfTheLargestMatrixAreDifferent)
{
    const auto inverse = [](std::uint32_t odd) {
        std::uint32_t x = odd; // right in 3 bits; each step doubles them (Newton)
        for (int k = 0; k < 5; ++k)
            x *= 2 - odd * x;
        return x;
    };
    for (const std::uint32_t position :
         {0U, 1U, (1U << 28) - 1, (1U << 31) - 1, 123456789U, 2000000000U}) {
        const auto bits = std::bit_cast<std::uint32_t>(transpose::value(0, position));
        std::uint32_t x = (bits >> 31 << 30) | ((bits & 0x7fffffffU) - 0x20000000U);
        x = (x * inverse(0x297a2d39U)) & 0x7fffffffU;
        x ^= (x >> 15) ^ (x >> 30);
        EXPECT_EQ((x * inverse(0x2c1b3c6dU)) & 0x7fffffffU, position);
    }
}

TEST(Transpose, TheMatrixItselfAndAnExchangeAreCaught)
{
    const std::size_t n = 100;
    const auto in = transpose::input({.n = n});
    EXPECT_FALSE(transpose::check(*in, in->matrix).ok) << "not transposed";
    HostArray<float> out(n * n);
    transpose::seq(n, in->matrix, out);
    ASSERT_TRUE(transpose::check(*in, out).ok);
    for (const std::size_t other : {std::size_t(1), n, n * n - 1}) {
        std::swap(out[0], out[other]);
        EXPECT_FALSE(transpose::check(*in, out).ok) << "exchanged with " << other;
        std::swap(out[0], out[other]);
    }
    EXPECT_TRUE(transpose::check(*in, out).ok);
}

} // namespace
} // namespace workspan
