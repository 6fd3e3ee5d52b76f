// SPDX-License-Identifier: Apache-2.0
// mandelbrot: for each of n x n pixels c of [-2, 0.5] x [-1.25, 1.25], the number of steps of
// z = z^2 + c, from z = 0, that stay within |z|^2 <= 4, at most 1000, in float. Hardly any memory:
// bound by the FMA units and by divergence, since neighbours escape at different steps. Counted as
// 8 flops per step; arithmetic intensity about 500 flops per byte.
// Parallel pattern: map with uneven work.
// The step is written once, here, with explicit fma and in this order, so that every variant gets
// the same bits:
//   x' = fma(x, x, fma(-y, y, cx)),  y' = fma(x + x, y, cy),  |z|^2 = fma(x, x, y * y).
// Once |z| > 2 and |z| >= |c| the orbit only grows, so a variant may test |z|^2 every few steps and
// go back when it has passed 4.
// seq_plain: pixel by pixel.
// seq: a vector is a patch of 4 x 4 pixels or less; six patches are in flight to hide the latency
// of a step, and the place of a complete one is refilled with the next.
// omp: as seq, with dynamic load balancing: threads take 16 patches at a time from a shared
// counter.
// omp_static, omp_dynamic and omp_guided: the same patches in bands of four rows, distributed by
// OpenMP's schedules, so that they differ in load balance only. Rows are uneven, the middle is
// dark. A band ends with its slowest patch, while the other places for patches are empty: 2 to 8 %
// at n = 512.
// omp_static: the picture is cut beforehand into one run of rows per thread. Two threads get mirror
// images, half the work each, and lose nothing; the middle one of three gets 73 % of all steps, so
// three are at most 1.4 times as fast as one, four 2.1 times, eight 3.4 times.
// omp_dynamic: a thread gets its next band when it has finished one: balanced to within a band, at
// the cost of one atomic update per band, which is small here.
// omp_guided: long runs at first, the bands left over the number of threads, and single ones at the
// end (Polychronopoulos, Kuck 1987): fewer updates, and balanced unless one of the long runs is
// dark.
// cuda: one thread per pixel, one warp per patch of 8 x 4, which iterates until its last pixel has
// escaped: a short edge, so that few warps straddle the border of the set and diverge.
// Check: the count of every pixel, equal. The reference is another algorithm: cycle detection
// (Brent 1980). An orbit that returns to exactly the same two floats can never leave, so most of
// the interior is known long before step 1000.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/workload.hpp"

namespace workspan::mandelbrot {

inline constexpr std::uint32_t kSteps = 1000;

// Pixel (row, column) is the point c = (fma(column, step, left), fma(row, step, top)): one rounding
// for the step, 2.5 / n, and one for each coordinate, so that c has the same bits everywhere, but
// is not always the float nearest to the exact point.
struct Plane {
    float left = -2.0F, top = -1.25F, step;
    constexpr explicit Plane(std::size_t n) : step(2.5F / static_cast<float>(n > 0 ? n : 1)) {}
};

struct Input {
    std::size_t n;
    HostArray<std::uint32_t> expected;
    double steps; // sum of all counts
};
using Kernel = void(std::size_t n, std::span<std::uint32_t> counts);
Kernel seq, seq_plain, omp;                 // cpu/mandelbrot.cpp
Kernel omp_static, omp_dynamic, omp_guided; // cpu/mandelbrot.cpp
Trial cuda(const Problem&);                 // gpu/mandelbrot.cu

inline Cost cost(const Input& in)
{
    return {.flops = 8 * in.steps,
            .bytes = 4.0 * double(in.n) * double(in.n),
            .items = double(in.n) * double(in.n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double image = 4.0 * double(p.n) * double(p.n);
    return {.host_shared = 0, .host_case = image, .device_case = image, .host_reference = image};
}

inline Contract contract()
{
    return {.summary = "how long z = z^2 + c stays bounded, n x n pixels, float",
            .sizes = {256, 512, 1024, 2048, 8192},
            .quick = {256, 1024},
            .ceiling = "fma",
            .rate = Rate::flops,
            .footprint = footprint,
            // Its steps are counted when the input is made.
            .cost = [](std::size_t n) { return Cost{.items = double(n) * double(n)}; },
            .awkward = {0, 1, 2, 3, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 129, 193}};
}

// The number of steps that stay within |z|^2 <= 4, at most kSteps; the saved point moves on at
// doubling distances (Brent).
inline std::uint32_t steps(float cx, float cy)
{
    float x = 0, y = 0, saved_x = 0, saved_y = 0;
    for (std::uint32_t k = 0, save_at = 8; k < kSteps; ++k) {
        const float next = std::fma(x, x, std::fma(-y, y, cx));
        y = std::fma(x + x, y, cy);
        x = next;
        if (!(std::fma(x, x, y * y) <= 4))
            return k;
        if (x == saved_x && y == saved_y)
            return kSteps;
        if (k == save_at) {
            saved_x = x;
            saved_y = y;
            save_at *= 2;
        }
    }
    return kSteps;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        const Plane plane(p.n);
        const auto count = [&](std::size_t i) {
            const std::size_t row = i / p.n, column = i % p.n;
            return steps(std::fma(static_cast<float>(column), plane.step, plane.left),
                         std::fma(static_cast<float>(row), plane.step, plane.top));
        };
        Input in{.n = p.n, .expected = filled<std::uint32_t>(p, p.n * p.n, count), .steps = 0};
        for (const std::uint32_t k : in.expected)
            in.steps += k;
        return in;
    });
}

inline CheckResult check(const Input& in, std::span<const std::uint32_t> counts)
{
    return each_equal(counts, in.n * in.n, [&](std::size_t i) { return in.expected[i]; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    const auto in = input(p);
    return host_trial(
        in, HostArray<std::uint32_t>(p.n * p.n, p.threads), cost(*in), check,
        [kernel](const Input& of, std::span<std::uint32_t> counts) { kernel(of.n, counts); });
}

} // namespace workspan::mandelbrot
