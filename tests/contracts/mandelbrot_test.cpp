// SPDX-License-Identifier: Apache-2.0
// mandelbrot beyond the walk over the suite: the reference agrees with the plain loop, and with
// points whose orbit is known.
#include "harness/contracts/mandelbrot.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(Mandelbrot, ReferenceAgreesWithThePlainLoop)
{
    const Trial trial = mandelbrot::host({.n = 200}, mandelbrot::seq_plain);
    trial.run();
    EXPECT_TRUE(trial.verify().ok) << trial.verify().why;
}

TEST(Mandelbrot, KnownPoints)
{
    EXPECT_EQ(mandelbrot::steps(0, 0), mandelbrot::kSteps);
    EXPECT_EQ(mandelbrot::steps(-1, 0), mandelbrot::kSteps); // period 2
    EXPECT_EQ(mandelbrot::steps(2.5F, 0), 0U);
    EXPECT_EQ(mandelbrot::steps(1, 0), 2U); // 1, 2, 5
    EXPECT_EQ(mandelbrot::steps(-2, 0), mandelbrot::kSteps);
}

} // namespace
} // namespace workspan
