// SPDX-License-Identifier: Apache-2.0
// Inputs shared between the cases of a size.
#include "harness/host_trial.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

struct MadeInput {
    std::size_t n;
};

TEST(SharedInput, IsMadeOncePerProblemAndFreedWithItsLastHolder)
{
    int made = 0;
    const auto make = [&](const Problem& p) {
        ++made;
        return MadeInput{p.n};
    };
    auto first = shared_input<MadeInput>({.n = 1}, make);
    auto second = shared_input<MadeInput>({.n = 1}, make);
    EXPECT_EQ(first, second);
    EXPECT_EQ(made, 1);
    EXPECT_EQ(shared_input<MadeInput>({.n = 2}, make)->n, 2U);
    EXPECT_EQ(made, 2);
    EXPECT_EQ(shared_input<MadeInput>({.n = 2, .keys = {{"input", "x"}}}, make)->n, 2U);
    EXPECT_EQ(made, 3);
}

} // namespace
} // namespace workspan
