// SPDX-License-Identifier: Apache-2.0
// scan: out[i] = in[0] + ... + in[i], the inclusive prefix sum of n unsigned 32-bit integers,
// modulo 2^32. One add per 8 bytes, so bound by memory bandwidth; the difficulty is the dependence
// of every element on the one before it.
// Parallel pattern: scan. Arithmetic intensity 1/8 flop per byte (integer adds).
// seq: sums over windows of 2, 4, 8, ... elements by shifting and adding (Hillis, Steele 1986)
// until a window is as long as a vector; then out[i] is the sum of its window plus out[i - length],
// one vector add.
// seq_plain: the sequential loop.
// omp: reduce-then-scan (Blelloch 1990), in rounds of one piece per thread. A thread scans a piece
// that is in its L2 and, in the same loop, reduces its piece of the next round, so that memory is
// read once. Thread 0 scans a leading chunk while the others reduce their first pieces, and then
// the last piece of every round, so it knows the total without a reduction: a team of one has no
// overhead. Data in cache take one round.
// omp_plain: two passes over one chunk per thread: reduce, then scan after the sums of the chunks
// before.
// tbb: oneTBB's parallel_scan, which decides at run time which pieces need two passes.
// cuda: one pass with decoupled look-back (Merrill, Garland 2016, "Single-pass parallel prefix scan
// with decoupled look-back"). Tiles of 8192 elements, for a shorter look-back, instead of 4096: 5.8
// us instead of 6.4 at 2^20, 185.5 instead of 188.6 at 2^26; cub 10.1 and 179.8 (medians of
// interleaved readings, H200).
// cuda_naive: log2(n) passes over the whole array, of one add per element (Hillis, Steele 1986).
// cub: CUB's DeviceScan.
// Check: exact, by the recurrence out[0] = in[0], out[i] - out[i - 1] = in[i], for every element.
// Only the right output satisfies it, and the check has no running total that could go wrong
// together with the kernel's.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

namespace workspan::scan {

using Input = HostArray<std::uint32_t>;
using Kernel = void(std::span<const std::uint32_t> in, std::span<std::uint32_t> out);
Kernel seq, seq_plain, omp, omp_plain;                  // cpu/scan.cpp
Trial tbb(const Problem&);                              // cpu/with_tbb.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&); // gpu/scan.cu
Trial cub(const Problem&);                              // gpu/with_cub.cu

inline Cost cost(std::size_t n)
{
    return {.flops = double(n), .bytes = 8.0 * double(n), .items = double(n)};
}

// On the device also 64 bits per tile of 8192 elements; cuda_naive has a scratch array.
inline Bytes footprint(const Problem& p, std::string_view variant)
{
    const auto n = double(p.n);
    return {.host_shared = 4 * n,
            .host_case = 4 * n,
            .device_case = variant == "cuda_naive" ? 12 * n : 8 * n + n / 1024};
}

inline Contract contract()
{
    return {.summary = "inclusive prefix sum of n 32-bit unsigned integers",
            .sizes = powers_of_two({12, 15, 16, 20, 24, 25, 26, 28}),
            .quick = powers_of_two({15, 25}),
            .ceiling = "copy",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            // Around the tiles of the device kernels, and long enough for several pieces per
            // thread.
            .awkward = {0,  1,   2,   7,   8,    9,    15,   16,   17,   31,     32,
                        33, 255, 256, 257, 2047, 2049, 8191, 8192, 8193, 150001, 1000003}};
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        return filled<std::uint32_t>(p, p.n, [&p](std::size_t i) {
            return static_cast<std::uint32_t>(random_bits(p.seed, i) >> 32);
        });
    });
}

inline CheckResult check(const Input& in, std::span<const std::uint32_t> out)
{
    return each_equal(out, in.size(),
                      [&](std::size_t i) { return i == 0 ? in[0] : out[i - 1] + in[i]; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(input(p), HostArray<std::uint32_t>(p.n, p.threads), cost(p.n), check,
                      [kernel](const Input& in, std::span<std::uint32_t> out) {
                          kernel({in.data(), in.size()}, out);
                      });
}

} // namespace workspan::scan
