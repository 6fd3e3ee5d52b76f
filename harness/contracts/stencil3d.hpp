// SPDX-License-Identifier: Apache-2.0
// stencil3d: ten sweeps of a 7-point stencil over a field of n^3 floats: x' = x / 4 + (the sum of
// its six neighbours) / 8, a step of heat conduction. The outermost cells keep their values
// (Dirichlet boundary condition), and so does the whole field if n < 3. Eight flops on 8 bytes
// streamed per sweep, an arithmetic intensity of 1: memory-bandwidth bound, as long as every sweep
// goes over the whole field and three planes stay in cache. Ten sweeps read the input once and
// write the output once at least, 10 flops per byte: time tiling comes nearer to that, less so than
// in two dimensions, since a tile that fits the cache has more surface.
// Parallel pattern: stencil, a map whose elements read their neighbours, again and again.
// How to read the column `of ceiling`: the cost is 8 n^3 bytes, the minimum traffic of ten sweeps.
// Code that goes sweep by sweep streams ten times that, so 0.1 there means that every sweep ran at
// the full bandwidth of copy; time tiling can pass 0.1.
// seq: as omp_tiled; as seq_sweeps if the field stays in cache.
// seq_sweeps and omp: sweep by sweep, from the input into a scratch field, from there into the
// output, and so on; plane after plane, in blocks of rows of which three planes take at most 1 MiB,
// to stay in an L2 of any size (Rivera, Tseng 2000); beyond the caches the stores are non-temporal,
// since no cache would hold the results until the next sweep.
// omp_tiled: time tiling in two passes of five sweeps each, by overlapped tiles (Krishnamoorthy et
// al. 2007): a thread takes a tile of rows and columns with a halo of five cells around it (16 at
// its sides: whole vectors), and lets a wavefront of five sweeps run through its planes. It keeps
// two planes of each sweep but the last and a spare one, up to 1.1 MB for any L2: one of 2 MiB
// holds them, a smaller one leaves a part of them to the next level. The halo is computed
// redundantly, and no thread waits for another within a pass.
// cuda: 2.5D blocking, one kernel per sweep: a block streams through the planes with three of them
// in registers (Micikevicius 2009).
// Check: every element, against the field recomputed in double, window by window: each window of
// 32^3 cells from its light cone, the cells within ten steps of it, by a plain loop. The input is
// uniform in [-1, 1), so that a wrong neighbour shows (the output's rms is 0.04), and every value
// stays below 1 in magnitude, as a mean of such values.
// Tolerance: the five additions of the six neighbours, of sums below 2, 3, 4, 5 and 6, have
// rounding errors of at most u = 2^-24 times that, which the weight 1/8 makes 2.5 u; weights are
// powers of two, so products are exact; the last addition is off by u; and the average is
// non-expansive: 3.5 u per sweep, 35 u after ten; and u for the reference, which is stored as
// float. This is a bound, in any order of the neighbours, not an estimate.
#pragma once

#include "harness/arithmetic.hpp"
#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <algorithm>

