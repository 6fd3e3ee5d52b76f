// SPDX-License-Identifier: Apache-2.0
// triad beyond the walk over the suite: the tolerance accepts both roundings of b + s c, and no
// other scale.
#include "harness/contracts/triad.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(Triad, ToleranceAcceptsFusedAndUnfusedButNotAWrongScale)
{
    const auto in = triad::input({.n = 1000});
    std::vector<double> fused(1000), unfused(1000), wrong(1000);
    for (std::size_t i = 0; i < 1000; ++i) {
        fused[i] = std::fma(in->s, in->c[i], in->b[i]);
        volatile double product = in->s * in->c[i];
        unfused[i] = in->b[i] + product;
        wrong[i] = in->b[i] + (1 + 1e-12) * product;
    }
    EXPECT_TRUE(triad::check(*in, fused).ok);
    EXPECT_TRUE(triad::check(*in, unfused).ok);
    EXPECT_FALSE(triad::check(*in, wrong).ok);
}

} // namespace
} // namespace workspan
