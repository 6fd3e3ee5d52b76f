// SPDX-License-Identifier: Apache-2.0
// Stencils against closed forms: an eigenmode of the sweep shrinks by its known factor, and the
// reference says the same.
#include "harness/contracts/stencil2d.hpp"
#include "harness/contracts/stencil3d.hpp"

#include <gtest/gtest.h>
#include <numbers>

namespace workspan {
namespace {

std::span<float> floats(std::span<std::byte> bytes)
{
    return {reinterpret_cast<float*>(bytes.data()), bytes.size() / sizeof(float)};
}

// A sine that is 0 at both ends of n cells, with so many half waves, and what the mean of a cell's
// two neighbours is to the cell.
struct Mode {
    std::size_t n;
    int half_waves;
    double angle() const { return half_waves * std::numbers::pi / double(n - 1); }
    double at(std::size_t i) const
    {
        return i == 0 || i == n - 1 ? 0 : std::sin(angle() * double(i));
    }
    double factor() const { return std::cos(angle()); }
};

// Runs the sweeps on a field value(i) and compares with the field times what an eigenvalue makes of
// it in ten sweeps.
template <class Value, class Sweep>
void expect_shrunk(std::size_t cells, Value value, double eigenvalue, Sweep sweep)
{
    HostArray<float> in(cells), scratch(cells), out(cells);
    for (std::size_t i = 0; i < cells; ++i)
        in[i] = static_cast<float>(value(i));
    sweep(std::span<const float>(in), std::span<float>(scratch.data(), cells),
          std::span<float>(out.data(), cells));
    for (std::size_t i = 0; i < cells; ++i)
        ASSERT_NEAR(double(out[i]), value(i) * std::pow(eigenvalue, 10), 40 * 0x1p-24)
            << "cell " << i;
}

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
            expect_shrunk(n * n, value, eigenvalue, [n](auto in, auto, auto out) {
                for (std::size_t w = 0; w < n; w += stencil2d::kWindow)
                    for (std::size_t v = 0; v < n; v += stencil2d::kWindow)
                        stencil2d::window(n, in, w, v, out);
            });
        }
}

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
                            stencil3d::window(side, in, k, i, j, out);
            });
        }
}

// The tolerance catches an error of a thousandth of the output's size, wherever it is.
template <class Make> void expect_small_errors_caught(Make make, float off)
{
    const Trial trial = make();
    trial.run();
    const std::span<float> out = floats(trial.output);
    ASSERT_TRUE(trial.verify().ok) << trial.verify().why;
    for (std::size_t i = 0; i < out.size(); i += std::max<std::size_t>(1, out.size() / 37)) {
        const float right = out[i];
        out[i] = right + off;
        EXPECT_FALSE(trial.verify().ok) << "cell " << i;
        out[i] = right;
    }
}

TEST(Stencil, SmallErrorsAreCaughtEverywhere)
{
    expect_small_errors_caught([] { return stencil2d::host({.n = 130}, stencil2d::seq); }, 1e-4F);
    expect_small_errors_caught([] { return stencil3d::host({.n = 40}, stencil3d::seq); }, 5e-5F);
}

} // namespace
} // namespace workspan
