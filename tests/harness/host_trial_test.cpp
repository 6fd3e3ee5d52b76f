// SPDX-License-Identifier: Apache-2.0
// Inputs shared between the cases of a size.
#include "harness/host_trial.hpp"

#include <cmath>
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

TEST(SharedScratch, IsOneForAllCasesOfASizeAndPoisonedByEach)
{
    auto first = shared_scratch<float>({.n = 1}, 1000);
    EXPECT_EQ(first, shared_scratch<float>({.n = 1}, 1000));
    EXPECT_NE(first, shared_scratch<float>({.n = 1}, 1001));
    bool output_is_poisoned = false;
    (*first)[7] = 1;
    Trial trial;
    trial.poison = [&] { output_is_poisoned = true; };
    with_scratch(trial, first).poison();
    EXPECT_TRUE(output_is_poisoned);
    EXPECT_TRUE(std::isnan((*first)[7]));
    const std::weak_ptr<HostArray<float>> held = first;
    first.reset();
    EXPECT_TRUE(held.expired());
}

} // namespace
} // namespace workspan
