// SPDX-License-Identifier: Apache-2.0
// read beyond the walk over the suite: a word that is skipped or read twice is caught.
#include "harness/contracts/read.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

// Both change the result by that word: x ^ x is 0.
TEST(Read, OneWordSkippedOrReadTwiceIsCaught)
{
    for (const std::size_t n : {1, 2, 33, 1000}) {
        const auto in = read::input({.n = n});
        EXPECT_TRUE(read::check(*in, std::span(&in->expected, 1)).ok);
        for (const std::size_t i : {std::size_t(0), n / 2, n - 1}) {
            const std::uint64_t result = in->expected ^ in->words[i];
            EXPECT_FALSE(read::check(*in, std::span(&result, 1)).ok) << i << " of " << n;
        }
    }
}

} // namespace
} // namespace workspan
