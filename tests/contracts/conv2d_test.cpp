// SPDX-License-Identifier: Apache-2.0
// conv2d beyond the walk over the suite: no two taps can be confused, and the reference agrees with
// known images.
#include "harness/contracts/conv2d.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

using conv2d::kSide, conv2d::Taps;

conv2d::Input of(std::size_t n, const Taps& taps)
{
    return {.n = n, .taps = taps, .image = HostArray<float>(n * n), .expected = HostArray<float>()};
}

TEST(Conv2d, ASinglePixelShowsTheFlippedTaps)
{
    conv2d::Input in = of(9, conv2d::random_taps(1));
    std::fill(in.image.begin(), in.image.end(), 0.0F);
    in.image[4 * 9 + 4] = 1;
    std::vector<float> row(9);
    for (std::size_t y = 0; y < 9; ++y) {
        conv2d::expected_row(in, y, row.data());
        for (std::size_t x = 0; x < 9; ++x) {
            const bool reached = y >= 1 && y <= 7 && x >= 1 && x <= 7;
            EXPECT_EQ(row[x], reached ? in.taps[(7 - y) * kSide + 7 - x] : 0) << y << " " << x;
        }
    }
}

TEST(Conv2d, MagnitudesAreOneToFortyNine)
{
    Taps taps = conv2d::random_taps(7);
    EXPECT_TRUE(std::any_of(taps.begin(), taps.end(), [](float tap) { return tap < 0; }));
    EXPECT_TRUE(std::any_of(taps.begin(), taps.end(), [](float tap) { return tap > 0; }));
    std::sort(taps.begin(), taps.end(), [](float a, float b) { return std::abs(a) < std::abs(b); });
    for (std::size_t k = 0; k < taps.size(); ++k)
        EXPECT_EQ(std::abs(taps[k]), float(k + 1));
}

TEST(Conv2d, FlippedAndTransposedTapsAreCaught)
{
    for (const std::size_t n : {4, 16, 40}) {
        const auto in = conv2d::input({.n = n});
        HostArray<float> out(n * n);
        Taps flipped = in->taps, transposed;
        std::reverse(flipped.begin(), flipped.end());
        for (std::size_t k = 0; k < transposed.size(); ++k)
            transposed[k] = in->taps[k % kSide * kSide + k / kSide];
        for (const Taps& taps : {flipped, transposed}) {
            conv2d::seq(n, taps, in->image, out);
            EXPECT_FALSE(conv2d::check(*in, out).ok);
        }
        conv2d::seq(n, in->taps, in->image, out);
        EXPECT_TRUE(conv2d::check(*in, out).ok);
    }
}

TEST(Conv2d, TheLargestSumsStayExact)
{
    Taps taps = conv2d::random_taps(1);
    for (float& tap : taps)
        tap = std::abs(tap);
    conv2d::Input in = of(20, taps);
    std::fill(in.image.begin(), in.image.end(), 256.0F);
    HostArray<float> out(400);
    conv2d::seq(20, taps, in.image, out);
    EXPECT_EQ(out[10 * 20 + 10], 256 * 49 * 50 / 2);
}

} // namespace
} // namespace workspan
