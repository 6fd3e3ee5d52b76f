// SPDX-License-Identifier: Apache-2.0
// stencil2d: ten Jacobi sweeps over a field of n x n floats,
//   x'[i][j] = (x[i-1][j] + x[i+1][j] + x[i][j-1] + x[i][j+1]) / 4:
// one step of Jacobi's method for Laplace's equation on the 5-point grid. The outermost cells keep
// their values (Dirichlet boundary condition), and so does the whole field if n < 3. Four flops on
// 8 bytes streamed per sweep, an arithmetic intensity of 1/2 flop per byte: memory-bandwidth bound,
// as long as every sweep goes over the whole field. Ten sweeps read the input once and write the
// output once at least, 5 flops per byte: time tiling comes near that.
// Parallel pattern: stencil, a map whose elements read their neighbours, again and again.
// How to read the column `of ceiling`: the cost is 8 n^2 bytes, the minimum traffic of ten sweeps.
// Code that goes sweep by sweep streams ten times that, so 0.1 there means that every sweep ran at
// the full bandwidth of copy; time tiling can pass 0.1.
// seq and omp_tiled: time tiling, all ten sweeps while the data are in cache, by overlapped tiles
// (Krishnamoorthy et al. 2007): a thread takes a tile with a halo of ten cells around it (16 at its
// sides: whole vectors), treats it like a field of its own, and lets a wavefront of ten sweeps run
// down its rows. It keeps three rows of the input and of each sweep but the last, 40 320 bytes at
// most: they stay in an L1 of 48 KiB, while one of 32 KiB leaves a part of them to L2. Errors from
// the cuts advance one cell per sweep and do not reach the tile; the halo is computed redundantly,
// and no thread waits for another.
// seq_sweeps and omp: sweep by sweep, each over rows, from the input into a scratch field, from
// there into the output, and so on; beyond the caches the stores are non-temporal, since no cache
// would hold the results until the next sweep.
// omp_plain: the formula in a plain OpenMP loop over rows, sweep by sweep.
// cuda: one kernel per sweep; a warp streams down a strip of columns with three rows in registers
// (Micikevicius 2009, in 2D).
// cuda_naive: one kernel per sweep, one thread per cell, which loads all its neighbours.
// Check: every element, against the field recomputed in double, window by window: each window of 64
// x 64 cells from its light cone, the cells within ten steps of it, by a plain loop. The input is
// uniform in [-1, 1), so that a wrong neighbour shows (the output's rms is 0.1), and every value
// stays below 1 in magnitude, as a mean of such values.
// Tolerance: three additions, of sums below 2, 3 and 4, have rounding errors of at most u = 2^-24
// times that, the division is exact, and the average is non-expansive: 9 u / 4 per sweep, 22.5 u
// after ten; and u for the reference, which is stored as float. This is a bound in any order of the
// additions, not an estimate.
#pragma once

#include "harness/arithmetic.hpp"
#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <algorithm>

