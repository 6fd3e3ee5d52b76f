// SPDX-License-Identifier: Apache-2.0
// fma (float) and dfma (double): n independent chains, each x = fma(a, b, x) for 4096 steps. 8
// bytes (16 of dfma) move for 8192 flops, so it is bound by the FMA units only: the compute ceiling
// of the other workloads.
// Parallel pattern: map. Arithmetic intensity 1024 (float) or 512 (double) flops per byte.
// seq and omp: 12 or 16 vectors of chains in registers. A step waits for the one before it, so a
// core keeps its FMA units busy only with several chains in flight: at least latency (4 cycles on
// recent cores) times units (2), in vectors.
// cuda: four chains per thread, and enough warps for every multiprocessor.
// Check: exact against the closed form x + 4096 a b. All values are integers and every intermediate
// result is below 2^24 (float) or 2^53 (double), so no step rounds; a step that is skipped or done
// twice changes the result by a b.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

namespace workspan::fma {

inline constexpr int kSteps = 4096;

template <class T> struct Input {
    T a, b;
    HostArray<T> x;
};
template <class T> using Kernel = void(T a, T b, std::span<const T> x, std::span<T> out);
template <class T> Kernel<T> seq; // cpu/fma.cpp
template <class T> Kernel<T> omp;
template <class T> Trial cuda(const Problem&); // gpu/fma.cu

template <class T> Cost cost(std::size_t n)
{
    return {.flops = 2.0 * kSteps * double(n),
            .bytes = 2.0 * sizeof(T) * double(n),
            .items = double(n)};
}

template <class T> Bytes footprint(const Problem& p, std::string_view)
{
    const double array = sizeof(T) * double(p.n);
    return {.host_shared = array, .host_case = array, .device_case = 2 * array};
}

template <class T> Contract contract()
{
    const bool single = sizeof(T) == 4;
    return {.summary = single ? "n chains of 4096 fused multiply-adds, float: the compute ceiling"
                              : "n chains of 4096 fused multiply-adds, double: its compute ceiling",
            .sizes = powers_of_two({10, 14, 16, 18, 22}),
            // 16: a few ms on a core; 18: the fewest chains that keep a large GPU busy.
            .quick = powers_of_two({10, 16, 18}),
            .ceiling = single ? "fma" : "dfma",
            .rate = Rate::flops,
            .footprint = footprint<T>,
            .cost = cost<T>,
            // 8192 flops each.
            .awkward = {0, 1, 2, 31, 32, 33, 255, 256, 257, 10007}};
}

// a b kSteps + x stays below 181 * 11 * 4096 + 2^20 < 2^24 for float; the double's factors have
// more bits set.
template <class T> std::shared_ptr<const Input<T>> input(const Problem& problem)
{
    return shared_input<Input<T>>(problem, [](const Problem& p) {
        const bool single = sizeof(T) == 4;
        return Input<T>{.a = T(single ? 181 : 1048573),
                        .b = T(single ? 11 : 393241),
                        .x = filled<T>(p, p.n, [&p](std::size_t i) {
                            return T(random_below(p.seed, i, 1 << 20) + 1);
                        })};
    });
}

template <class T> CheckResult check(const Input<T>& in, std::span<const T> out)
{
    return each_equal(out, in.x.size(),
                      [&](std::size_t i) { return in.x[i] + T(kSteps) * (in.a * in.b); });
}

template <class T> Trial host(const Problem& p, Kernel<T>* kernel)
{
    return host_trial(input<T>(p), HostArray<T>(p.n, p.threads), cost<T>(p.n), check<T>,
                      [kernel](const Input<T>& in, std::span<T> out) {
                          kernel(in.a, in.b, {in.x.data(), in.x.size()}, out);
                      });
}

} // namespace workspan::fma
