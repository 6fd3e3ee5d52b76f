// SPDX-License-Identifier: Apache-2.0
// The generator reproduces the published numbers, and the count is that of a quarter circle.
#include "harness/contracts/montecarlo.hpp"

#include <gtest/gtest.h>
#include <numbers>

namespace workspan {
namespace {

using montecarlo::Words;

// The test vectors published with Philox4x32-10: all bits 0, all bits 1, digits of pi.
TEST(Montecarlo, PhiloxReproducesThePublishedNumbers)
{
    EXPECT_EQ(montecarlo::philox({0, 0, 0, 0}, {0, 0}),
              (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(montecarlo::philox({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}),
              (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(montecarlo::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                                 {0xa4093822, 0x299f31d0}),
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Montecarlo, SeedAndCounterLieInTheirWords)
{
    EXPECT_EQ(montecarlo::words(0x299f31d0a4093822, 0x85a308d3243f6a88),
              montecarlo::philox({0x243f6a88, 0x85a308d3, 0, 0}, {0xa4093822, 0x299f31d0}));
}

TEST(Montecarlo, TheCircleIsExact)
{
    EXPECT_TRUE(montecarlo::is_hit(0, 0));
    EXPECT_TRUE(montecarlo::is_hit(~0U, 0));
    EXPECT_FALSE(montecarlo::is_hit(~0U, ~0U));
    EXPECT_TRUE(montecarlo::is_hit(
        ~0U, 92681)); // (2^32 - 1)^2 leaves 2^33 - 1, and 92681^2 is the largest square within
    EXPECT_FALSE(montecarlo::is_hit(~0U, 92682));
    EXPECT_FALSE(montecarlo::is_hit(92682, ~0U));
}

TEST(Montecarlo, AnOddCountEndsWithHalfACounter)
{
    const auto hits = [](std::size_t n) { return montecarlo::input({.n = n})->expected; };
    for (std::size_t counter = 0; counter < 100; ++counter) {
        const Words w = montecarlo::words(1, counter);
        EXPECT_EQ(hits(2 * counter + 1) - hits(2 * counter),
                  montecarlo::is_hit(w[0], w[1]) ? 1U : 0U);
        EXPECT_EQ(hits(2 * counter + 2) - hits(2 * counter + 1),
                  montecarlo::is_hit(w[2], w[3]) ? 1U : 0U);
    }
}

// Within 5 standard deviations of n pi / 4, for several seeds; the counts of different seeds
// differ.
TEST(Montecarlo, ApproachesPi)
{
    const std::size_t n = 1 << 20;
    const double share = std::numbers::pi / 4, deviation = std::sqrt(n * share * (1 - share));
    std::map<std::uint64_t, int> counts;
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
        const std::uint64_t count = montecarlo::input({.n = n, .seed = seed})->expected;
        EXPECT_NEAR(double(count), n * share, 5 * deviation);
        ++counts[count];
    }
    EXPECT_EQ(counts.size(), 4U);
}

// Both words of the key and of the counter matter in the kernels too, not only in the reference.
TEST(Montecarlo, KernelsUseEveryBitOfTheSeed)
{
    for (const std::uint64_t seed : {std::uint64_t(0), ~std::uint64_t(0), std::uint64_t(7) << 32})
        for (const auto kernel : {montecarlo::seq, montecarlo::omp}) {
            const Trial trial = montecarlo::host({.n = 100001, .seed = seed}, kernel);
            trial.run();
            EXPECT_TRUE(trial.verify().ok) << trial.verify().why;
        }
}

} // namespace
} // namespace workspan
