// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/histogram.hpp"

#include "cpu/simd.hpp"

#include <array>

namespace workspan {

namespace {

using histogram::kBins;

// Four privatised copies of the bins, so that consecutive equal keys increment different counters:
// an increment that waits for store forwarding from the one before takes five times as long. The
// copies take 32 KiB and stay in L1.
constexpr std::size_t kCopies = 4;
constexpr std::size_t kLine = 16;    // keys in a cache line
constexpr std::size_t kAhead = 1024; // prefetch distance in keys; the hardware's is too short

// Adds the counts of n keys, modulo 2^32 as the counts themselves are.
void add_counts(const std::uint32_t* keys, std::size_t n, std::uint32_t* counts)
{
    alignas(64) std::array<std::array<std::uint32_t, kBins>, kCopies> copies = {};
    const std::size_t whole = n - n % kLine;
    for (std::size_t i = 0; i < whole; i += kLine) {
        __builtin_prefetch(keys + std::min(i + kAhead, n - 1));
        for (std::size_t k = 0; k < kLine; ++k)
            ++copies[k % kCopies][keys[i + k]];
    }
    for (std::size_t i = whole; i < n; ++i)
        ++copies[0][keys[i]];
    for (const auto& copy : copies)
        for (std::size_t bin = 0; bin < kBins; ++bin)
            counts[bin] += copy[bin];
}

} // namespace

void histogram::seq(std::span<const std::uint32_t> keys, std::span<std::uint32_t> counts)
{
    std::fill(counts.begin(), counts.end(), 0);
    add_counts(keys.data(), keys.size(), counts.data());
}

// Every thread counts its chunk of the keys in privatised bins, which are added to the result one
// thread after another.
void histogram::omp(std::span<const std::uint32_t> keys, std::span<std::uint32_t> counts)
{
    std::fill(counts.begin(), counts.end(), 0);
    std::uint32_t* const total = counts.data();
#pragma omp parallel reduction(+ : total[:kBins])
    {
        const auto [from, to] = my_chunk(keys.size());
        add_counts(keys.data() + from, to - from, total);
    }
}

void histogram::omp_plain(std::span<const std::uint32_t> keys, std::span<std::uint32_t> counts)
{
    std::fill(counts.begin(), counts.end(), 0);
    std::uint32_t* const total = counts.data();
#pragma omp parallel for reduction(+ : total[:kBins])
    for (const std::uint32_t key : keys)
        ++total[key];
}

} // namespace workspan
