// SPDX-License-Identifier: Apache-2.0
// linrec: x[i] = a[i] * x[i - 1] + b[i], n doubles, with x[-1] = 0. A linear recurrence, as in
// filters and state-space models: two flops on 24 bytes, so bound by memory bandwidth but for the
// dependence of every element on the one before it. The plain loop takes the latency of an FMA,
// some 4 cycles, per element, for any vector width and any number of cores. But x -> a x + b is an
// affine map, and the composition of two, (a2, b2) after (a1, b1), is the map (a2 a1, a2 b1 + b2).
// Composition is associative, so maps can be scanned as sums are (Kogge, Stone 1973; Blelloch 1990,
// "Prefix sums and their applications").
// Parallel pattern: scan. Arithmetic intensity 1/12 flop per byte.
// seq: the fastest single-threaded code here, a scan rather than the plain loop: maps over windows
// of 2, 4, ... elements by shifting and composing until a window is as long as a vector; then one
// FMA leads from a vector of x to the next.
// seq_plain: the formula as a loop. Its time over seq's is the cost of the dependence that the scan
// recovers; `vs seq` of omp is the gain of cores over the scan.
// omp: reduce-then-scan in rounds of one piece per thread, which scans a piece in its L2 and
// composes its piece of the next round in the same loop; thread 0 scans a leading chunk and the
// last piece of every round, and composes nothing. Data in cache take one round.
// cuda: one pass with decoupled look-back (Merrill, Garland 2016) over tiles' maps.
// Underflow: for any input, no product of a may become denormal and slow a kernel down: CPU kernels
// compose over more than a vector only if necessary, and flush a product below 2^-500 to zero; GPUs
// compute with denormals at full speed.
// Input: |a| < 1, so that errors die out, but close to 1, uniform in 1 - (0, 2^-13]: x forgets
// e-fold in 2^14 elements, longer than a tile or a piece of a vector kernel, so that a wrong map is
// caught as well as a wrong x. Signs of a are random, b is uniform in [-1, 1).
// Check: every element, against the loop in long double. In the steady state the tolerance is 4e-12
// and the rms of x is 52: a wrong carry into a block is off by far more at its first element.
// Tolerance: in any order of composition, a product of m factors has m - 1 roundings, so
// each term b[j] a[j + 1] ... a[i] of x[i] gets at most 2 (i - j) + 1, as in the unfused loop: one
// for each multiplication and addition that it takes part in. Signs are random, so terms and
// roundings add up as random walks do: s[i] = a[i]^2 s[i - 1] + b[i]^2 is the mean square of x[i],
// each step adds roundings in proportion to it, and w[i] = a[i]^2 w[i - 1] + s[i] carries them on.
// 8 u sqrt(w[i]) is allowed, u = 2^-53.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

namespace workspan::linrec {

// The reference before an element: x, and the sums s and w of its tolerance.
struct State {
    long double x = 0;
    double s = 0, w = 0;

    void advance(double a, double b)
    {
        x = a * x + b;
        s = a * a * s + b * b;
        w = a * a * w + s;
    }
};

struct Input {
    HostArray<double> a, b;
    std::vector<State> states = {}; // before each piece of kGrain elements, for the check
};
using Kernel = void(std::span<const double> a, std::span<const double> b, std::span<double> x);
Kernel seq, seq_plain, omp; // cpu/linrec.cpp
Trial cuda(const Problem&); // gpu/linrec.cu

inline Cost cost(std::size_t n)
{
    return {.flops = 2.0 * double(n), .bytes = 24.0 * double(n), .items = double(n)};
}

// On the device also the descriptors of tiles of 2048 elements, 40 bytes each.
inline Bytes footprint(const Problem& p, std::string_view)
{
    const auto n = double(p.n);
    return {.host_shared = 16 * n, .host_case = 8 * n, .device_case = 24 * n + n / 32};
}

inline Contract contract()
{
    return {.summary = "x[i] = a[i] x[i - 1] + b[i], n doubles",
            .sizes = powers_of_two({12, 16, 20, 24, 26}),
            .quick = powers_of_two({12, 24}),
            .ceiling = "triad",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            // Around the tiles of the device kernels, and long enough for several pieces per
            // thread.
            .awkward = {0,  1,   2,   7,   8,    9,    15,   16,   17,   31,     32,
                        33, 255, 256, 257, 2047, 2049, 4095, 4096, 4097, 150001, 1000003}};
}

inline double factor(std::uint64_t seed, std::size_t i)
{
    const std::uint64_t bits = random_bits(seed, i);
    // 20 bits, so that 1 is never reached.
    const double size = 1 - (static_cast<double>(bits >> 44) + 1) * 0x1p-33;
    return bits % 2 == 0 ? size : -size;
}

// One pass of the reference, which every check then repeats in pieces.
inline Input with_states(HostArray<double> a, HostArray<double> b)
{
    Input in{std::move(a), std::move(b)};
    State state;
    for (std::size_t i = 0; i < in.a.size(); ++i) {
        if (i % kGrain == 0)
            in.states.push_back(state);
        state.advance(in.a[i], in.b[i]);
    }
    return in;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        return with_states(
            filled<double>(p, p.n, [&p](std::size_t i) { return factor(p.seed, i); }),
            filled<double>(p, p.n,
                           [&p](std::size_t i) { return 2 * random_double(p.seed + 1, i) - 1; }));
    });
}

inline CheckResult check_piece(const Input& in, std::span<const double> out, std::size_t from,
                               std::size_t to)
{
    State state = in.states[from / kGrain];
    double worst = 0;
    for (std::size_t i = from; i < to; ++i) {
        state.advance(in.a[i], in.b[i]);
        const double error =
            std::abs(static_cast<double>(out[i] - state.x)) / (8 * 0x1p-53 * std::sqrt(state.w));
        if (!(error <= 1))
            return wrong("x[" + std::to_string(i) + "] = " + all_digits(out[i]) + ", expected " +
                             all_digits(static_cast<double>(state.x)) + ": off by " +
                             std::to_string(error) + " tolerances",
                         error);
        worst = std::max(worst, error);
    }
    return right(worst);
}

inline CheckResult check(const Input& in, std::span<const double> out)
{
    const std::size_t n = in.a.size();
    if (out.size() != n)
        return wrong("the output has " + std::to_string(out.size()) + " elements, not " +
                     std::to_string(n));
    return each_piece(
        n, [&](std::size_t from, std::size_t to) { return check_piece(in, out, from, to); },
        kGrain);
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(input(p), HostArray<double>(p.n, p.threads), cost(p.n), check,
                      [kernel](const Input& in, std::span<double> x) { kernel(in.a, in.b, x); });
}

} // namespace workspan::linrec
