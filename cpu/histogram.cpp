// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/histogram.hpp"

#include "cpu/simd.hpp"

#include <array>

namespace workspan {

namespace {

using histogram::kBins;

// Four copies, so that equal keys in a row meet in different counters: an increment that must wait
// for the store of the one before takes five times as long. Together they take 32 KiB and stay in
// the first-level cache.
constexpr std::size_t kCopies = 4;
constexpr std::size_t kLine = 16; // keys in a cache line
constexpr std::size_t kAhead =
    1024; // keys from the line in use to the one asked for: the hardware runs too short a way ahead

// Adds what is counted. Sums are modulo 2^32, as the counts are, so no number of keys can spoil
// them.
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

// Every thread counts its part of the keys in a copy of its own; the copies are added, one thread
// after another, at the end.
void histogram::omp(std::span<const std::uint32_t> keys, std::span<std::uint32_t> counts)
{
    std::fill(counts.begin(), counts.end(), 0);
    std::uint32_t* const total = counts.data();
#pragma omp parallel reduction(+ : total[:kBins])
    {
        const auto [from, to] = my_part(keys.size());
        add_counts(keys.data() + from, to - from, total);
    }
}

} // namespace workspan
