// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/mandelbrot.hpp"

namespace workspan {

namespace {
std::uint32_t count(float cx, float cy)
{
    float x = 0, y = 0;
    for (std::uint32_t k = 0; k < mandelbrot::kSteps; ++k) {
        const float next = std::fma(x, x, std::fma(-y, y, cx));
        y = std::fma(x + x, y, cy);
        x = next;
        if (!(std::fma(x, x, y * y) <= 4))
            return k;
    }
    return mandelbrot::kSteps;
}
} // namespace

void mandelbrot::seq_plain(std::size_t n, std::span<std::uint32_t> counts)
{
    const Plane plane(n);
    for (std::size_t row = 0; row < n; ++row)
        for (std::size_t column = 0; column < n; ++column)
            counts[row * n + column] = count(std::fma(static_cast<float>(column), plane.step, plane.left),
                                             std::fma(static_cast<float>(row), plane.step, plane.top));
}
void mandelbrot::seq(std::size_t n, std::span<std::uint32_t> counts) { seq_plain(n, counts); }
void mandelbrot::omp(std::size_t n, std::span<std::uint32_t> counts) { seq_plain(n, counts); }

} // namespace workspan
