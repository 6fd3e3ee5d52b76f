// SPDX-License-Identifier: Apache-2.0
// nbody beyond the walk over the suite: the tolerance catches small errors at every position, and
// two bodies obey the law of gravitation.
#include "harness/contracts/nbody.hpp"
#include "tests/contracts/elements.hpp"

#include <gtest/gtest.h>
#include <numeric>

namespace workspan {
namespace {

// The lightest body contributes least to the total momentum, so its error is the hardest to catch.
void expect_small_errors_caught(std::size_t n)
{
    SCOPED_TRACE(n);
    const auto in = nbody::input({.n = n});
    const Trial trial = nbody::host({.n = n}, nbody::seq);
    trial.run();
    ASSERT_TRUE(trial.verify().ok) << trial.verify().why;
    const auto lightest =
        static_cast<std::size_t>(std::min_element(in->m.begin(), in->m.end()) - in->m.begin());
    for (std::size_t c = 0; c < 3; ++c) {
        const std::span<float> a = elements<float>(trial.output).subspan(c * n, n);
        const auto off = static_cast<float>(
            0.01 * std::sqrt(std::inner_product(a.begin(), a.end(), a.begin(), 0.0) / double(n)));
        for (const std::size_t i : {std::size_t(0), lightest, n / 3, n - 1})
            for (const float sign : {-1.0F, 1.0F}) {
                const float right = a[i];
                a[i] = right + sign * off;
                EXPECT_FALSE(trial.verify().ok) << "body " << i << ", component " << c;
                a[i] = right;
            }
    }
    EXPECT_TRUE(trial.verify().ok);
}

TEST(Nbody, OnePercentOfTheRmsIsCaught)
{
    for (const std::size_t n : {2, 3, 64, 513, 1024, 4096})
        expect_small_errors_caught(n);
}

TEST(NbodyLong, OnePercentOfTheRmsIsCaughtAmongManyBodies)
{
    for (const std::size_t n : {16384, 65536})
        expect_small_errors_caught(n);
}

TEST(Nbody, SwappedBodiesAreCaught)
{
    const std::size_t n = 2048;
    const Trial trial = nbody::host({.n = n}, nbody::seq);
    trial.run();
    const std::span<float> a = elements<float>(trial.output);
    for (const std::size_t i : {std::size_t(20), n / 3, n - 50}) {
        std::swap(a[i], a[i + 5]);
        EXPECT_FALSE(trial.verify().ok) << i;
        std::swap(a[i], a[i + 5]);
    }
    EXPECT_TRUE(trial.verify().ok);
}

// A missing pair changes neither total momentum nor torque.
TEST(Nbody, OneMissingPairIsCaught)
{
    const std::size_t n = 4096;
    const auto in = nbody::input({.n = n});
    const Trial trial = nbody::host({.n = n}, nbody::seq);
    trial.run();
    const std::span<float> a = elements<float>(trial.output);
    for (const auto& [i, j] :
         {std::pair<std::size_t, std::size_t>{0, 1}, {70, 1000}, {2222, 3333}, {n - 2, n - 1}}) {
        const std::vector<float> right(a.begin(), a.end());
        const float d[3] = {in->x[j] - in->x[i], in->y[j] - in->y[i], in->z[j] - in->z[i]};
        const float r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + nbody::kSoftening2,
                    pull = 1 / (r2 * std::sqrt(r2));
        for (std::size_t c = 0; c < 3; ++c) {
            a[c * n + i] -= in->m[j] * pull * d[c];
            a[c * n + j] += in->m[i] * pull * d[c];
        }
        EXPECT_FALSE(trial.verify().ok) << i << " and " << j;
        std::copy(right.begin(), right.end(), a.begin());
    }
    EXPECT_TRUE(trial.verify().ok);
}

TEST(Nbody, TheReferencesInverseRootIsOneOfDouble)
{
    for (double x = double(nbody::kSoftening2); x < 13; x *= 1.001)
        EXPECT_NEAR(nbody::inverse_root(x) * std::sqrt(x), 1, 1e-15) << x;
}

TEST(Nbody, TwoBodiesAttractBySquaredDistance)
{
    const std::vector<float> x = {0, 0.5F}, zeros = {0, 0}, m = {1, 3};
    std::vector<float> a(6);
    nbody::seq({x, zeros, zeros, m}, a);
    const double r2 = 0.25 + double(nbody::kSoftening2), pull = 0.5 / (r2 * std::sqrt(r2));
    EXPECT_NEAR(a[0], 3 * pull, 1e-6 * pull);
    EXPECT_NEAR(a[1], -pull, 1e-6 * pull);
    for (std::size_t k = 2; k < 6; ++k)
        EXPECT_EQ(a[k], 0);
}

} // namespace
} // namespace workspan
