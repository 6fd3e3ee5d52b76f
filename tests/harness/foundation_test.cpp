// SPDX-License-Identifier: Apache-2.0
// The small pieces that everything stands on.
#include "harness/check.hpp"
#include "harness/host_array.hpp"
#include "harness/random.hpp"
#include "harness/support/suggest.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <numeric>

namespace workspan {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Random, IsAFunctionOfSeedAndIndexWithFixedBits)
{
    static_assert(random_bits(1, 0) == random_bits(1, 0));
    EXPECT_EQ(random_bits(1, 0),
              0x5339ef24e3e6de7cU); // any change breaks the comparison with older results
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

TEST(Random, BitsFlipHalfOfTheBitsOfANeighbour)
{
    double flipped = 0;
    for (int i = 0; i < 1000; ++i)
        flipped += __builtin_popcountll(random_bits(1, i) ^ random_bits(1, i + 1));
    EXPECT_NEAR(flipped / 1000, 32, 1);
}

Verdict compared(const std::vector<double>& out, const std::vector<double>& expected,
                 double tolerance)
{
    return each_near(
        std::span<const double>(out), expected.size(), [&](std::size_t i) { return expected[i]; },
        [&](std::size_t) { return tolerance; });
}

TEST(Check, AffirmsOnlyWhatIsNear)
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

TEST(Check, SaysWhereAndWhat)
{
    const Verdict v = compared({1, 5, 3, 7}, {1, 2, 3, 4}, 0.1);
    EXPECT_NE(v.why.find("2 of 4 elements are wrong, first [1] = 5"), std::string::npos) << v.why;
    EXPECT_GT(v.error, 1);
}

TEST(Check, ComparesLargeIntegersExactly)
{
    const std::uint64_t value = (1ULL << 63) + 1, off = value + 1; // equal as doubles
    EXPECT_TRUE(each_equal(std::span(&value, 1), 1, [&](std::size_t) { return value; }).ok);
    EXPECT_FALSE(each_equal(std::span(&off, 1), 1, [&](std::size_t) { return value; }).ok);
}

TEST(HostArray, IsAlignedAndPoisoned)
{
    for (const std::size_t n : {0, 1, 1000, 1 << 18, 1 << 20}) {
        HostArray<double> array(n, 2);
        EXPECT_EQ(array.size(), n);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 4096, 0U);
        for (std::size_t i = 0; i < n; i += 997)
            EXPECT_TRUE(std::isnan(array[i]));
        std::iota(array.begin(), array.end(), 0);
        if (n > 0)
            EXPECT_EQ(array[n - 1], static_cast<double>(n - 1));
    }
}

TEST(HostArray, TooLargeIsBadAlloc)
{
    EXPECT_THROW(HostArray<double>(std::size_t(1) << 62), std::bad_alloc);
    EXPECT_THROW(HostArray<double>(std::size_t(1) << 50), std::bad_alloc);
}

TEST(HostArray, MovesWithoutCopying)
{
    HostArray<int> a(10);
    a[3] = 7;
    const int* const at = a.data();
    const HostArray<int> b = std::move(a);
    EXPECT_EQ(b.data(), at);
    EXPECT_EQ(b[3], 7);
}

TEST(InPieces, WhatAPieceThrowsIsThrownOnceAllHaveEnded)
{
    const auto refuse = [](std::size_t, std::size_t) { throw std::bad_alloc(); };
    for (const std::size_t n : {std::size_t(10), std::size_t(1) << 20}) // one piece, many
        EXPECT_THROW(in_pieces(n, refuse), std::bad_alloc) << n;
    std::atomic<std::size_t> done = 0;
    const auto refuse_the_first = [&](std::size_t from, std::size_t to) {
        if (from == 0)
            throw std::runtime_error("the first piece");
        done += to - from;
    };
    EXPECT_THROW(in_pieces(1 << 20, refuse_the_first), std::runtime_error);
    EXPECT_EQ(done, (1U << 20) - (1U << 16));
}

struct Counted {
    std::size_t n;
};

TEST(SharedInput, IsMadeOncePerProblemAndFreedWithItsLastHolder)
{
    int made = 0;
    const auto make = [&](const Problem& p) {
        ++made;
        return Counted{p.n};
    };
    auto first = shared_input<Counted>({.n = 1}, make);
    auto second = shared_input<Counted>({.n = 1}, make);
    EXPECT_EQ(first, second);
    EXPECT_EQ(made, 1);
    EXPECT_EQ(shared_input<Counted>({.n = 2}, make)->n, 2U);
    EXPECT_EQ(made, 2);
    EXPECT_EQ(shared_input<Counted>({.n = 2, .keys = {{"input", "x"}}}, make)->n, 2U);
    EXPECT_EQ(made, 3);
}

TEST(Names, NearestWithinAThird)
{
    const std::vector<std::string> names = {"gemm", "triad", "mandelbrot"};
    EXPECT_EQ(nearest("gem", names), "gemm");
    EXPECT_EQ(nearest("mandlebrot", names), "mandelbrot");
    EXPECT_EQ(nearest("xyzzy", names), "");
    EXPECT_EQ(suggestion("xyzzy", names), "; known are gemm triad mandelbrot");
}

} // namespace
} // namespace workspan