namespace workspan::stencil3d {

// Even, so that sweeps that alternate between scratch and output end in the output.
inline constexpr std::size_t kSweeps = 10;
inline constexpr std::size_t kWindow = 32; // side of a window of the reference

struct Input {
    std::size_t n;
    HostArray<float> field, expected;
};
using Kernel = void(std::size_t n, std::span<const float> in, std::span<float> scratch,
                    std::span<float> out);
Kernel seq, seq_sweeps, omp, omp_tiled; // cpu/stencil3d.cpp
Trial cuda(const Problem&);             // gpu/stencil3d.cu

inline std::size_t cells(std::size_t n) { return n * n * n; }

inline Cost cost(std::size_t n)
{
    const auto x = double(cells(n));
    return {.flops = 8 * kSweeps * x, .bytes = 8 * x, .items = kSweeps * x};
}

// The same for all host variants, so that a size is one table; the rings of the tiled ones, 2 MiB a
// thread at most, are small beside it.
inline Bytes footprint(const Problem& p, std::string_view)
{
    // In double, since it may exceed a std::size_t.
    const double field = 4.0 * double(p.n) * double(p.n) * double(p.n);
    return {.host_shared = field,
            .host_case = 2 * field,
            .device_case = 3 * field,
            .host_reference = field};
}

inline Contract contract()
{
    return {.summary = "10 sweeps of the 7-point stencil, n^3 floats",
            .sizes = {24, 32, 64, 128, 256, 288, 512},
            .quick = {24, 288},
            .ceiling = "copy",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            .awkward = {0, 1, 2, 3, 4, 15, 16, 17, 18, 19, 31, 32, 33, 64, 97, 100}};
}

// A window's cells along one axis with those that reach them within `sweeps` sweeps, clipped to the
// field.
struct Reach {
    std::size_t from, to;
    Reach(std::size_t n, std::size_t at, std::size_t sweeps)
        : from(at > sweeps ? at - sweeps : 0), to(std::min(n, at + kWindow + sweeps))
    {
    }
};

inline void sweep_row(const double* __restrict x, std::size_t row, std::size_t plane,
                      double* __restrict next, std::size_t count)
{
    const double *const behind = x - plane, *const ahead = x + plane, *const above = x - row,
                        *const below = x + row;
    for (std::size_t j = 0; j < count; ++j)
        next[j] = x[j] / 4 + (behind[j] + ahead[j] + above[j] + below[j] + x[j - 1] + x[j + 1]) / 8;
}

struct Cell {
    std::size_t z, y, x;
};

// The window that begins at `first` after ten sweeps, from its light cone. A sweep computes the
// cells that the later ones need.
inline void window(std::size_t n, std::span<const float> field, const Cell& first,
                   std::span<float> expected)
{
    constexpr std::size_t side = kWindow + 2 * kSweeps;
    const Reach planes(n, first.z, kSweeps), rows(n, first.y, kSweeps),
        columns(n, first.x, kSweeps);
    const auto at = [&](std::size_t k, std::size_t i, std::size_t j) {
        return ((k - planes.from) * side + i - rows.from) * side + j - columns.from;
    };
    // Visits the rows of all cells needed `sweeps` sweeps before the end that are at least `border`
    // cells from the field's boundary.
    const auto each_row = [&](std::size_t sweeps, std::size_t border, auto visit) {
        const Reach p(n, first.z, sweeps), r(n, first.y, sweeps), c(n, first.x, sweeps);
        const std::size_t j = std::max(border, c.from), end = std::min(n - border, c.to);
        for (std::size_t k = std::max(border, p.from); k < std::min(n - border, p.to); ++k)
            for (std::size_t i = std::max(border, r.from); i < std::min(n - border, r.to); ++i)
                visit(at(k, i, j), (k * n + i) * n + j, end > j ? end - j : 0);
    };
    // Reused by all windows: fresh pages for each would take longer.
    thread_local std::vector<double> now(side * side * side), next(side * side * side);
    // load
    each_row(kSweeps, 0, [&](std::size_t to, std::size_t from, std::size_t count) {
        std::copy_n(field.data() + from, count, now.data() + to);
        std::copy_n(field.data() + from, count, next.data() + to); // for its outermost cells
    });
    // compute
    for (std::size_t sweeps = kSweeps; sweeps-- > 0; std::swap(now, next))
        each_row(sweeps, 1, [&](std::size_t cell, std::size_t, std::size_t count) {
            sweep_row(now.data() + cell, side, side * side, next.data() + cell, count);
        });
    // store
    each_row(0, 0, [&](std::size_t from, std::size_t to, std::size_t count) {
        std::copy_n(now.data() + from, count, expected.data() + to);
    });
}

// The field after ten sweeps. Windows are shared among the cores by their number of cells.
inline HostArray<float> reference(const Problem& p, std::span<const float> field)
{
    HostArray<float> expected(cells(p.n), p.threads);
    constexpr std::size_t size = kWindow * kWindow * kWindow;
    const std::size_t across = ceil_div(p.n, kWindow);
    in_pieces(cells(across) * size, [&](std::size_t from, std::size_t to) {
        for (std::size_t w = ceil_div(from, size); w * size < to; ++w)
            window(p.n, field,
                   {w / across / across * kWindow, w / across % across * kWindow,
                    w % across * kWindow},
                   {expected.data(), expected.size()});
    });
    return expected;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        auto field = filled<float>(p, cells(p.n),
                                   [&p](std::size_t i) { return random_signed_float(p.seed, i); });
        auto expected = reference(p, field);
        return Input{p.n, std::move(field), std::move(expected)};
    });
}

inline CheckResult check(const Input& in, std::span<const float> out)
{
    constexpr double tolerance = (kSweeps * 3.5 + 1) * 0x1p-24;
    const float* const expected = in.expected.data();
    return each_near(
        out, cells(in.n), [expected](std::size_t i) { return expected[i]; },
        [](std::size_t) { return tolerance; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    const auto scratch = shared_scratch<float>(p, cells(p.n));
    return with_scratch(
        host_trial(input(p), HostArray<float>(cells(p.n), p.threads), cost(p.n), check,
                   [kernel, scratch](const Input& in, std::span<float> out) {
                       kernel(in.n, in.field, {scratch->data(), scratch->size()}, out);
                   }),
        scratch);
}

} // namespace workspan::stencil3d
