// SPDX-License-Identifier: Apache-2.0
// cholesky: the lower triangular L with a positive diagonal for which A = L L^T; A is symmetric
// positive definite, n x n doubles, row-major. L is n x n too, with zeros above its diagonal, which
// every variant writes. A is const, and only its lower triangle matters: seq, omp and omp_tasks
// also read the elements above the diagonal in the diagonal tiles, but no element of L depends on
// them; the others copy the lower triangle to L first, as part of the run, and work in place. n^3 /
// 3 flops on 8 n^2 bytes (the lower triangles of A and of L), so bound by the FMA units, and by the
// critical path: a column depends on all columns to its left, n steps with a square root and a
// division each.
// Parallel pattern: task graph of tile operations. Arithmetic intensity n / 24 flops per byte.
// seq: tile by tile, right-looking (Choi et al. 1996, of ScaLAPACK): factor a diagonal tile, solve
// for the panel of tiles below it, update the trailing tiles by the products of that panel; all
// flops but those of a tile's own triangle are those of one register-blocked micro-kernel over
// packed panels (Goto, van de Geijn 2008).
// omp: the tiles of each of the three steps are distributed over the team, with a barrier between
// steps, so that all threads wait for the one that factors the diagonal tile.
// omp_tasks: the same tile operations as tasks with dependences (Buttari, Langou, Kurzak, Dongarra
// 2009): the next diagonal tile is factored while other threads finish the trailing update. It
// measures the seconds of a tile task of each kind, run by itself, and what follows from them and
// the graph below, the work (their sum over all tasks) and the span (the longest path); no schedule
// gains more than work / span over one thread.
// openblas: OpenBLAS's potrf of LAPACK, after the copy.
// mkl: MKL's, if libmkl_rt is found at run time, with threads of OpenMP.
// cuda: the same three steps on tiles of 64 x 64, a kernel each; products as in gemm, from K-slices
// in shared memory, 4 x 4 elements per thread in registers.
// cusolver: cuSOLVER's potrf, after the copy.
// Input: the elements below the diagonal are uniform in [-1, 1), those above mirror them, and those
// on it are uniform in [n, 2n), so that A is diagonally dominant and hence positive definite, and
// elements of L are about sqrt(n) on its diagonal and below 1 / sqrt(n) elsewhere.
// Check: zeros above the diagonal; a positive diagonal, which makes L unique; and for 3 random
// vectors x of +-1, L (L^T x) = A x in long double, every row. An element (i, j) of L that is off
// by d moves row j by d L[j][j] for every x (i > j), so it cannot hide.
// Tolerance: a row's error is that of its diagonal element and of up to n - 1 others. The diagonal
// element results from n subtractions from a number below 2n: each rounds it by at most 2n u, with
// a standard deviation of 2n u / sqrt(3) (u = 2^-53); the square root counts for two in L[i][i]^2,
// as 4 variances. With random signs sigma = 2n u sqrt((n + 4) / 3); the other elements, below 1
// each, add n u / 4 at most. 8 sigma are allowed. One element off by a billionth of an off-diagonal
// element's rms, 1 / sqrt(4.5 n), is more than that.
#pragma once

#include "harness/arithmetic.hpp"
#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <array>

