// SPDX-License-Identifier: Apache-2.0
// The nearest known name is suggested for a misspelled one.
#include "harness/support/suggest.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace workspan {
namespace {

TEST(Suggest, NearestNameWithinAThirdOfTheLength)
{
    const std::vector<std::string> names = {"gemm", "triad", "mandelbrot"};
    EXPECT_EQ(nearest("gem", names), "gemm");
    EXPECT_EQ(nearest("mandlebrot", names), "mandelbrot");
    EXPECT_EQ(nearest("xyzzy", names), "");
    EXPECT_EQ(suggestion("xyzzy", names), "; choose gemm, triad or mandelbrot");
    EXPECT_EQ(suggestion("xyzzy", std::vector<std::string>{"gemm"}), "; choose gemm");
}

} // namespace
} // namespace workspan
