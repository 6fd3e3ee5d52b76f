// SPDX-License-Identifier: Apache-2.0
// linrec beyond the walk over the suite: a closed form, carries that are slightly wrong, and
// factors whose products underflow.
#include "harness/contracts/linrec.hpp"

#include <gtest/gtest.h>
#include <omp.h>

namespace workspan {
namespace {

linrec::Input made(std::size_t n, double a, double b)
{
    return linrec::with_states(filled<double>({.n = n}, n, [a](std::size_t) { return a; }),
                               filled<double>({.n = n}, n, [b](std::size_t) { return b; }));
}

HostArray<double> run(linrec::Kernel* kernel, const linrec::Input& in)
{
    HostArray<double> x(in.a.size());
    kernel(in.a, in.b, x);
    return x;
}

TEST(Linrec, ClosedForm)
{
    const auto in = made(50, 0.5, 1);
    std::vector<double> x(50);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = 2 - std::ldexp(1.0, -static_cast<int>(i)); // exact
    EXPECT_TRUE(linrec::check(in, x).ok);
    x[0] = 2; // x[-1] = 2 instead of 0
    EXPECT_FALSE(linrec::check(in, x).ok);
}

TEST(Linrec, FactorsAreBelowOneAndCloseToIt)
{
    for (std::size_t i = 0; i < 100000; ++i) {
        const double size = std::abs(linrec::factor(1, i));
        ASSERT_LT(size, 1);
        ASSERT_GE(size, 1 - 0x1p-13);
    }
}

// A carry off by 1e-10, far less than any programming error causes, is caught, and so is float
// arithmetic.
TEST(Linrec, ToleranceIsTight)
{
    const std::size_t n = 300000, at = 200000;
    const auto in = linrec::input({.n = n});
    HostArray<double> x = run(linrec::seq, *in);
    ASSERT_TRUE(linrec::check(*in, x).ok);
    ASSERT_LT(linrec::check(*in, x).error, 0.5);
    double off = 1e-10;
    for (std::size_t i = at; i < n; off *= i + 1 < n ? in->a[i + 1] : 0, ++i)
        x[i] += off;
    EXPECT_FALSE(linrec::check(*in, x).ok);
    float last = 0;
    for (std::size_t i = 0; i < n; ++i)
        x[i] = last = static_cast<float>(in->a[i]) * last + static_cast<float>(in->b[i]);
    EXPECT_FALSE(linrec::check(*in, x).ok);
}

// Products of these factors underflow at once, slowly, or at a single zero; a kernel may treat an
// underflowed product as zero, and must still be right.
TEST(Linrec, UnderflowingProductsAreRightInEveryTeam)
{
    const std::size_t n = 300001;
    for (const double size : {0.0, 1e-200, 0.3, 0.6, 0.99}) {
        SCOPED_TRACE(size);
        const auto in = linrec::with_states(
            filled<double>({.n = n}, n, [&](std::size_t i) { return i % 3 == 0 ? size : -size; }),
            filled<double>({.n = n}, n, [](std::size_t i) { return random_double(1, i) - 0.5; }));
        EXPECT_TRUE(linrec::check(in, run(linrec::seq, in)).ok);
        for (const int team : {1, 2, 3, 7}) {
            omp_set_num_threads(team);
            const CheckResult result = linrec::check(in, run(linrec::omp, in));
            EXPECT_TRUE(result.ok) << team << " threads: " << result.why;
        }
    }
}

} // namespace
} // namespace workspan
