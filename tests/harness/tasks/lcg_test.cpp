// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/lcg.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

// Worked out by hand: 0 -> add -> mul * add + add, modulo 2^64.
TEST(Lcg, StepsAreThoseOfMmix)
{
    EXPECT_EQ(lcg(0, 0, {}), 0U);
    EXPECT_EQ(lcg(5, 0, {}), 5U);
    EXPECT_EQ(lcg(0, 1, {}), 1442695040888963407U);
    EXPECT_EQ(lcg(1, 1, {}), 7806831264735756412U);
    EXPECT_EQ(lcg(0, 2, {}), 1876011003808476466U);
}

TEST(Lcg, AJumpEndsWhereTheStepsDo)
{
    for (const std::size_t k : {0, 1, 2, 3, 4, 7, 8, 255, 256, 4095, 4096, 100003})
        for (const std::uint64_t x : {std::uint64_t(0), std::uint64_t(1), ~std::uint64_t(0)})
            EXPECT_EQ(lcg_jump(x, k), lcg(x, k, {})) << k << " steps from " << x;
}

TEST(Lcg, JumpsAddUp)
{
    constexpr std::size_t far = std::size_t(1) << 40;
    EXPECT_EQ(lcg_jump(lcg_jump(3, far), 12345), lcg_jump(3, far + 12345));
    EXPECT_NE(lcg_jump(3, far), lcg_jump(3, far + 1));
}

} // namespace
} // namespace workspan
