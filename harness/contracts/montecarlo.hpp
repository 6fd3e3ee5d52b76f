// SPDX-License-Identifier: Apache-2.0
// montecarlo: the number of hits of a quarter circle by n random points of the unit square; 4 / n
// times that approaches pi. No memory traffic, so no arithmetic intensity: bound by the integer
// units.
// Parallel pattern: map and reduce, the parts independent because the random numbers are.
// Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011), a function of a key and a counter
// without any state between calls, so that every thread can begin anywhere. The key is the seed
// (low word, high word); counter c is (c's low word, its high word, 0, 0). A round with the words
// (a, b, c, d), the key (k, l), and high and low the halves of a 64-bit product:
//   a' = high(0xCD9E8D57 c) ^ b ^ k,  b' = low(0xCD9E8D57 c),
//   c' = high(0xD2511F53 a) ^ d ^ l,  d' = low(0xD2511F53 a);
// ten of them, and between two of them k += 0x9E3779B9, l += 0xBB67AE85. Counter c gives samples 2c
// and 2c + 1: words 0 and 1 are x and y of the first, words 2 and 3 those of the second; of an odd
// n the last second is left out. A sample is a hit if x x + y y < 2^64, that is, if the sum of two
// 64-bit products does not wrap: an integer test of all 64 bits, so that no variant can round.
// seq and omp: one counter per 64-bit lane of a vector, four vectors in flight, since each round
// waits for the products of the one before. A counter takes 20 products, 20 shuffles for their high
// halves, 20 xors of three words; its two tests take 4 products, 2 sums, 2 comparisons, 2 counts:
// 35 instructions per vector of samples; with 8 lanes and two instructions per cycle 2.2 cycles per
// sample at best.
// cuda: one counter per thread, in a grid-stride loop over the counters. On a GPU a product with
// both halves is one instruction (IMAD.WIDE), which in a test also adds the other square and leaves
// the carry, and LOP3 is the xor of three words. As compiled for compute capability 9.0 a counter
// takes 24 of the first, 20 of the second and 12 others: 28 instructions per sample. A
// multiprocessor issues those of 128 threads per cycle, so 132 at 1.98 GHz generate at most 1.2e12
// samples per second; 0.7e12 if a wide product occupies one of 64 multipliers twice.
// curand: a similar kernel around the generator of cuRAND's device library, which has the same
// layout: with the seed, subsequence 0 and offset 4c it begins with the four words of counter c, so
// that the count must be equal.
// Check: the count, equal. The reference is the scalar loop of the formulas above; the tests
// compare its generator with the published numbers. A hit that is skipped or counted twice changes
// the count; n other random points give the same count by chance with a probability of 0.7 /
// sqrt(n), 1 in 1500 at n = 2^20.
#pragma once

#include "harness/arithmetic.hpp"
#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/workload.hpp"

#include <array>

namespace workspan::montecarlo {

inline constexpr std::uint32_t kMultiplier[2] = {0xD2511F53, 0xCD9E8D57},
                               kWeyl[2] = {0x9E3779B9, 0xBB67AE85};
inline constexpr int kRounds = 10;

using Words = std::array<std::uint32_t, 4>;

struct Input {
    std::size_t n;
    std::uint64_t seed, expected;
};
using Kernel = std::uint64_t(std::size_t n, std::uint64_t seed);
Kernel seq, omp;              // cpu/montecarlo.cpp
Trial cuda(const Problem&);   // gpu/montecarlo.cu
Trial curand(const Problem&); // gpu/with_curand.cu

inline Cost cost(std::size_t n) { return {.flops = 0, .bytes = 0, .items = double(n)}; }

inline Bytes footprint(const Problem&, std::string_view)
{
    return {.host_shared = sizeof(Input), .host_case = 8, .device_case = 8};
}

inline Contract contract()
{
    return {.summary = "hits in a quarter circle of n random points, Philox4x32-10",
            .sizes = powers_of_two({16, 20, 22, 24, 28, 30}),
            .quick = powers_of_two({16, 22}),
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .cost = cost,
            // Around one and four vectors of counters, two samples each, and the 64 counters at
            // which a team's chunks are cut.
            .awkward = {0,  1,  2,   3,   15,  16,  17,  31,  32,    33,     63,
                        64, 65, 127, 128, 129, 255, 256, 257, 10007, 1000003}};
}

// The key schedule: the keys (k, l) of every round.
struct RoundKeys {
    std::uint32_t k[kRounds], l[kRounds];
};

constexpr RoundKeys key_schedule(std::uint64_t seed)
{
    RoundKeys keys = {};
    for (std::uint32_t round = 0; round < kRounds; ++round) {
        keys.k[round] = static_cast<std::uint32_t>(seed) + round * kWeyl[0];
        keys.l[round] = static_cast<std::uint32_t>(seed >> 32) + round * kWeyl[1];
    }
    return keys;
}

// The reference, which advances its key by itself, without the schedule above.
constexpr Words philox(Words c, std::array<std::uint32_t, 2> key)
{
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t first = std::uint64_t(kMultiplier[0]) * c[0],
                            second = std::uint64_t(kMultiplier[1]) * c[2];
        c = {static_cast<std::uint32_t>(second >> 32) ^ c[1] ^ key[0],
             static_cast<std::uint32_t>(second),
             static_cast<std::uint32_t>(first >> 32) ^ c[3] ^ key[1],
             static_cast<std::uint32_t>(first)};
        key[0] += kWeyl[0];
        key[1] += kWeyl[1];
    }
    return c;
}

constexpr Words words(std::uint64_t seed, std::uint64_t counter)
{
    const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    return philox({low(counter), low(counter >> 32), 0, 0}, {low(seed), low(seed >> 32)});
}

// The sum wraps if, and only if, it is less than either term.
constexpr bool is_hit(std::uint32_t x, std::uint32_t y)
{
    const std::uint64_t square = std::uint64_t(x) * x;
    return square + std::uint64_t(y) * y >= square;
}

// Hits among the samples of an even number `from` to `to`.
inline std::uint64_t hits(std::uint64_t seed, std::size_t from, std::size_t to)
{
    std::uint64_t count = 0;
    for (std::size_t counter = from / 2; counter < to / 2; ++counter) {
        const Words w = words(seed, counter);
        count += (is_hit(w[0], w[1]) ? 1U : 0U) + (is_hit(w[2], w[3]) ? 1U : 0U);
    }
    if (to % 2 == 1) {
        const Words w = words(seed, to / 2);
        count += is_hit(w[0], w[1]) ? 1 : 0;
    }
    return count;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        constexpr std::size_t piece = 1 << 16;
        const auto counts = filled<std::uint64_t>(p, ceil_div(p.n, piece), [&p](std::size_t k) {
            return hits(p.seed, k * piece, std::min((k + 1) * piece, p.n));
        });
        Input in{.n = p.n, .seed = p.seed, .expected = 0};
        for (const std::uint64_t count : counts)
            in.expected += count;
        return in;
    });
}

inline CheckResult check(const Input& in, std::span<const std::uint64_t> count)
{
    return each_equal(count, 1, [&](std::size_t) { return in.expected; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(input(p), HostArray<std::uint64_t>(1), cost(p.n), check,
                      [kernel](const Input& in, std::span<std::uint64_t> count) {
                          count[0] = kernel(in.n, in.seed);
                      });
}

} // namespace workspan::montecarlo
