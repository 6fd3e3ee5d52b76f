// SPDX-License-Identifier: Apache-2.0
// copy beyond the walk over the suite: neighbouring elements differ, so a shifted copy is caught.
#include "harness/contracts/copy.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(Copy, ShiftedCopiesAreCaught)
{
    const std::size_t n = 1000;
    const auto in = copy::input({.n = n});
    std::vector<double> out(in->begin(), in->end());
    ASSERT_TRUE(copy::check(*in, out).ok);
    std::rotate(out.begin(), out.begin() + 1, out.end());
    EXPECT_FALSE(copy::check(*in, out).ok) << "by one element";
    std::copy(in->begin(), in->end(), out.begin());
    std::rotate(out.begin() + 900, out.begin() + 901, out.end());
    EXPECT_FALSE(copy::check(*in, out).ok) << "the last tenth";
}

} // namespace
} // namespace workspan
