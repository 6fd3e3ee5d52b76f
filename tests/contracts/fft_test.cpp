// SPDX-License-Identifier: Apache-2.0
// Closed forms of the transform, for the contract's reference and for seq: impulse, tone,
// linearity, Parseval's theorem. The check's tolerance is neither too loose nor too tight.
#include "harness/contracts/fft.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

using fft::Complex, fft::Exact;

std::vector<Complex> seq_of(const std::vector<Complex>& x)
{
    std::vector<Complex> out(x.size());
    HostArray<Complex> aligned(x.size()), result(x.size()); // aligned as in a trial
    std::copy(x.begin(), x.end(), aligned.begin());
    fft::seq(*fft::plan(x.size(), 1), aligned, {result.data(), result.size()});
    std::copy(result.begin(), result.end(), out.begin());
    return out;
}

std::vector<Complex> reference_of(const std::vector<Complex>& x)
{
    const auto spectrum = fft::spectrum_of<float>({.n = x.size()}, x);
    std::vector<Complex> out;
    for (const Exact& bin : spectrum)
        out.emplace_back(bin);
    return out;
}

std::vector<Complex> random_values(std::size_t n, std::uint64_t seed)
{
    const auto in = fft::input({.n = n, .seed = seed});
    return {in->values.begin(), in->values.end()};
}

double energy(const std::vector<Complex>& values)
{
    double sum = 0;
    for (const Complex& v : values)
        sum += std::norm(Exact(v));
    return sum;
}

class Transform
    : public testing::TestWithParam<std::vector<Complex> (*)(const std::vector<Complex>&)> {
protected:
    static constexpr std::size_t kSizes[] = {2, 64, 256, 512, 2048, 4096, std::size_t(1) << 15};
};

TEST_P(Transform, OfAnImpulseIsATone)
{
    for (const std::size_t n : kSizes) {
        const std::size_t at = n / 2 + 1 < n ? n / 2 + 1 : 1;
        std::vector<Complex> x(n);
        x[at] = 1;
        const auto bins = GetParam()(x);
        for (std::size_t k = 0; k < n; ++k)
            ASSERT_LE(std::abs(Exact(bins[k]) - fft::root(k * at % n, n)), 1e-6)
                << "bin " << k << " of " << n;
    }
}

TEST_P(Transform, OfAToneIsAnImpulse)
{
    for (const std::size_t n : kSizes) {
        // One negative cycle: a transform of the wrong sign would answer in bin 1.
        const std::size_t frequency = n - 1;
        std::vector<Complex> x(n);
        for (std::size_t j = 0; j < n; ++j)
            x[j] = Complex(std::conj(fft::root(j * frequency % n, n)));
        const auto bins = GetParam()(x);
        for (std::size_t k = 0; k < n; ++k)
            ASSERT_LE(std::abs(Exact(bins[k]) - (k == frequency ? double(n) : 0.0)),
                      1e-6 * double(n))
                << "bin " << k << " of " << n;
    }
}

TEST_P(Transform, KeepsEnergy)
{
    for (const std::size_t n : kSizes) {
        const auto x = random_values(n, 1);
        EXPECT_NEAR(energy(GetParam()(x)) / (double(n) * energy(x)), 1, 1e-6) << n;
    }
}

TEST_P(Transform, IsLinear)
{
    for (const std::size_t n : kSizes) {
        auto x = random_values(n, 1), y = random_values(n, 2);
        const auto of_x = GetParam()(x), of_y = GetParam()(y);
        for (std::size_t j = 0; j < n; ++j)
            x[j] = 2.0F * x[j] - y[j];
        const auto of_both = GetParam()(x);
        for (std::size_t k = 0; k < n; ++k)
            ASSERT_LE(std::abs(of_both[k] - (2.0F * of_x[k] - of_y[k])),
                      1e-5 * std::sqrt(double(n)))
                << "bin " << k << " of " << n;
    }
}

INSTANTIATE_TEST_SUITE_P(Fft, Transform, testing::Values(reference_of, seq_of));

TEST(Fft, CheckIsNeitherTooLooseNorTooTight)
{
    for (const std::size_t n : {std::size_t(256), std::size_t(1) << 14}) {
        const auto in = fft::input({.n = n});
        std::vector<Complex> bins(in->spectrum.begin(), in->spectrum.end());
        EXPECT_LE(fft::check(*in, bins).error, 0.1) << "a spectrum rounded once";
        bins[n / 3] += Complex(0, static_cast<float>(1e-5 * in->rms));
        EXPECT_FALSE(fft::check(*in, bins).ok) << "one bin off by a hundred thousandth of the rms";
    }
}

TEST(Fft, OtherLengthsAreUnavailable)
{
    for (const std::size_t n : {3, 1000, 1023})
        EXPECT_THROW(fft::host({.n = n}, fft::seq), Unavailable);
}

} // namespace
} // namespace workspan