namespace workspan::cholesky {

inline constexpr std::size_t kVectors = 3;
using Probe = std::array<long double, kVectors>; // one entry of each random vector, or of its image

struct Input {
    std::size_t n;
    HostArray<double> a;
    std::vector<Probe> x, ax; // the random vectors, and A x
};
using Kernel = void(std::size_t n, std::span<const double> a, std::span<double> l);
Kernel seq, omp, omp_tasks; // cpu/cholesky.cpp

// A number for each kind of tile task, by the names of BLAS and LAPACK: potrf factors a tile on the
// diagonal, trsm solves for one below it; syrk and gemm subtract a product, from a tile on the
// diagonal and from another one.
struct PerTask {
    double potrf = 0, trsm = 0, syrk = 0, gemm = 0;
};
// The seconds of all tasks of a kind, each run by itself on one thread, with the tiles that a team
// of this size has; l receives the factor.
PerTask seconds_of_tasks(std::size_t n, std::span<const double> a, std::span<double> l, int team);
Trial openblas(const Problem&); // cpu/with_openblas.cpp
Trial mkl(const Problem&);      // cpu/with_mkl.cpp
Trial cuda(const Problem&);     // gpu/cholesky.cu
Trial cusolver(const Problem&); // gpu/with_cusolver.cu

inline Cost cost(std::size_t n)
{
    const auto x = double(n);
    return {.flops = x * x * x / 3, .bytes = 8 * x * x, .items = x * x / 2};
}

// At most, of a CPU variant's tiles.
inline constexpr std::size_t kTileSide = 192;

// Smaller tiles if there would be too few for load balance: with T tiles in a row, the critical
// path from the first diagonal tile to the last has about 3 T of the T^3 / 6 operations, so that on
// average T^2 / 18 can run at once.
inline std::size_t tile_side(std::size_t n, int team)
{
    const double tiles = std::ceil(double(n) / kTileSide);
    return tiles * tiles < 18.0 * team ? kTileSide / 2 : kTileSide;
}

// The task graph of omp_tasks, of tiles x tiles tiles, of which it needs the lower triangle: step k
// has potrf of tile (k, k); trsm of every tile (i, k) below it, after (k, k); and of every tile
// (i, j), i >= j > k, syrk if i == j, else gemm, after (i, k) and (j, k). A task also comes after
// the one before it on its own tile.
inline PerTask task_counts(std::size_t tiles)
{
    const auto t = double(tiles);
    return {.potrf = t,
            .trsm = t * (t - 1) / 2,
            .syrk = t * (t - 1) / 2,
            .gemm = t * (t - 1) * (t - 2) / 6};
}

inline double work(const PerTask& all) { return all.potrf + all.trsm + all.syrk + all.gemm; }

// One task of each kind, the mean; 0 of a kind without tasks.
inline PerTask each_of(const PerTask& all, const PerTask& counts)
{
    const auto mean = [](double sum, double count) { return count > 0 ? sum / count : 0; };
    return {.potrf = mean(all.potrf, counts.potrf),
            .trsm = mean(all.trsm, counts.trsm),
            .syrk = mean(all.syrk, counts.syrk),
            .gemm = mean(all.gemm, counts.gemm)};
}

// The longest path: `done` of a tile is when its last task so far ends if none waits for a thread.
inline double span(std::size_t tiles, const PerTask& each)
{
    std::vector<double> done(tiles * tiles, 0.0);
    const auto at = [&](std::size_t i, std::size_t j) -> double& { return done[i * tiles + j]; };
    for (std::size_t k = 0; k < tiles; ++k) {
        at(k, k) += each.potrf;
        for (std::size_t i = k + 1; i < tiles; ++i)
            at(i, k) = std::max(at(i, k), at(k, k)) + each.trsm;
        for (std::size_t j = k + 1; j < tiles; ++j)
            for (std::size_t i = j; i < tiles; ++i)
                at(i, j) =
                    std::max({at(i, j), at(i, k), at(j, k)}) + (i == j ? each.syrk : each.gemm);
    }
    return done.empty() ? 0 : done.back();
}

inline Bytes footprint(const Problem& p, std::string_view variant)
{
    const double n = double(p.n), matrix = 8 * n * n;
    // All columns of tiles, as omp_tasks packs them; the others need less.
    const double packed = matrix / 2 + 8 * 1.5 * n * double(tile_side(p.n, p.threads));
    // cuSOLVER asks for about as much as the matrix.
    const double workspace = variant == "cusolver" ? matrix : 0;
    return {
        .host_shared = matrix, .host_case = matrix + packed, .device_case = 2 * matrix + workspace};
}

inline Contract contract()
{
    return {.summary = "A = L L^T, n x n doubles",
            .sizes = {128, 256, 1024, 2048, 4096},
            .quick = {128, 1024},
            .ceiling = "dfma",
            .rate = Rate::flops,
            .footprint = footprint,
            .cost = cost,
            .awkward = {0,  1,  2,  3,  7,   8,   9,   15,  16,  17,  31,  32,  33,  63, 64,
                        65, 95, 96, 97, 127, 128, 129, 191, 192, 193, 255, 256, 257, 401}};
}

// Element (i, j) of A. On the diagonal a sum, then a product: no compiler can contract that to a
// fused multiply-add and change a bit.
inline double element(std::uint64_t seed, std::size_t n, std::size_t i, std::size_t j)
{
    const double r = random_double(seed, std::max(i, j) * n + std::min(i, j));
    return i == j ? double(n) * (1 + r) : 2 * r - 1;
}

inline std::vector<Probe> times(std::span<const double> a, const std::vector<Probe>& x)
{
    const std::size_t n = x.size();
    std::vector<Probe> y(n, Probe{});
    in_pieces(
        n,
        [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    for (std::size_t v = 0; v < kVectors; ++v)
                        y[i][v] += a[i * n + j] * x[j][v];
        },
        rows_per_piece(n));
    return y;
}

// L (L^T x), by the lower triangle only.
inline std::vector<Probe> times_factors(std::span<const double> l, const std::vector<Probe>& x)
{
    const std::size_t n = x.size();
    std::vector<Probe> y(n, Probe{}), z(n, Probe{});
    in_pieces(
        n,
        [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < n; ++i)
                for (std::size_t j = from; j < std::min(to, i + 1); ++j)
                    for (std::size_t v = 0; v < kVectors; ++v)
                        y[j][v] += l[i * n + j] * x[i][v];
        },
        rows_per_piece(n));
    in_pieces(
        n,
        [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i)
                for (std::size_t j = 0; j <= i; ++j)
                    for (std::size_t v = 0; v < kVectors; ++v)
                        z[i][v] += l[i * n + j] * y[j][v];
        },
        rows_per_piece(n));
    return z;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        const std::size_t n = p.n;
        Input in{.n = n,
                 .a = filled<double>(
                     p, n * n, [&p, n](std::size_t i) { return element(p.seed, n, i / n, i % n); }),
                 .x = std::vector<Probe>(n),
                 .ax = {}};
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t v = 0; v < kVectors; ++v)
                in.x[i][v] = random_bits(p.seed + 1 + v, i) % 2 == 0 ? 1 : -1;
        in.ax = times(in.a, in.x);
        return in;
    });
}

