// SPDX-License-Identifier: Apache-2.0
// reduce beyond the walk over the suite: its values contain no zero, so a skipped element is
// caught.
#include "harness/contracts/reduce.hpp"

#include <gtest/gtest.h>
#include <map>

namespace workspan {
namespace {

TEST(Reduce, ValuesHaveBothSignsAndNoZero)
{
    std::map<float, int> seen;
    for (std::size_t i = 0; i < 100000; ++i)
        ++seen[reduce::value(1, i)];
    EXPECT_EQ(seen.size(), 16U);
    EXPECT_EQ(seen.count(0), 0U);
    EXPECT_EQ(seen.begin()->first, -8);
    EXPECT_EQ(seen.rbegin()->first, 8);
}

TEST(Reduce, OneSkippedValueIsCaught)
{
    for (const std::size_t n : {1, 2, 33, 1000}) {
        const auto in = reduce::input({.n = n});
        for (const std::size_t i : {std::size_t(0), n / 2, n - 1}) {
            const float sum = static_cast<float>(in->expected) - in->values[i];
            EXPECT_FALSE(reduce::check(*in, std::span(&sum, 1)).ok);
        }
    }
}

} // namespace
} // namespace workspan
