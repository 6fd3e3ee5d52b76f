// SPDX-License-Identifier: Apache-2.0
// triad: out[i] = b[i] + s * c[i], n doubles. Bound by memory bandwidth: two reads and one write
// per element (STREAM's Triad, McCalpin 1995). It is the bandwidth ceiling of other workloads.
// Parallel pattern: map. Arithmetic intensity 1/12 flop per byte.
// seq and omp: vectors; beyond the caches non-temporal stores. An ordinary store there is a
// write-allocate: it first reads the line, a third more traffic than needed.
// With the key passes each thread of seq and omp goes over its chunk again and again, without a
// barrier, with s and -s in turn. The output is that of the last pass; if that is skipped, its sign
// is wrong.
// seq_plain: ordinary stores at every size; seq's lead over it is the gain of non-temporal ones.
// omp_plain: `omp parallel for` over the formula.
// cuda: coalesced 16-byte loads and stores in a grid-stride loop, several loads in flight per
// thread.
// cuda_naive: one thread per element.
// Check: every element, against the formula in double. A fused and an unfused kernel may differ by
// the rounding of the product, so the tolerance is 2 roundings of |b| + |s c|. b, s and c are
// random: any other element or factor is off by far more.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

namespace workspan::triad {

struct Input {
    double s;
    HostArray<double> b, c;
    std::size_t passes;
};

// The factor of a pass, counted from 0.
constexpr double factor(double s, std::size_t pass) { return pass % 2 == 0 ? s : -s; }

using Kernel = void(double s, std::span<const double> b, std::span<const double> c,
                    std::span<double> out);
using InPasses = void(double s, std::span<const double> b, std::span<const double> c,
                      std::span<double> out, std::size_t passes);
InPasses seq, omp;                                      // cpu/triad.cpp
Kernel seq_plain, omp_plain;                            // cpu/triad.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&); // gpu/triad.cu

inline Cost cost(std::size_t n)
{
    return {.flops = 2.0 * double(n), .bytes = 24.0 * double(n), .items = double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    return {.host_shared = 16.0 * double(p.n),
            .host_case = 8.0 * double(p.n),
            .device_case = 24.0 * double(p.n)};
}

inline Contract contract()
{
    return {.summary = "out = b + s * c, n doubles: the memory bandwidth ceiling",
            .sizes = powers_of_two({10, 12, 13, 16, 20, 24, 27}),
            .quick = powers_of_two({13, 24}),
            .ceiling = "triad",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            .axes = {{kPassesKey, {""}, {}, Axis::Takes::sizes}},
            .l1 = {.per_thread = 512, .passes = 512},
            .l2 = {.per_thread = 8192, .passes = 16}};
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        return Input{
            .s = 1 + random_double(p.seed, 0),
            .b = filled<double>(p, p.n,
                                [&p](std::size_t i) { return random_double(p.seed + 1, i) - 0.5; }),
            .c = filled<double>(p, p.n,
                                [&p](std::size_t i) { return random_double(p.seed + 2, i) - 0.5; }),
            .passes = passes_of(p)};
    });
}

inline CheckResult check(const Input& in, std::span<const double> out)
{
    const double s = factor(in.s, in.passes - 1);
    return each_near(
        out, in.b.size(), [&](std::size_t i) { return in.b[i] + s * in.c[i]; },
        [&](std::size_t i) { return 2 * 0x1p-53 * (std::abs(in.b[i]) + std::abs(s * in.c[i])); });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(
        input(p), HostArray<double>(p.n, p.threads), cost(p.n), check,
        [kernel](const Input& in, std::span<double> out) { kernel(in.s, in.b, in.c, out); });
}

inline Trial host_in_passes(const Problem& p, InPasses* kernel)
{
    return host_trial(input(p), HostArray<double>(p.n, p.threads), double(passes_of(p)) * cost(p.n),
                      check, [kernel](const Input& in, std::span<double> out) {
                          kernel(in.s, in.b, in.c, out, in.passes);
                      });
}

} // namespace workspan::triad