inline double tolerance(std::size_t n)
{
    return 8 * 2 * double(n) * 0x1p-53 * std::sqrt(double(n + 4) / 3);
}

// The first row that is not one of a lower triangular matrix with a positive diagonal, or n.
inline std::size_t first_not_triangular(std::size_t n, std::span<const double> l)
{
    for (std::size_t i = 0; i < n; ++i) {
        bool good = l[i * n + i] > 0;
        for (std::size_t j = i + 1; j < n; ++j)
            good &= l[i * n + j] == 0;
        if (!good)
            return i;
    }
    return n;
}

inline CheckResult check(const Input& in, std::span<const double> l)
{
    if (l.size() != in.n * in.n)
        return wrong("L has " + std::to_string(l.size()) + " elements, not n * n");
    if (const std::size_t i = first_not_triangular(in.n, l); i < in.n)
        return wrong("row " + std::to_string(i) +
                     " of L has an element that is not zero above the diagonal, or none that is "
                     "positive on it");
    const std::vector<Probe> image = times_factors(l, in.x);
    double worst = 0;
    for (std::size_t i = 0; i < in.n; ++i)
        for (std::size_t v = 0; v < kVectors; ++v) {
            const double error =
                static_cast<double>(std::abs(image[i][v] - in.ax[i][v])) / tolerance(in.n);
            if (!(error <= 1))
                return wrong("row " + std::to_string(i) + " of L (L^T x) differs from A x by " +
                                 std::to_string(error) + " tolerances",
                             error);
            worst = std::max(worst, error);
        }
    return right(worst);
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(input(p), HostArray<double>(p.n * p.n, p.threads), cost(p.n), check,
                      [kernel](const Input& in, std::span<double> l) { kernel(in.n, in.a, l); });
}

// With the counters of the task graph, which take a few factorisations on one thread.
inline Trial host_tasks(const Problem& p, Kernel* kernel)
{
    Trial trial = host(p, kernel);
    trial.counters = [in = input(p), out = trial.output, team = p.threads] {
        const std::span l(reinterpret_cast<double*>(out.data()), out.size() / sizeof(double));
        const std::size_t tiles = ceil_div(in->n, tile_side(in->n, team));
        const PerTask all = seconds_of_tasks(in->n, in->a, l, team);
        const PerTask each = each_of(all, task_counts(tiles));
        return Counters{{"tiles", double(tiles)},           {"potrf_seconds", each.potrf},
                        {"trsm_seconds", each.trsm},        {"syrk_seconds", each.syrk},
                        {"gemm_seconds", each.gemm},        {"work_seconds", work(all)},
                        {"span_seconds", span(tiles, each)}};
    };
    return trial;
}

} // namespace workspan::cholesky
