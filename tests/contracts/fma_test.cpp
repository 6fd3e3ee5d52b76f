// SPDX-License-Identifier: Apache-2.0
// fma and dfma beyond the walk over the suite: no step of a chain rounds, so one step too few or
// too many is caught.
#include "harness/contracts/fma.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

template <class T> class FmaOf : public testing::Test {
};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(FmaOf, Types);

TYPED_TEST(FmaOf, OneStepTooFewOrTooManyIsCaught)
{
    using T = TypeParam;
    const auto in = fma::input<T>({.n = 1});
    for (const int steps : {fma::kSteps - 1, fma::kSteps, fma::kSteps + 1}) {
        T x = in->x[0];
        for (int k = 0; k < steps; ++k)
            x = std::fma(in->a, in->b, x);
        EXPECT_EQ(fma::check<T>(*in, std::span<const T>(&x, 1)).ok, steps == fma::kSteps) << steps;
    }
}

// From the largest value that an input holds, every intermediate result is exact.
TYPED_TEST(FmaOf, NoStepRounds)
{
    using T = TypeParam;
    const auto in = fma::input<T>({.n = 1});
    const auto a = static_cast<std::int64_t>(in->a), b = static_cast<std::int64_t>(in->b);
    std::int64_t exact = 1 << 20;
    T x = T(exact);
    for (int k = 0; k < fma::kSteps; ++k) {
        x = std::fma(in->a, in->b, x);
        exact += a * b;
        ASSERT_EQ(static_cast<std::int64_t>(x), exact) << "step " << k;
    }
}

} // namespace
} // namespace workspan