namespace workspan::stencil2d {

// Even, so that sweeps that alternate between scratch and output end in the output.
inline constexpr std::size_t kSweeps = 10;
inline constexpr std::size_t kWindow = 64; // side of a window of the reference

struct Input {
    std::size_t n;
    HostArray<float> field, expected;
};
using Sweeping = void(std::size_t n, std::span<const float> in, std::span<float> scratch,
                      std::span<float> out);
using Tiled = void(std::size_t n, std::span<const float> in, std::span<float> out);
Sweeping seq_sweeps, omp, omp_plain;                    // cpu/stencil2d.cpp
Tiled seq, omp_tiled;                                   // cpu/stencil2d.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&); // gpu/stencil2d.cu

inline Cost cost(std::size_t n)
{
    const double cells = double(n) * double(n);
    return {.flops = 4 * kSweeps * cells, .bytes = 8 * cells, .items = kSweeps * cells};
}

// The same for all host variants, so that a size is one table; the tiled ones need no scratch
// field.
inline Bytes footprint(const Problem& p, std::string_view)
{
    const double field = 4.0 * double(p.n) * double(p.n);
    return {.host_shared = field,
            .host_case = 2 * field,
            .device_case = 3 * field,
            .host_reference = field};
}

inline Contract contract()
{
    return {.summary = "10 sweeps of the mean of 4 neighbours, n x n floats",
            .sizes = {128, 256, 1024, 4096, 5120, 8192},
            .quick = {128, 5120},
            .ceiling = "copy",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            .awkward = {0, 1, 2, 3, 4, 15, 16, 17, 18, 19, 63, 64, 65, 256, 320, 321, 577, 641}};
}

// The cells [row, row_end) x [column, column_end) after ten sweeps, from their light cone. A sweep
// computes the cells that the later ones need.
inline void window(std::size_t n, std::span<const float> field, std::size_t row, std::size_t column,
                   std::span<float> expected)
{
    const auto cone_from = [](std::size_t from, std::size_t reach) {
        return from > reach ? from - reach : 0;
    };
    const auto cone_to = [n](std::size_t from, std::size_t reach) {
        return std::min(n, from + kWindow + reach);
    };
    constexpr std::size_t side = kWindow + 2 * kSweeps;
    const std::size_t top = cone_from(row, kSweeps), left = cone_from(column, kSweeps);
    const auto at = [top, left](std::size_t i, std::size_t j) {
        return (i - top) * side + j - left;
    };
    // Reused by all windows: fresh pages for each would take longer.
    thread_local std::vector<double> x(side * side), next;
    // load
    for (std::size_t i = top; i < cone_to(row, kSweeps); ++i)
        for (std::size_t j = left; j < cone_to(column, kSweeps); ++j)
            x[at(i, j)] = double(field[i * n + j]);
    // compute
    next = x;
    for (std::size_t reach = kSweeps; reach-- > 0; std::swap(x, next)) {
        const std::size_t to = std::min(n - 1, cone_to(column, reach));
        for (std::size_t i = std::max<std::size_t>(1, cone_from(row, reach));
             i < std::min(n - 1, cone_to(row, reach)); ++i)
            for (std::size_t j = std::max<std::size_t>(1, cone_from(column, reach)); j < to; ++j)
                next[at(i, j)] =
                    (x[at(i - 1, j)] + x[at(i + 1, j)] + x[at(i, j - 1)] + x[at(i, j + 1)]) / 4;
    }
    // store
    for (std::size_t i = row; i < cone_to(row, 0); ++i)
        for (std::size_t j = column; j < cone_to(column, 0); ++j)
            expected[i * n + j] = static_cast<float>(x[at(i, j)]);
}

// The field after ten sweeps. Windows are shared among the cores by their number of cells.
inline HostArray<float> reference(const Problem& p, std::span<const float> field)
{
    HostArray<float> expected(p.n * p.n, p.threads);
    constexpr std::size_t cells = kWindow * kWindow;
    const std::size_t across = ceil_div(p.n, kWindow);
    in_pieces(across * across * cells, [&](std::size_t from, std::size_t to) {
        for (std::size_t w = ceil_div(from, cells); w * cells < to; ++w)
            window(p.n, field, w / across * kWindow, w % across * kWindow,
                   {expected.data(), expected.size()});
    });
    return expected;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        auto field = filled<float>(p, p.n * p.n,
                                   [&p](std::size_t i) { return random_signed_float(p.seed, i); });
        auto expected = reference(p, field);
        return Input{p.n, std::move(field), std::move(expected)};
    });
}

inline CheckResult check(const Input& in, std::span<const float> out)
{
    constexpr double tolerance = (kSweeps * 2.25 + 1) * 0x1p-24;
    const float* const expected = in.expected.data();
    return each_near(
        out, in.n * in.n, [expected](std::size_t i) { return expected[i]; },
        [](std::size_t) { return tolerance; });
}

inline Trial host(const Problem& p, Tiled* kernel)
{
    return host_trial(
        input(p), HostArray<float>(p.n * p.n, p.threads), cost(p.n), check,
        [kernel](const Input& in, std::span<float> out) { kernel(in.n, in.field, out); });
}

inline Trial host_with_scratch(const Problem& p, Sweeping* kernel)
{
    const auto scratch = shared_scratch<float>(p, p.n * p.n);
    return with_scratch(
        host_trial(input(p), HostArray<float>(p.n * p.n, p.threads), cost(p.n), check,
                   [kernel, scratch](const Input& in, std::span<float> out) {
                       kernel(in.n, in.field, {scratch->data(), scratch->size()}, out);
                   }),
        scratch);
}

} // namespace workspan::stencil2d
