// SPDX-License-Identifier: Apache-2.0
// What single contracts promise beyond the walk: closed forms, tolerances, and inputs that are what
// they say.
#include "harness/contracts/gemm.hpp"
#include "harness/contracts/histogram.hpp"
#include "harness/contracts/mandelbrot.hpp"
#include "harness/contracts/reduce.hpp"
#include "harness/contracts/triad.hpp"

#include <gtest/gtest.h>
#include <numeric>

namespace workspan {
namespace {

std::span<float> floats(std::span<std::byte> bytes)
{
    return {reinterpret_cast<float*>(bytes.data()), bytes.size() / sizeof(float)};
}

double rms(std::span<const float> values)
{
    return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0) /
                     double(values.size()));
}

// The contract's promise: an element off by 1 % of the output's rms is caught, wherever it is.
void expect_small_errors_caught(std::size_t n)
{
    SCOPED_TRACE(n);
    const Trial trial = gemm::host({.n = n}, gemm::seq);
    trial.run();
    ASSERT_TRUE(trial.verify().ok) << trial.verify().why;
    const std::span<float> c = floats(trial.output);
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

TEST(Gemm, ExchangedColumnsAreCaughtWhicheverTwo)
{
    const std::size_t n = 64;
    const Trial trial = gemm::host({.n = n}, gemm::seq);
    trial.run();
    const std::span<float> c = floats(trial.output);
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

TEST(Mandelbrot, ReferenceAgreesWithThePlainLoop)
{
    const Trial trial = mandelbrot::host({.n = 200}, mandelbrot::seq_plain);
    trial.run();
    EXPECT_TRUE(trial.verify().ok) << trial.verify().why;
}

TEST(Mandelbrot, KnownPoints)
{
    EXPECT_EQ(mandelbrot::steps(0, 0), mandelbrot::kSteps);
    EXPECT_EQ(mandelbrot::steps(-1, 0), mandelbrot::kSteps); // period 2
    EXPECT_EQ(mandelbrot::steps(2.5F, 0), 0U);
    EXPECT_EQ(mandelbrot::steps(1, 0), 2U); // 1, 2, 5
    EXPECT_EQ(mandelbrot::steps(-2, 0), mandelbrot::kSteps);
}

TEST(Reduce, ValuesHaveNoZeroAndEverySign)
{
    std::map<float, int> seen;
    for (std::size_t i = 0; i < 100000; ++i)
        ++seen[reduce::value(1, i)];
    EXPECT_EQ(seen.size(), 16U);
    EXPECT_EQ(seen.count(0), 0U);
    EXPECT_EQ(seen.begin()->first, -8);
    EXPECT_EQ(seen.rbegin()->first, 8);
}

TEST(Reduce, OneValueLeftOutIsCaught)
{
    for (const std::size_t n : {1, 2, 33, 1000}) {
        const auto in = reduce::input({.n = n});
        for (const std::size_t i : {std::size_t(0), n / 2, n - 1}) {
            const float sum = static_cast<float>(in->expected) - in->values[i];
            EXPECT_FALSE(reduce::check(*in, std::span(&sum, 1)).ok);
        }
    }
}

TEST(Histogram, ZipfIsSkewedAndCoversEveryBin)
{
    const auto in = histogram::input({.n = 1 << 20, .keys = {{"input", "zipf"}}});
    const double top = *std::max_element(in->expected.begin(), in->expected.end());
    EXPECT_NEAR(top / (1 << 20), 0.122, 0.002); // 1 / H(2048)
    EXPECT_GT(*std::min_element(in->expected.begin(), in->expected.end()), 0U);
    EXPECT_EQ(std::accumulate(in->expected.begin(), in->expected.end(), 0U), 1U << 20);
}

TEST(Histogram, UniformIsUniform)
{
    const auto in = histogram::input({.n = 1 << 20, .keys = {{"input", "uniform"}}});
    for (const std::uint32_t count : in->expected)
        EXPECT_NEAR(count, 512, 150); // 6.6 standard deviations
}

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
