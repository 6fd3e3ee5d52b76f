// SPDX-License-Identifier: Apache-2.0
// transpose: out[j][i] = in[i][j], n x n floats, row-major, out of place. No arithmetic: bound by
// memory bandwidth, one read and one write per element, like copy; the difficulty is that one of
// the two has a stride of one row and uses 4 bytes of each line that memory moves. If n is a power
// of two, conflict misses make it worse: the lines of a column map to few sets of each cache and
// are evicted before reuse.
// Parallel pattern: map over blocks. Arithmetic intensity 0.
// seq and omp: square tiles, one row per vector lane, are loaded, transposed in registers by
// log2(lanes) exchanges of blocks and stored, so that every line is used in full at once and none
// need stay in a cache. From memory such tiles are taken in blocks of 64 x 64, for contiguous runs
// of 256 bytes both ways, with non-temporal stores if the lines of out begin at its rows (n a
// multiple of 16).
// seq_plain: the two loops, to show the gain of full cache-line use.
// cuda: 64 x 64 tiles in shared memory, coalesced loads and stores, one float of padding after each
// row so that a column has no bank conflicts (Ruetsch, Micikevicius 2009).
// cuda_naive: one thread per element; stores are not coalesced: a warp reads one line and writes
// 32.
// cublas: cuBLAS's geam, of one matrix.
// Steps on an H100 at n = 8192, of the copy ceiling (near commit ea61d6ec,
// results/h100-80gb-16-cores/full-cuda.txt): cuda_naive 0.16, with padded tiles 0.98, cublas 0.98.
// Check: every element, equal in all its bits. The value is a one-to-one function of the position,
// for up to 2^31 elements: none is in two places, and one that is in the wrong place is wrong. All
// are normal numbers of both signs; the bits are scattered, as those of real data are.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/workload.hpp"

#include <bit>

namespace workspan::transpose {

struct Input {
    std::size_t n;
    std::uint64_t seed;
    HostArray<float> matrix;
};
using Kernel = void(std::size_t n, std::span<const float> in, std::span<float> out);
Kernel seq, seq_plain, omp;                             // cpu/transpose.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&); // gpu/transpose.cu
Trial cublas(const Problem&);                           // gpu/with_cublas.cu

inline Cost cost(std::size_t n)
{
    const double elements = double(n) * double(n);
    return {.flops = 0, .bytes = 8 * elements, .items = elements};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double matrix = 4.0 * double(p.n) * double(p.n);
    return {.host_shared = matrix, .host_case = matrix, .device_case = 2 * matrix};
}

inline Contract contract()
{
    return {.summary = "out = in transposed, n x n floats",
            .sizes = {128, 256, 1024, 4096, 6144, 8192, 16384},
            .quick = {128, 6144},
            .ceiling = "copy",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            .awkward = {0,  1,  2,  3,  7,  8,   9,   15,  16,  17, 31,
                        32, 33, 63, 64, 65, 127, 255, 256, 257, 401}};
}

// Steps that can each be undone, of 31 bits: a sum, products with odd numbers, and an xor with the
// bits above. The highest of them becomes the sign, and the exponent starts at 64, so that there is
// no zero, no subnormal number, no infinity and no NaN.
constexpr float value(std::uint64_t seed, std::uint64_t position)
{
    auto x =
        static_cast<std::uint32_t>((position + seed * 0x9e3779b9U) * 0x2c1b3c6dU) & 0x7fffffffU;
    x = (x ^ (x >> 15)) * 0x297a2d39U;
    return std::bit_cast<float>(((x << 1) & 0x80000000U) | ((x & 0x3fffffffU) + 0x20000000U));
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        return Input{p.n, p.seed,
                     filled<float>(p, p.n * p.n, [&p](std::size_t i) { return value(p.seed, i); })};
    });
}

inline CheckResult check(const Input& in, std::span<const float> out)
{
    if (out.size() != in.n * in.n)
        return wrong("the output has " + std::to_string(out.size()) + " elements, not n * n");
    const auto check_rows = [&](std::size_t from, std::size_t to) {
        for (std::size_t row = from; row < to; ++row) {
            const auto expected = [&](std::size_t column) {
                return value(in.seed, column * in.n + row);
            };
            const CheckResult result = each_equal(out.subspan(row * in.n, in.n), in.n, expected);
            if (!result.ok)
                return wrong("in row " + std::to_string(row) + ", " + result.why, result.error);
        }
        return right();
    };
    return each_piece(in.n, check_rows, rows_per_piece(in.n));
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(
        input(p), HostArray<float>(p.n * p.n, p.threads), cost(p.n), check,
        [kernel](const Input& in, std::span<float> out) { kernel(in.n, in.matrix, out); });
}

} // namespace workspan::transpose
