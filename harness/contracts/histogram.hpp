// SPDX-License-Identifier: Apache-2.0
// histogram: the counts of the 2048 values among n uint32 keys below 2048. One increment per 4
// bytes: bound by conflicting increments of the same bin (store-to-load forwarding), not by memory.
// Parallel pattern: scatter with conflicts, resolved by privatised bins that are added at the end.
// Arithmetic intensity 1/4 operation per byte.
// seq: four copies of the bins in turn, so that consecutive equal keys increment different
// counters.
// omp: the same in each thread, with privatised bins that are added at the end.
// omp_plain: `omp parallel for reduction` over the formula, one copy of the bins per
// thread.
// cuda: each block counts in privatised copies in shared memory, neighbouring lanes in different
// copies, padded so that the counters of a bin lie in different banks (Gomez-Luna et al. 2013), and
// adds them to the result by atomics.
// cuda_naive: one thread per key, atomic increments of the result in global memory.
// Input: `uniform`, all bins equally likely, or `zipf`, a share of the k-th most frequent bin
// proportional to 1 / k (12 % for the first), bins scattered by a permutation: the skew of words
// and of web traffic, and the worst case of conflicts.
// Check: every count, equal to a plain loop's; counts are integers, so every order gives the same
// result. A key that is skipped or counted twice changes a count, one in a wrong bin changes two.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

namespace workspan::histogram {

inline constexpr std::uint32_t kBins = 2048; // a power of two

struct Input {
    HostArray<std::uint32_t> keys;
    std::vector<std::uint32_t> expected;
};
using Kernel = void(std::span<const std::uint32_t> keys,
                    std::span<std::uint32_t> counts);   // overwrites all kBins counts
Kernel seq, omp, omp_plain;                             // cpu/histogram.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&); // gpu/histogram.cu

inline Cost cost(std::size_t n)
{
    return {.flops = double(n), .bytes = 4.0 * double(n), .items = double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    return {.host_shared = 4.0 * double(p.n),
            .host_case = 4.0 * kBins,
            .device_case = 4.0 * double(p.n)};
}

inline Contract contract()
{
    return {.summary = "counts of 2048 values among n 32-bit keys",
            .sizes = powers_of_two({15, 16, 20, 24, 26, 28}),
            .quick = powers_of_two({15, 26}),
            .ceiling = "read",
            .rate = Rate::bytes,
            .footprint = footprint,
            .cost = cost,
            .axes = {{"input", {"uniform", "zipf"}}}};
}

// The inverse of the cumulative distribution of 1 / k by a table of 2^16 quantiles: quantile q
// belongs to one bin.
inline std::vector<std::uint16_t> zipf_quantiles()
{
    double total = 0;
    for (std::uint32_t k = 1; k <= kBins; ++k)
        total += 1.0 / k;
    std::vector<std::uint16_t> bin_of(1 << 16);
    double below = 0;
    for (std::uint32_t k = 1, q = 0; k <= kBins; ++k) {
        below += 1.0 / k / total;
        while (q < bin_of.size() && (q < below * double(bin_of.size()) || k == kBins))
            bin_of[q++] = static_cast<std::uint16_t>(
                ((k - 1) * 1103U) % kBins); // odd factor: a permutation of the bins
    }
    return bin_of;
}

// The reference: a plain loop over each piece.
inline void count(Input& in)
{
    constexpr std::size_t grain = std::size_t(1) << 20; // many keys for each bin to be added
    std::vector<std::vector<std::uint32_t>> pieces(ceil_div(in.keys.size(), grain));
    in_pieces(
        in.keys.size(),
        [&](std::size_t from, std::size_t to) {
            std::vector<std::uint32_t> counts(kBins);
            for (std::size_t i = from; i < to; ++i)
                ++counts[in.keys[i]];
            pieces[from / grain] = std::move(counts);
        },
        grain);
    for (const auto& counts : pieces)
        for (std::size_t bin = 0; bin < kBins; ++bin)
            in.expected[bin] += counts[bin];
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        const bool skewed = p.keys.contains("input") && p.keys.at("input") == "zipf";
        const auto bin_of = skewed ? zipf_quantiles() : std::vector<std::uint16_t>();
        Input in{filled<std::uint32_t>(p, p.n,
                                       [&](std::size_t i) -> std::uint32_t {
                                           const std::uint64_t bits = random_bits(p.seed, i);
                                           return skewed ? bin_of[bits >> 48]
                                                         : static_cast<std::uint32_t>(bits >> 53);
                                       }),
                 std::vector<std::uint32_t>(kBins)};
        count(in);
        return in;
    });
}

inline CheckResult check(const Input& in, std::span<const std::uint32_t> counts)
{
    return each_equal(counts, kBins, [&](std::size_t bin) { return in.expected[bin]; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(
        input(p), HostArray<std::uint32_t>(kBins), cost(p.n), check,
        [kernel](const Input& in, std::span<std::uint32_t> counts) { kernel(in.keys, counts); });
}

} // namespace workspan::histogram
