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
template <Home home> inline V next_sums(const std::uint32_t* from, V sums, Before& before)
{
    if constexpr (home == Home::cache)
        __builtin_prefetch(from + 256, 0, 3);
    const V pairs = load<home>(from) + V(from - 1, stdx::element_aligned);
    return sums + window_sums<1>(pairs, before);
}

struct Sums {
    std::uint32_t last, of_next;
};

// Prefix sums of n elements of which the first comes after `total`, and the last of them. To
// memory, as many vectors at once as the registers hold, which takes stores in long turns better.
// With `adding`, `in` lies in L2, and n elements of memory at `next` are added up on the way.
template <Home home, bool adding> Sums part(const std::uint32_t* in, std::uint32_t* out,
                                            std::size_t n, std::uint32_t total,
                                            const std::uint32_t* next)
{
    constexpr std::size_t lanes = V::size(), group = home != Home::memory ? 4
                                                     : lanes == 16        ? 16
                                                                          : 8;
    constexpr Home home_of_in = adding ? Home::cache : home;
    V of_next = 0;
    std::size_t i = 0;
    if (n >= lanes) {
        Before before = {};
        V sums = window_sums<0>(V(in, stdx::element_aligned), before) + total;
        if constexpr (adding)
            of_next = V(next, stdx::element_aligned);
        store<home>(out, sums);
        for (i = lanes; i + group * lanes <= n; i += group * lanes) {
            V results[group];
#pragma GCC unroll 16
            for (std::size_t k = 0; k < group; ++k) {
                results[k] = sums = next_sums<home_of_in>(in + i + k * lanes, sums, before);
                if constexpr (adding)
                    of_next += load<Home::memory>(next + i + k * lanes);
            }
#pragma GCC unroll 16
            for (std::size_t k = 0; k < group; ++k)
                store<home>(out + i + k * lanes, results[k]);
        }
        total = sums[lanes - 1];
    }
    std::uint32_t rest_of_next = 0;
    for (; i < n; ++i) {
        out[i] = total += in[i];
        if constexpr (adding)
            rest_of_next += next[i];
    }
    if constexpr (home == Home::memory)
        stream_fence();
    return {total, stdx::reduce(of_next) + rest_of_next};
}

std::uint32_t part(const std::uint32_t* in, std::uint32_t* out, std::size_t n, std::uint32_t total,
                   Home home)
{
    const auto with = home == Home::l1      ? part<Home::l1, false>
                      : home == Home::cache ? part<Home::cache, false>
                                            : part<Home::memory, false>;
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
Sharing sharing(std::size_t n, std::size_t team, Home home)
{
    const std::size_t piece =
        home == Home::memory ? std::size_t(1) << 17 : grains_of(n * 8 / (8 * team + 3) + 1);
    return {n, team, std::min(n, grains_of(piece * 3 / 8)), piece};
}

// Scans part p after `total`, and adds up part `next`.
Sums scan_and_add(const std::uint32_t* in, std::uint32_t* out, Part p, std::uint32_t total,
                  Part next, Home home)
{
    const std::size_t n = p.to - p.from;
    if (home == Home::memory && next.to - next.from == n)
        return part<Home::memory, true>(in + p.from, out + p.from, n, total, in + next.from);
    return {part(in + p.from, out + p.from, n, total, home),
            sum_of(in + next.from, next.to - next.from)};
}

} // namespace

void scan::seq(In in, std::span<std::uint32_t> out)
{
    part(in.data(), out.data(), out.size(), 0, home_of(8 * out.size()));
}

void scan::seq_plain(In in, std::span<std::uint32_t> out)
{
    plain(in.data(), out.data(), out.size());
}

// What is added up for a round stays until no thread can still read it, two rounds later.
void scan::omp(In in, std::span<std::uint32_t> out)
{
    const Home home = home_of(8 * out.size(), omp_get_max_threads());
    const auto team = static_cast<std::size_t>(omp_get_max_threads());
    const Sharing share = sharing(out.size(), team, home);
    std::vector<std::uint32_t> all_sums(2 * team);
#pragma omp parallel
    {
        const auto me = static_cast<std::size_t>(omp_get_thread_num());
        std::uint32_t *sums = all_sums.data(), *next_sums = sums + team;
        const Part first = share.part_of(me, 0);
        sums[me] = me == 0 ? part(in.data(), out.data(), share.head, 0, home)
                           : sum_of(in.data() + first.from, first.to - first.from);
        for (std::size_t round = 0; round < share.rounds(); ++round) {
#pragma omp barrier
            const std::uint32_t total =
                std::accumulate(sums, sums + (me == 0 ? team : me), std::uint32_t(0));
            const Part next = me == 0 ? Part{0, 0} : share.part_of(me, round + 1);
            const Sums done =
                scan_and_add(in.data(), out.data(), share.part_of(me, round), total, next, home);
            next_sums[me] = me == 0 ? done.last : done.of_next;
            std::swap(sums, next_sums);
        }
    }
}

} // namespace workspan
