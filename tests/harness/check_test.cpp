// SPDX-License-Identifier: Apache-2.0
// Comparisons that affirm: a NaN, a wrong length or a tolerance that is not a number is never
// right.
#include "harness/check.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace workspan {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

CheckResult compared(const std::vector<double>& out, const std::vector<double>& expected,
                     double tolerance)
{
    return each_near(
        std::span<const double>(out), expected.size(), [&](std::size_t i) { return expected[i]; },
        [&](std::size_t) { return tolerance; });
}

TEST(Check, AcceptsOnlyElementsWithinTheTolerance)
{
    EXPECT_TRUE(compared({1, 2, 3}, {1, 2, 3}, 0).ok);
    EXPECT_TRUE(compared({1, 2.1, 3}, {1, 2, 3}, 0.2).ok);
    EXPECT_NEAR(compared({1, 2.1, 3}, {1, 2, 3}, 0.2).error, 0.5, 1e-9);
    EXPECT_FALSE(compared({1, 2.3, 3}, {1, 2, 3}, 0.2).ok);
    EXPECT_FALSE(compared({1, kNan, 3}, {1, 2, 3}, 1e300).ok);
    EXPECT_FALSE(compared({1, 2, 3}, {1, kNan, 3}, 1e300).ok);
    EXPECT_FALSE(compared({1, 2, 3}, {1, 2, 4}, kNan).ok);
    EXPECT_FALSE(compared({1, 2}, {1, 2, 3}, 1).ok);
    EXPECT_FALSE(compared({1, 2, 3, 4}, {1, 2, 3}, 1).ok);
    EXPECT_TRUE(compared({}, {}, 0).ok);
}

TEST(Check, NamesTheFirstWrongElement)
{
    const CheckResult v = compared({1, 5, 3, 7}, {1, 2, 3, 4}, 0.1);
    EXPECT_NE(v.why.find("2 of 4 elements are wrong, first [1] = 5"), std::string::npos) << v.why;
    EXPECT_GT(v.error, 1);
}

TEST(Check, ComparesLargeIntegersExactly)
{
    const std::uint64_t value = (1ULL << 63) + 1, off = value + 1; // equal as doubles
    EXPECT_TRUE(each_equal(std::span(&value, 1), 1, [&](std::size_t) { return value; }).ok);
    EXPECT_FALSE(each_equal(std::span(&off, 1), 1, [&](std::size_t) { return value; }).ok);
}

} // namespace
} // namespace workspan
