// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/scan.hpp"

#include "cpu/sharing.hpp"
#include "cpu/simd.hpp"

#include <array>
#include <numeric>

namespace workspan {

namespace {

using In = std::span<const std::uint32_t>;
using V = Vector<std::uint32_t>;
constexpr int kLevels = std::countr_zero(
    V::size()); // of windows, each twice as long as the last; the longest is a vector long

// For each level the sums over its windows that end in the lanes of the vector before; zero where
// there is none.
using Before = std::array<V, kLevels>;

// Out of sums over windows of 2^level elements, those over windows as long as a vector.
template <int level> inline V window_sums(V sums, Before& before)
{
    if constexpr (level == kLevels)
        return sums;
    else {
        const V longer = sums + moved_up<1 << level>(before[level], sums);
        before[level] = sums;
        return window_sums<level + 1>(longer, before);
    }
}

// The prefix sums of the vector at `from`, after `sums`, those of the vector before it. Sums over
// pairs come from a second load, one element back, which costs no shuffle. The line 1 KiB further
// on is asked into L1, or that load would have to wait for two lines.
template <Residency residency> inline V next_sums(const std::uint32_t* from, V sums, Before& before)
{
    if constexpr (residency == Residency::cache)
        __builtin_prefetch(from + 256, 0, 3);
    const V pairs = load<residency>(from) + V(from - 1, stdx::element_aligned);
    return sums + window_sums<1>(pairs, before);
}

struct Sums {
    std::uint32_t last, of_next;
};

// Prefix sums of n elements of which the first comes after `total`, and the last of them. To
// memory, as many vectors at once as the registers hold, which takes stores in long turns better.
// With `adding`, `in` lies in L2, and n elements of memory at `next` are added up on the way.
template <Residency residency, bool adding> Sums part(const std::uint32_t* in, std::uint32_t* out,
                                                      std::size_t n, std::uint32_t total,
                                                      const std::uint32_t* next)
{
    constexpr std::size_t lanes = V::size(), group = residency != Residency::memory ? 4
                                                     : lanes == 16                  ? 16
                                                                                    : 8;
    constexpr Residency residency_of_in = adding ? Residency::cache : residency;
    V of_next = 0;
    std::size_t i = 0;
    if (n >= lanes) {
        Before before = {};
        V sums = window_sums<0>(V(in, stdx::element_aligned), before) + total;
        if constexpr (adding)
            of_next = V(next, stdx::element_aligned);
        store<residency>(out, sums);
        for (i = lanes; i + group * lanes <= n; i += group * lanes) {
            V results[group];
#pragma GCC unroll 16
            for (std::size_t k = 0; k < group; ++k) {
                results[k] = sums = next_sums<residency_of_in>(in + i + k * lanes, sums, before);
                if constexpr (adding)
                    of_next += load<Residency::memory>(next + i + k * lanes);
            }
#pragma GCC unroll 16
            for (std::size_t k = 0; k < group; ++k)
                store<residency>(out + i + k * lanes, results[k]);
        }
        total = sums[lanes - 1];
    }
    std::uint32_t rest_of_next = 0;
    for (; i < n; ++i) {
        out[i] = total += in[i];
        if constexpr (adding)
            rest_of_next += next[i];
    }
    if constexpr (residency == Residency::memory)
        stream_fence();
    return {total, stdx::reduce(of_next) + rest_of_next};
}

std::uint32_t part(const std::uint32_t* in, std::uint32_t* out, std::size_t n, std::uint32_t total,
                   Residency residency)
{
    const auto with = residency == Residency::l1      ? part<Residency::l1, false>
                      : residency == Residency::cache ? part<Residency::cache, false>
                                                      : part<Residency::memory, false>;
    return with(in, out, n, total, nullptr).last;
}

std::uint32_t sum_of(const std::uint32_t* in, std::size_t n)
{
    std::uint32_t sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < n; ++i)
        sum += in[i];
    return sum;
}

void plain(const std::uint32_t* in, std::uint32_t* out, std::size_t n)
{
    std::uint32_t total = 0;
    for (std::size_t i = 0; i < n; ++i)
        out[i] = total += in[i];
}

// In cache, one round, and a head as long as the others need to add up. In memory, rounds, in which
// the others add up their next pieces besides; pieces of 512 KiB stay in L2 until they are scanned.
Sharing sharing(std::size_t n, std::size_t team, Residency residency)
{
    const std::size_t piece = residency == Residency::memory
                                  ? std::size_t(1) << 17
                                  : grains_of(n * 8 / (8 * team + 3) + 1);
    return {n, team, std::min(n, grains_of(piece * 3 / 8)), piece};
}

// Scans part p after `total`, and adds up part `next`.
Sums scan_and_add(const std::uint32_t* in, std::uint32_t* out, Chunk p, std::uint32_t total,
                  Chunk next, Residency residency)
{
    const std::size_t n = p.to - p.from;
    if (residency == Residency::memory && next.to - next.from == n)
        return part<Residency::memory, true>(in + p.from, out + p.from, n, total, in + next.from);
    return {part(in + p.from, out + p.from, n, total, residency),
            sum_of(in + next.from, next.to - next.from)};
}

} // namespace

void scan::seq(In in, std::span<std::uint32_t> out)
{
    part(in.data(), out.data(), out.size(), 0, residency_of(8 * out.size()));
}

void scan::seq_plain(In in, std::span<std::uint32_t> out)
{
    plain(in.data(), out.data(), out.size());
}

void scan::omp_plain(In in, std::span<std::uint32_t> out)
{
    std::uint32_t sum = 0;
#pragma omp parallel for reduction(inscan, + : sum)
    for (std::size_t i = 0; i < in.size(); ++i) {
        sum += in[i];
#pragma omp scan inclusive(sum)
        out[i] = sum;
    }
}

// What is added up for a round stays until no thread can still read it, two rounds later.
void scan::omp(In in, std::span<std::uint32_t> out)
{
    const Residency residency = residency_of(8 * out.size(), omp_get_max_threads());
    const auto team = static_cast<std::size_t>(omp_get_max_threads());
    const Sharing share = sharing(out.size(), team, residency);
    std::vector<std::uint32_t> all_sums(2 * team);
#pragma omp parallel
    {
        const auto me = static_cast<std::size_t>(omp_get_thread_num());
        std::uint32_t *sums = all_sums.data(), *next_sums = sums + team;
        const Chunk first = share.part_of(me, 0);
        sums[me] = me == 0 ? part(in.data(), out.data(), share.head, 0, residency)
                           : sum_of(in.data() + first.from, first.to - first.from);
        for (std::size_t round = 0; round < share.rounds(); ++round) {
#pragma omp barrier
            const std::uint32_t total =
                std::accumulate(sums, sums + (me == 0 ? team : me), std::uint32_t(0));
            const Chunk next = me == 0 ? Chunk{0, 0} : share.part_of(me, round + 1);
            const Sums done = scan_and_add(in.data(), out.data(), share.part_of(me, round), total,
                                           next, residency);
            next_sums[me] = me == 0 ? done.last : done.of_next;
            std::swap(sums, next_sums);
        }
    }
}

} // namespace workspan
