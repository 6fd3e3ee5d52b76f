// SPDX-License-Identifier: Apache-2.0
// gemm beyond the walk over the suite: errors of 1 % of the rms, exchanged columns and transposed
// operands are caught.
#include "harness/contracts/gemm.hpp"
#include "tests/contracts/elements.hpp"

#include <gtest/gtest.h>
#include <numeric>

namespace workspan {
namespace {

double rms(std::span<const float> values)
{
    return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0) /
                     double(values.size()));
}

// The contract's promise: an element off by 1 % of the output's rms is caught at every position.
void expect_small_errors_caught(std::size_t n)
{
    SCOPED_TRACE(n);
    const Trial trial = gemm::host({.n = n}, gemm::seq);
    trial.run();
    ASSERT_TRUE(trial.verify().ok) << trial.verify().why;
    const std::span<float> c = elements<float>(trial.output);
    const auto off = static_cast<float>(0.01 * rms(c));
    for (const std::size_t i : {std::size_t(0), c.size() / 2 + n / 3, c.size() - 1}) {
        const float right = c[i];
        c[i] = right + off;
        EXPECT_FALSE(trial.verify().ok) << "element " << i << " too large";
        c[i] = right - off;
        EXPECT_FALSE(trial.verify().ok) << "element " << i << " too small";
        c[i] = right;
    }
}

TEST(Gemm, OnePercentOfTheRmsIsCaught)
{
    for (const std::size_t n : {1, 2, 3, 31, 32, 33, 128, 256, 512, 1024})
        expect_small_errors_caught(n);
}

TEST(GemmLong, OnePercentOfTheRmsIsCaughtInLargeMatrices)
{
    for (const std::size_t n : {2048, 4096, 8192})
        expect_small_errors_caught(n);
}

TEST(Gemm, AnyTwoExchangedColumnsAreCaught)
{
    const std::size_t n = 64;
    const Trial trial = gemm::host({.n = n}, gemm::seq);
    trial.run();
    const std::span<float> c = elements<float>(trial.output);
    const auto exchange = [c](std::size_t one, std::size_t other) {
        for (std::size_t i = 0; i < n; ++i)
            std::swap(c[i * n + one], c[i * n + other]);
    };
    for (std::size_t one = 0; one < n; ++one)
        for (std::size_t other = 0; other < one; ++other) {
            exchange(one, other);
            EXPECT_FALSE(trial.verify().ok) << one << " and " << other;
            exchange(one, other);
        }
    EXPECT_TRUE(trial.verify().ok);
}

TEST(Gemm, TransposedOperandsAreCaught)
{
    const std::size_t n = 64;
    const auto in = gemm::input({.n = n});
    HostArray<float> transposed(n * n), c(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            transposed[i * n + j] = in->b[j * n + i];
    gemm::seq(n, in->a, transposed, c);
    EXPECT_FALSE(gemm::check(*in, c).ok);
    gemm::seq(n, in->b, in->a, c);
    EXPECT_FALSE(gemm::check(*in, c).ok);
    gemm::seq(n, in->a, in->b, c);
    EXPECT_TRUE(gemm::check(*in, c).ok);
}

} // namespace
} // namespace workspan
