// SPDX-License-Identifier: Apache-2.0
// read: the exclusive or of n 64-bit words. One operation per word, so bound by read bandwidth: it
// is the read ceiling of other workloads.
// Parallel pattern: reduction. Arithmetic intensity 1/8 operation per byte.
// seq and omp: several vector accumulators hide the latency of the operation; omp combines one word
// per thread.
// With the key passes the results of the passes form one word: before the next one it is multiplied
// by x in GF(2^64), so that no two passes cancel. That is linear over exclusive or, so each thread
// goes over its chunk again and again, without a barrier, and the threads' words are combined at
// the end.
// cuda: coalesced 16-byte loads in a grid-stride loop, warp shuffles, and the last block to finish
// combines the words of all blocks: one launch.
// Check: exact, against a plain loop. Exclusive or is associative, so every order gives the same
// bits; words are random, so that a word that is skipped or read twice flips about half of the
// result's bits. K passes give the word of one times 1 + x + ... + x^(K - 1); x is primitive, so
// that is another word for every K up to 2^64 - 2: a skipped pass changes the result.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <numeric>

namespace workspan::read {

struct Input {
    HostArray<std::uint64_t> words;
    std::uint64_t expected;
    std::size_t passes;
};
using Kernel = std::uint64_t(std::span<const std::uint64_t> words, std::size_t passes);
Kernel seq, omp;            // cpu/read.cpp
Trial cuda(const Problem&); // gpu/read.cu

inline Cost cost(std::size_t n)
{
    return {.flops = double(n), .bytes = 8.0 * double(n), .items = double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    return {.host_shared = 8.0 * double(p.n), .host_case = 8, .device_case = 8.0 * double(p.n)};
}

inline Contract contract()
{
    return {.summary = "xor of n 64-bit words: the read bandwidth ceiling",
            .sizes = powers_of_two({10, 12, 14, 16, 20, 24, 25, 27}),
            .quick = powers_of_two({14, 25}),
            .ceiling = "read",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            .axes = {{kPassesKey, {""}, {}, Axis::Takes::sizes}},
            .l1 = {.per_thread = 1536, .passes = 512},
            .l2 = {.per_thread = 24576, .passes = 16}};
}

// Times x modulo x^64 + x^4 + x^3 + x + 1, a primitive polynomial (Stahnke 1973): of a word, or of
// each word of a vector.
template <class Word> constexpr Word times_x(Word w)
{
    return (w << 1) ^ ((Word(0) - (w >> 63)) & Word(0x1b));
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        Input in{
            filled<std::uint64_t>(p, p.n, [&p](std::size_t i) { return random_bits(p.seed, i); }),
            0, passes_of(p)};
        const auto sums = of_pieces<std::uint64_t>(p.n, [&](std::size_t from, std::size_t to) {
            return std::accumulate(in.words.begin() + from, in.words.begin() + to, std::uint64_t(0),
                                   std::bit_xor());
        });
        const auto once =
            std::accumulate(sums.begin(), sums.end(), std::uint64_t(0), std::bit_xor());
        for (std::size_t pass = 0; pass < in.passes; ++pass)
            in.expected = times_x(in.expected) ^ once;
        return in;
    });
}

inline CheckResult check(const Input& in, std::span<const std::uint64_t> out)
{
    return each_equal(out, 1, [&](std::size_t) { return in.expected; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(input(p), HostArray<std::uint64_t>(1), double(passes_of(p)) * cost(p.n),
                      check, [kernel](const Input& in, std::span<std::uint64_t> out) {
                          out[0] = kernel(in.words, in.passes);
                      });
}

} // namespace workspan::read
