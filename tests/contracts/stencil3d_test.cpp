// SPDX-License-Identifier: Apache-2.0
// stencil3d against a closed form: in every variant, and in the check's reference, an eigenmode of
// the sweep shrinks by its known factor.
#include "harness/contracts/stencil3d.hpp"
#include "tests/contracts/eigenmode.hpp"

namespace workspan {
namespace {

TEST(Stencil3d, AnEigenmodeShrinksByItsFactor)
{
    for (const std::size_t n : {3, 20, 50})
        for (const int waves : {1, 2, 3}) {
            const Mode z{n, 1}, y{n, 2}, x{n, waves};
            const auto value = [&](std::size_t i) {
                return z.at(i / n / n) * y.at(i / n % n) * x.at(i % n);
            };
            const double eigenvalue = 0.25 + 0.25 * (z.factor() + y.factor() + x.factor());
            const auto expect = [&](stencil3d::Kernel* kernel) {
                expect_shrunk(n * n * n, value, eigenvalue, [&](auto in, auto scratch, auto out) {
                    kernel(n, in, scratch, out);
                });
            };
            for (const auto kernel :
                 {stencil3d::seq, stencil3d::seq_sweeps, stencil3d::omp, stencil3d::omp_tiled})
                expect(kernel);
            expect([](std::size_t side, std::span<const float> in, std::span<float>,
                      std::span<float> out) {
                for (std::size_t k = 0; k < side; k += stencil3d::kWindow)
                    for (std::size_t i = 0; i < side; i += stencil3d::kWindow)
                        for (std::size_t j = 0; j < side; j += stencil3d::kWindow)
                            stencil3d::window(side, in, {k, i, j}, out);
            });
        }
}

TEST(Stencil3d, SmallErrorsAreCaughtEverywhere)
{
    expect_small_errors_caught(stencil3d::host({.n = 40}, stencil3d::seq), 5e-5F);
}

} // namespace
} // namespace workspan
