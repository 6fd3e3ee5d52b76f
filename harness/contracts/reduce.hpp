// SPDX-License-Identifier: Apache-2.0
// reduce: the sum of n floats. One add per 4 bytes, so bound by read bandwidth; the difficulty is
// the dependence of an add on the one before it: a single accumulator runs at the latency of an
// add, not at the bandwidth of the memory.
// Parallel pattern: reduction. Arithmetic intensity 1/4 flop per byte.
// seq and omp: several vector accumulators hide the latency; omp adds one sum per thread.
// omp_plain: `omp parallel for reduction` over the formula, one accumulator per thread.
// tbb: oneTBB's parallel_reduce, which splits ranges for idle threads.
// cuda: coalesced 16-byte loads, a tree of sums in each block (Harris 2007, "Optimizing parallel
// reduction in CUDA") by warp shuffles; the last block to finish adds the sums of all blocks: one
// launch.
// cuda_naive: one thread per value, a tree of sums in shared memory, one atomic add per block.
// cub: CUB's DeviceReduce.
// Check: exact. The values are the integers -8 .. 8 without 0, with random signs: their partial
// sums, in any order that does not sort them, stay below 2^24 (a random walk of 2^28 such steps is
// 10^5 long), so no addition rounds; a skipped value changes the sum.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <numeric>

namespace workspan::reduce {

struct Input {
    HostArray<float> values;
    std::int64_t expected;
};
using Kernel = float(std::span<const float> values);
Kernel seq, omp, omp_plain;                             // cpu/reduce.cpp
Trial tbb(const Problem&);                              // cpu/with_tbb.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&); // gpu/reduce.cu
Trial cub(const Problem&);                              // gpu/with_cub.cu

inline Cost cost(std::size_t n)
{
    return {.flops = double(n), .bytes = 4.0 * double(n), .items = double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    return {.host_shared = 4.0 * double(p.n), .host_case = 4, .device_case = 4.0 * double(p.n)};
}

inline Contract contract()
{
    return {.summary = "sum of n floats",
            .sizes = powers_of_two({12, 15, 16, 20, 24, 26, 28}),
            .quick = powers_of_two({15, 26}),
            .ceiling = "read",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost};
}

inline float value(std::uint64_t seed, std::size_t i)
{
    const auto r = static_cast<int>(random_below(seed, i, 16));
    return static_cast<float>(r < 8 ? r - 8 : r - 7);
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        Input in{filled<float>(p, p.n, [&p](std::size_t i) { return value(p.seed, i); }), 0};
        const auto sums = of_pieces<std::int64_t>(p.n, [&](std::size_t from, std::size_t to) {
            std::int64_t sum = 0;
            for (std::size_t i = from; i < to; ++i)
                sum += static_cast<std::int64_t>(in.values[i]);
            return sum;
        });
        in.expected = std::accumulate(sums.begin(), sums.end(), in.expected);
        return in;
    });
}

inline CheckResult check(const Input& in, std::span<const float> out)
{
    return each_equal(out, 1, [&](std::size_t) { return static_cast<double>(in.expected); });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(
        input(p), HostArray<float>(1), cost(p.n), check,
        [kernel](const Input& in, std::span<float> out) { out[0] = kernel(in.values); });
}

} // namespace workspan::reduce
