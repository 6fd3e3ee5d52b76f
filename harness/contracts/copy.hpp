// SPDX-License-Identifier: Apache-2.0
// copy: out[i] = in[i], n doubles. No arithmetic: bound by memory bandwidth, one read and one write
// per element (STREAM's Copy, McCalpin 1995). It is the copy ceiling of other workloads.
// Parallel pattern: map, elements independent. Arithmetic intensity 0.
// seq and omp: vectors, a contiguous chunk per thread; beyond the caches long bursts of loads and
// of non-temporal stores, which avoid the write-allocate read.
// With the key passes each thread of seq and omp copies its chunk again and again, without a
// barrier. The output is the same after every pass, so the check cannot count them: end_of_pass
// keeps the compiler from eliding one, and a test verifies that time grows with the passes.
// omp_plain: `omp parallel for` over the formula.
// memcpy: the C library's, on one thread.
// cuda: coalesced 16-byte loads and stores in a grid-stride loop, several loads in flight per
// thread.
// cuda_naive: one thread per element.
// cuda_memcpy: the driver's copy on the device.
// cuda_e2e: cuda with both transfers, from and to pageable memory, as in every workload.
// cuda_pinned: cuda_e2e with page-locked memory, which the device reads and writes by DMA.
// Check: every element, for equality. Mantissas are random, so that no element can be right by mere
// chance.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

namespace workspan::copy {

using Input = HostArray<double>;
using Kernel = void(std::span<const double> in, std::span<double> out);
using InPasses = void(std::span<const double> in, std::span<double> out, std::size_t passes);
InPasses seq, omp;                                                                   // cpu/copy.cpp
Kernel omp_plain, memcpy;                                                            // cpu/copy.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&), cuda_memcpy(const Problem&); // gpu/copy.cu

inline Cost cost(std::size_t n)
{
    return {.flops = 0, .bytes = 16.0 * double(n), .items = double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    return {.host_shared = 8.0 * double(p.n),
            .host_case = 8.0 * double(p.n),
            .device_case = 16.0 * double(p.n)};
}

inline Contract contract()
{
    return {.summary = "out = in, n doubles: the copy bandwidth ceiling",
            .sizes = powers_of_two({10, 12, 14, 16, 20, 24, 27}),
            .quick = powers_of_two({14, 24}),
            .ceiling = "copy",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            .axes = {{kPassesKey, {""}, {}, Axis::Takes::sizes}},
            .l1 = {.per_thread = 768, .passes = 512},
            .l2 = {.per_thread = 12288, .passes = 16}};
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        return filled<double>(p, p.n, [&p](std::size_t i) { return random_double(p.seed, i) + 1; });
    });
}

inline CheckResult check(const Input& in, std::span<const double> out)
{
    return each_equal(out, in.size(), [&](std::size_t i) { return in[i]; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(input(p), HostArray<double>(p.n, p.threads), cost(p.n), check,
                      [kernel](const Input& in, std::span<double> out) { kernel(in, out); });
}

inline Trial host_in_passes(const Problem& p, InPasses* kernel)
{
    const std::size_t passes = passes_of(p);
    return host_trial(
        input(p), HostArray<double>(p.n, p.threads), double(passes) * cost(p.n), check,
        [kernel, passes](const Input& in, std::span<double> out) { kernel(in, out, passes); });
}

} // namespace workspan::copy
