// SPDX-License-Identifier: Apache-2.0
// scan beyond the walk over the suite: a carry that is off by one is caught.
#include "harness/contracts/scan.hpp"
#include "tests/contracts/elements.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(Scan, AWrongCarryIsCaught)
{
    const Trial trial = scan::host({.n = 1000}, scan::seq);
    trial.run();
    for (std::uint32_t& sum : elements<std::uint32_t>(trial.output).subspan(500))
        sum += 1;
    EXPECT_FALSE(trial.verify().ok);
}

} // namespace
} // namespace workspan
