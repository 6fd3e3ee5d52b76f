// SPDX-License-Identifier: Apache-2.0
// gemm: C = A B, n x n floats, row-major. 2 n^3 flops on 12 n^2 bytes, so bound by the FMA units if
// the blocks in use stay in cache and registers.
// Parallel pattern: map over blocks of C. Arithmetic intensity n / 6 flops per byte.
// seq and omp: packed panels and a register-blocked micro-kernel (Goto, van de Geijn 2008; Van Zee,
// van de Geijn 2015, "BLIS"). C is accumulated K-panel by K-panel: the panel's columns of A and
// rows of B are packed in the order in which the micro-kernel reads them, then C is updated tile by
// tile. omp shares the packing, then the tiles.
// openblas: OpenBLAS's cblas_sgemm, of the same design: it descends from GotoBLAS.
// mkl: MKL's cblas_sgemm, if libmkl_rt is found at run time, with threads of OpenMP.
// cuda: blocked for shared memory and once more for registers (Nath, Tomov, Dongarra 2010, "An
// improved MAGMA GEMM for Fermi GPUs"). A block computes a 128 x 256 tile of C; K-slices of A and
// B, 8 deep, are copied asynchronously into a three-stage pipeline in shared memory, A transposed;
// each thread keeps 8 x 16 elements of C in registers. If those tiles are fewer than nine tenths of
// the multiprocessors, they are 64 x 128, 32 x 64 or 16 x 32, with split-K across 4 or 8 groups of
// warps, whose partial sums are added at the end.
// cuda_naive: one thread per element of C, to show the gain of the tiles. Its loads are coalesced
// in B and broadcast in A, but every FMA needs two loads of its own, so it is bound by the load
// units, not by the FMA units.
// cublas: cuBLAS's sgemm in single precision throughout: TF32 tensor cores are opt-in.
// Steps on an H100 at n = 8192, of the fma ceiling (near commit ea61d6ec,
// results/h100-80gb-16-cores/full-cuda.txt): cuda_naive 0.05, with 128 x 128 tiles in shared memory
// and 8 x 8 in registers 0.62, cublas 0.81.
// Steps since then, medians of interleaved readings of the old and the new kernel, in us. On an
// H100 at n = 4096 and 512: as above 3517, 36.6; lanes in pairs of rows, for fewer shared-memory
// wavefronts per load, 3457, 36.9; incremented pointers 3417, 32.6; 4 x 4 per thread if C is small
// 3417, 21.8; cublas 2731, 20.0. On an H200 at n = 4096, 1024 and 512: that kernel 3442, 64.3,
// 21.7; 8 x 16 per thread, A transposed, and split-K 3590, 61.9, 14.1; A copied in full sectors
// 3038, 60.5, 13.1; cublas 2753, 56.8, 14.4. 128 x 256 tiles without those copies: 2968 at 4096.
// Check: for 3 random vectors r, entries of size 1/2 to 3/2 with random signs, C r = A (B r) in
// double, every row (Freivalds 1979). An element that is off by d moves its row by at least d / 2
// for every r, so it cannot hide; and since no two entries of r are equal, exchanged columns are
// caught too, and so are errors within a row that would cancel for vectors of +-1.
// Tolerance: elements of A and B are uniform in [-1, 1), so the partial sum after j terms has a
// standard deviation of sqrt(j) / 3, and its rounding one of u / sqrt(3) of that; summed over n
// terms and n elements of the row, with random signs, sigma = u n sqrt(n / 54) (u = 2^-24); sums of
// a K-panel or of a part of split-K are smaller and round less. 8.4 sigma are allowed, the rms of r
// being 1.04. One percent of an element's rms, sqrt(n) / 300, moves its row by 3 times that at n =
// 8192 and more below.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <array>

namespace workspan::gemm {

inline constexpr std::size_t kVectors = 3;
using Probe = std::array<double, kVectors>; // one entry of each random vector, or of its image

struct Input {
    std::size_t n;
    HostArray<float> a, b;
    std::vector<Probe> r, abr; // the random vectors, and A (B r)
};
using Kernel = void(std::size_t n, std::span<const float> a, std::span<const float> b,
                    std::span<float> c);
Kernel seq, omp;                                        // cpu/gemm.cpp
Trial openblas(const Problem&);                         // cpu/with_openblas.cpp
Trial mkl(const Problem&);                              // cpu/with_mkl.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&); // gpu/gemm.cu
Trial cublas(const Problem&);                           // gpu/with_cublas.cu

inline Cost cost(std::size_t n)
{
    const auto x = double(n);
    return {.flops = 2 * x * x * x, .bytes = 12 * x * x, .items = x * x};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double matrix = 4.0 * double(p.n) * double(p.n);
    return {.host_shared = 2 * matrix, .host_case = matrix, .device_case = 3 * matrix};
}

inline Contract contract()
{
    return {.summary = "C = A B, n x n floats",
            .sizes = {128, 256, 512, 1024, 2048, 4096, 8192},
            .quick = {128, 1024},
            .ceiling = "fma",
            .rate = Rate::flops,
            .footprint = footprint,
            .cost = cost,
            .awkward = {0,  1,  2,  3,   7,   15,  16,  17,  31,  32,  33, 63,
                        64, 65, 68, 128, 132, 255, 256, 257, 260, 401, 512}};
}

// The image of the random vectors under a row-major n x n matrix, in double.
inline std::vector<Probe> times(std::span<const float> matrix, const std::vector<Probe>& x)
{
    const std::size_t n = x.size();
    std::vector<Probe> y(n, Probe{});
    in_pieces(
        n,
        [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    for (std::size_t v = 0; v < kVectors; ++v)
                        y[i][v] += double(matrix[i * n + j]) * x[j][v];
        },
        rows_per_piece(n));
    return y;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        const std::size_t elements = p.n * p.n;
        Input in{
            .n = p.n,
            .a = filled<float>(p, elements,
                               [&p](std::size_t i) { return random_signed_float(p.seed, i); }),
            .b = filled<float>(p, elements,
                               [&p](std::size_t i) { return random_signed_float(p.seed + 1, i); }),
            .r = std::vector<Probe>(p.n),
            .abr = {}};
        for (std::size_t i = 0; i < p.n; ++i)
            for (std::size_t v = 0; v < kVectors; ++v)
                in.r[i][v] = std::copysign(0.5 + random_double(p.seed + 2 + v, 2 * i),
                                           random_double(p.seed + 2 + v, 2 * i + 1) - 0.5);
        in.abr = times(in.a, times(in.b, in.r));
        return in;
    });
}

inline CheckResult check(const Input& in, std::span<const float> c)
{
    if (c.size() != in.n * in.n)
        return wrong("C has " + std::to_string(c.size()) + " elements, not n * n");
    const double tolerance = 8.4 * 0x1p-24 * double(in.n) * std::sqrt(double(in.n) / 54);
    const std::vector<Probe> cr = times(c, in.r);
    double worst = 0;
    for (std::size_t i = 0; i < in.n; ++i)
        for (std::size_t v = 0; v < kVectors; ++v) {
            const double error = std::abs(cr[i][v] - in.abr[i][v]) / tolerance;
            if (!(error <= 1))
                return wrong("row " + std::to_string(i) + " of C r differs from A (B r) by " +
                                 std::to_string(error) + " tolerances",
                             error);
            worst = std::max(worst, error);
        }
    return right(worst);
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(
        input(p), HostArray<float>(p.n * p.n, p.threads), cost(p.n), check,
        [kernel](const Input& in, std::span<float> c) { kernel(in.n, in.a, in.b, c); });
}

} // namespace workspan::gemm
