// SPDX-License-Identifier: Apache-2.0
// stencil2d against a closed form: in every variant, and in the check's reference, an eigenmode of
// the sweep shrinks by its known factor.
#include "harness/contracts/stencil2d.hpp"
#include "tests/contracts/eigenmode.hpp"

namespace workspan {
namespace {

TEST(Stencil2d, AnEigenmodeShrinksByItsFactor)
{
    for (const std::size_t n : {3, 20, 100, 350})
        for (const int waves : {1, 2, 3}) {
            const Mode down{n, 1}, across{n, waves};
            const auto value = [&](std::size_t i) { return down.at(i / n) * across.at(i % n); };
            const double eigenvalue = (down.factor() + across.factor()) / 2;
            expect_shrunk(n * n, value, eigenvalue,
                          [n](auto in, auto, auto out) { stencil2d::seq(n, in, out); });
            expect_shrunk(n * n, value, eigenvalue,
                          [n](auto in, auto, auto out) { stencil2d::omp_tiled(n, in, out); });
            expect_shrunk(n * n, value, eigenvalue,
                          [n](auto in, auto s, auto out) { stencil2d::seq_sweeps(n, in, s, out); });
            expect_shrunk(n * n, value, eigenvalue,
                          [n](auto in, auto s, auto out) { stencil2d::omp(n, in, s, out); });
            expect_shrunk(n * n, value, eigenvalue,
                          [n](auto in, auto s, auto out) { stencil2d::omp_plain(n, in, s, out); });
            expect_shrunk(n * n, value, eigenvalue, [n](auto in, auto, auto out) {
                for (std::size_t w = 0; w < n; w += stencil2d::kWindow)
                    for (std::size_t v = 0; v < n; v += stencil2d::kWindow)
                        stencil2d::window(n, in, w, v, out);
            });
        }
}

TEST(Stencil2d, SmallErrorsAreCaughtEverywhere)
{
    expect_small_errors_caught(stencil2d::host({.n = 130}, stencil2d::seq), 1e-4F);
}

} // namespace
} // namespace workspan
