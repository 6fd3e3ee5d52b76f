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

// It would make every error good, so it is a mistake of the contract, also where values are equal.
TEST(Check, RefusesANegativeTolerance)
{
    EXPECT_THROW(compared({1, 2, 3}, {1, 2, 4}, -1), std::invalid_argument);
    EXPECT_THROW(compared({1, 2, 3}, {1, 2, 3}, -1), std::invalid_argument);
    const std::vector<double> zeros(2 * kGrain + 1);
    const auto last_is_negative = [&](std::size_t i) { return i + 1 < zeros.size() ? 0.0 : -0.5; };
    try {
        each_near(
            std::span(zeros), zeros.size(), [](std::size_t) { return 0.0; }, last_is_negative);
        FAIL() << "accepted";
    } catch (const std::invalid_argument& error) {
        const std::string start =
            "the tolerance of element " + std::to_string(2 * kGrain) + " is negative: -0.5; ";
        EXPECT_EQ(std::string(error.what()).rfind(start, 0), 0U) << error.what();
    }
}

TEST(Check, NegativeZeroIsTheToleranceZero)
{
    EXPECT_TRUE(compared({1, 2}, {1, 2}, -0.0).ok);
    EXPECT_FALSE(compared({1, 2.1}, {1, 2}, -0.0).ok);
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

// Elements of several pieces, which are judged by several threads.
TEST(Check, FindsOneWrongElementInAnyPiece)
{
    std::vector<double> right(3 * kGrain + 3);
    for (std::size_t i = 0; i < right.size(); ++i)
        right[i] = static_cast<double>(i);
    EXPECT_TRUE(compared(right, right, 0).ok);
    for (const std::size_t i : {std::size_t(0), kGrain - 1, kGrain, right.size() - 1})
        for (const double wrong : {kNan, -1.0, std::numeric_limits<double>::infinity()}) {
            std::vector<double> out = right;
            out[i] = wrong;
            const CheckResult result = compared(out, right, 0.5);
            EXPECT_FALSE(result.ok);
            const std::string named = "1 of " + std::to_string(right.size()) +
                                      " elements are wrong, first [" + std::to_string(i) + "]";
            EXPECT_EQ(result.why.rfind(named, 0), 0U) << result.why;
            EXPECT_FALSE(each_equal(std::span<const double>(out), out.size(), [&](std::size_t k) {
                             return right[k];
                         }).ok);
        }
    std::vector<double> close = right;
    close[kGrain + 1] += 0.25;
    EXPECT_EQ(compared(close, right, 0.5).error, 0.5);
}

TEST(Check, TheFirstWrongPieceDecides)
{
    const auto piece = [](std::size_t from, std::size_t to) {
        return from >= 20 ? wrong("from " + std::to_string(from)) : right(0.01 * double(to));
    };
    EXPECT_EQ(each_piece(100, piece, 10).why, "from 20");
    EXPECT_EQ(each_piece(15, piece, 10).error, 0.15);
    EXPECT_TRUE(each_piece(0, piece, 10).ok);
}

TEST(Poison, FillsEveryByte)
{
    std::vector<std::byte> bytes((std::size_t(3) << 20) + 5);
    poison(bytes);
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), std::byte(0xff)), std::ssize(bytes));
}

} // namespace
} // namespace workspan
