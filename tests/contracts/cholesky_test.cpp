// SPDX-License-Identifier: Apache-2.0
// cholesky beyond the walk over the suite: small errors and other factors of A are caught, and any
// order of summation is right.
#include "harness/contracts/cholesky.hpp"
#include "tests/contracts/elements.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

// Elements off by a billionth of the rms of those below the diagonal: the first, the last, one in
// the middle, one in a corner and one on the diagonal.
void expect_small_errors_caught(std::size_t n)
{
    SCOPED_TRACE(n);
    const Trial trial = cholesky::host({.n = n}, cholesky::seq);
    trial.run();
    ASSERT_TRUE(trial.verify().ok) << trial.verify().why;
    const std::span<double> l = elements<double>(trial.output);
    const double off = 1e-9 / std::sqrt(4.5 * double(n));
    for (const std::size_t i :
         {std::size_t(0), n / 2 * n + n / 3, n / 2 * (n + 1), (n - 1) * n, n * n - 1}) {
        const double right = l[i];
        for (const double wrong : {right + off, right - off}) {
            l[i] = wrong;
            EXPECT_FALSE(trial.verify().ok) << "element " << i << " off by " << wrong - right;
        }
        l[i] = right;
    }
    EXPECT_TRUE(trial.verify().ok) << "restored";
}

TEST(Cholesky, ABillionthOfTheRmsIsCaught)
{
    for (const std::size_t n :
         {1, 2, 3, 16, 17, 100, 256, 785, 1024}) // tiles are larger from 769 on
        expect_small_errors_caught(n);
}

TEST(CholeskyLong, ABillionthOfTheRmsIsCaughtInLargeMatrices)
{
    for (const std::size_t n : {2048, 4096})
        expect_small_errors_caught(n);
}

// Row by row, each sum subtracting term by term from the large element: the order with the largest
// rounding error.
std::vector<double> plain(const cholesky::Input& in)
{
    const std::size_t n = in.n;
    std::vector<double> l(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = in.a[i * n + j];
            for (std::size_t k = 0; k < j; ++k)
                sum -= l[i * n + k] * l[j * n + k];
            l[i * n + j] = i == j ? std::sqrt(sum) : sum / l[j * n + j];
        }
    return l;
}

TEST(Cholesky, PlainLoopsAreRightAndFloatIsNot)
{
    for (const std::size_t n : {1, 2, 3, 10, 100, 500}) {
        SCOPED_TRACE(n);
        const auto in = cholesky::input({.n = n});
        std::vector<double> l = plain(*in);
        EXPECT_TRUE(cholesky::check(*in, l).ok) << cholesky::check(*in, l).why;
        for (double& x : l)
            x = static_cast<float>(x);
        EXPECT_FALSE(cholesky::check(*in, l).ok);
    }
}

TEST(Cholesky, AnotherFactorOfTheSameMatrixIsCaught)
{
    const std::size_t n = 50;
    const auto in = cholesky::input({.n = n});
    const std::vector<double> lower = plain(*in);
    std::vector<double> l = lower;
    for (std::size_t i = 7; i < n; ++i)
        l[i * n + 7] = -l[i * n + 7]; // L L^T does not change
    EXPECT_FALSE(cholesky::check(*in, l).ok);
    std::vector<double> transposed(n * n);
    for (std::size_t i = 0; i < n * n; ++i)
        transposed[i] = lower[i % n * n + i / n];
    EXPECT_FALSE(cholesky::check(*in, transposed).ok);
    l = lower;
    l[3 * n + 4] = in->a[3 * n + 4]; // not zero above the diagonal
    EXPECT_FALSE(cholesky::check(*in, l).ok);
}

TEST(Cholesky, InputIsSymmetricAndDiagonallyDominant)
{
    for (const std::size_t n : {1, 2, 5, 200}) {
        const auto in = cholesky::input({.n = n});
        for (std::size_t i = 0; i < n; ++i) {
            double others = 0;
            for (std::size_t j = 0; j < n; ++j) {
                EXPECT_EQ(in->a[i * n + j], in->a[j * n + i]);
                others += i == j ? 0 : std::abs(in->a[i * n + j]);
            }
            EXPECT_GT(in->a[i * n + i], others);
        }
    }
}

} // namespace
} // namespace workspan
