// SPDX-License-Identifier: Apache-2.0
// histogram beyond the walk over the suite: the distributions of its inputs are those they are
// named after.
#include "harness/contracts/histogram.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

namespace workspan {
namespace {

TEST(Histogram, ZipfIsSkewedAndCoversEveryBin)
{
    const auto in = histogram::input({.n = 1 << 20, .keys = {{"input", "zipf"}}});
    const double top = *std::max_element(in->expected.begin(), in->expected.end());
    EXPECT_NEAR(top / (1 << 20), 0.122, 0.002); // 1 / H(2048)
    EXPECT_GT(*std::min_element(in->expected.begin(), in->expected.end()), 0U);
    EXPECT_EQ(std::accumulate(in->expected.begin(), in->expected.end(), 0U), 1U << 20);
}

TEST(Histogram, UniformIsUniform)
{
    const auto in = histogram::input({.n = 1 << 20, .keys = {{"input", "uniform"}}});
    for (const std::uint32_t count : in->expected)
        EXPECT_NEAR(count, 512, 150); // 6.6 standard deviations
}

} // namespace
} // namespace workspan
