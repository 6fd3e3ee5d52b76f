// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/linrec.hpp"

#include "cpu/sharing.hpp"
#include "cpu/simd.hpp"

#include <array>
#include <numeric>

namespace workspan {

namespace {

using In = std::span<const double>;
using V = Vector<double>;
constexpr int kLevels = std::countr_zero(
    V::size()); // of windows, each twice as long as the last; the longest is a vector long

// x -> a x + b: one map, or one in each lane.
template <class T> struct Map {
    T a = 1, b = 0;
};

template <class T> inline Map<T> composed(Map<T> first, Map<T> second)
{
    return {second.a * first.a, second.a * first.b + second.b};
}

// For each level the maps over its windows that end in the lanes of the vector before; x -> x where
// there is none.
using Before = std::array<Map<V>, kLevels>;

// Out of the maps over windows of 2^level elements, those over windows as long as a vector.
template <int level> inline Map<V> window_maps(Map<V> maps, Before& before)
{
    if constexpr (level == kLevels)
        return maps;
    else {
        const Map<V> earlier = {moved_up<1 << level>(before[level].a, maps.a),
                                moved_up<1 << level>(before[level].b, maps.b)};
        before[level] = maps;
        return window_maps<level + 1>(composed(earlier, maps), before);
    }
}

inline Map<V> first_maps(const double* a, const double* b, Before& before)
{
    return window_maps<0>({V(a, stdx::element_aligned), V(b, stdx::element_aligned)}, before);
}

// The window maps of the vectors at a and b. Maps over pairs come from a second load, one element
// back, which costs no shuffle. The lines 1 KiB further on are asked into L1, or that load would
// have to wait for two lines.
template <Residency residency>
inline Map<V> next_maps(const double* a, const double* b, Before& before)
{
    if constexpr (residency == Residency::cache) {
        __builtin_prefetch(a + 128, 0, 3);
        __builtin_prefetch(b + 128, 0, 3);
    }
    const Map<V> earlier = {V(a - 1, stdx::element_aligned), V(b - 1, stdx::element_aligned)};
    return window_maps<1>(composed(earlier, {load<residency>(a), load<residency>(b)}), before);
}

struct Ends {
    double x;
    Map<double> of_next;
};

// Products that have all but vanished are set to zero: they would become denormal numbers, with
// which a CPU computes a hundred times more slowly, and stay so for good, since 2^-1074 times 0.9
// is rounded to 2^-1074.
inline void forget_what_vanished(V& a)
{
    if (stdx::all_of(stdx::abs(a) < 0x1p-500))
        a = 0;
}

// n elements, of which the first comes after x, and the last of them. Several vectors at once,
// which takes stores in turns. With `composing`, a and b lie in L2, and n maps of memory, `next`
// elements further on, are composed on the way.
template <Residency residency, bool composing>
Ends part(const double* a, const double* b, double* out, std::size_t n, double x, std::size_t next)
{
    constexpr std::size_t lanes = V::size(), group = residency == Residency::memory ? 8 : 4;
    constexpr Residency residency_of_in = composing ? Residency::cache : residency;
    Map<double> of_next;
    std::size_t i = 0;
    if (n >= lanes) {
        Before before = {}, before_next = {};
        Map<V> maps = first_maps(a, b, before), maps_of_next;
        if constexpr (composing)
            maps_of_next = first_maps(a + next, b + next, before_next);
        V xs = maps.a * x + maps.b;
        store<residency>(out, xs);
        for (i = lanes; i + group * lanes <= n; i += group * lanes) {
            V results[group];
#pragma GCC unroll 8
            for (std::size_t k = 0; k < group; ++k) {
                const std::size_t at = i + k * lanes;
                maps = next_maps<residency_of_in>(a + at, b + at, before);
                results[k] = xs = maps.a * xs + maps.b;
                if constexpr (composing)
                    maps_of_next = composed(
                        maps_of_next,
                        next_maps<Residency::memory>(a + next + at, b + next + at, before_next));
            }
#pragma GCC unroll 8
            for (std::size_t k = 0; k < group; ++k)
                store<residency>(out + i + k * lanes, results[k]);
            if constexpr (composing)
                forget_what_vanished(maps_of_next.a);
        }
        x = xs[lanes - 1];
        of_next = {maps_of_next.a[lanes - 1], maps_of_next.b[lanes - 1]};
    }
    for (; i < n; ++i) {
        out[i] = x = a[i] * x + b[i];
        if constexpr (composing)
            of_next = composed(of_next, {a[i + next], b[i + next]});
    }
    if constexpr (residency == Residency::memory)
        stream_fence();
    return {x, of_next};
}

double part(const double* a, const double* b, double* out, std::size_t n, double x,
            Residency residency)
{
    const auto with = residency == Residency::l1      ? part<Residency::l1, false>
                      : residency == Residency::cache ? part<Residency::cache, false>
                                                      : part<Residency::memory, false>;
    return with(a, b, out, n, x, 0).x;
}

Map<double> composed(const double* a, const double* b, std::size_t n)
{
    constexpr std::size_t lanes = V::size(), group = 8;
    Map<double> all;
    std::size_t i = 0;
    if (n >= lanes) {
        Before before = {};
        Map<V> sofar = first_maps(a, b, before);
        for (i = lanes; i + group * lanes <= n; i += group * lanes) {
#pragma GCC unroll 8
            for (std::size_t k = 0; k < group; ++k)
                sofar = composed(sofar, next_maps<Residency::cache>(a + i + k * lanes,
                                                                    b + i + k * lanes, before));
            forget_what_vanished(sofar.a);
        }
        all = {sofar.a[lanes - 1], sofar.b[lanes - 1]};
    }
    for (; i < n; ++i)
        all = composed(all, {a[i], b[i]});
    return all;
}

void plain(const double* a, const double* b, double* out, std::size_t n)
{
    double x = 0;
    for (std::size_t i = 0; i < n; ++i)
        out[i] = x = a[i] * x + b[i];
}

// In cache, one round, and a head as long as a piece, since composing takes as long as scanning. In
// memory, rounds, in which the others compose the maps of their next pieces besides; pieces of 1
// MiB stay in L2 until they are scanned.
Sharing sharing(std::size_t n, std::size_t team, Residency residency)
{
    const std::size_t piece =
        residency == Residency::memory ? std::size_t(1) << 16 : grains_of(n / (team + 1) + 1);
    return {n, team, std::min(n, piece), piece};
}

// Scans part p after x, and composes the maps of part `next`.
Ends scan_and_compose(const double* a, const double* b, double* out, Chunk p, double x, Chunk next,
                      Residency residency)
{
    const std::size_t n = p.to - p.from;
    if (residency == Residency::memory && next.to - next.from == n)
        return part<Residency::memory, true>(a + p.from, b + p.from, out + p.from, n, x,
                                             next.from - p.from);
    return {part(a + p.from, b + p.from, out + p.from, n, x, residency),
            composed(a + next.from, b + next.from, next.to - next.from)};
}

} // namespace

void linrec::seq(In a, In b, std::span<double> x)
{
    part(a.data(), b.data(), x.data(), x.size(), 0, residency_of(24 * x.size()));
}

void linrec::seq_plain(In a, In b, std::span<double> x)
{
    plain(a.data(), b.data(), x.data(), x.size());
}

// What is composed for a round stays until no thread can still read it, two rounds later.
void linrec::omp(In a, In b, std::span<double> x)
{
    const Residency residency = residency_of(24 * x.size(), omp_get_max_threads());
    const auto team = static_cast<std::size_t>(omp_get_max_threads());
    const Sharing share = sharing(x.size(), team, residency);
    std::vector<Map<double>> all_maps(2 * team);
#pragma omp parallel
    {
        const auto me = static_cast<std::size_t>(omp_get_thread_num());
        Map<double>*maps = all_maps.data(), *next_maps = maps + team;
        const auto compose_part = [&](Chunk p) {
            return composed(a.data() + p.from, b.data() + p.from, p.to - p.from);
        };
        maps[me] =
            me == 0 ? Map<double>{0, part(a.data(), b.data(), x.data(), share.head, 0, residency)}
                    : compose_part(share.part_of(me, 0));
        for (std::size_t round = 0; round < share.rounds(); ++round) {
#pragma omp barrier
            const double before =
                std::accumulate(maps, maps + (me == 0 ? team : me), Map<double>(), composed<double>)
                    .b;
            const Chunk p = share.part_of(me, round),
                        next = me == 0 ? Chunk{0, 0} : share.part_of(me, round + 1);
            const Ends ends =
                scan_and_compose(a.data(), b.data(), x.data(), p, before, next, residency);
            next_maps[me] =
                me == 0 ? Map<double>{0, ends.x} : ends.of_next; // to x there, whatever came before
            std::swap(maps, next_maps);
        }
    }
}

} // namespace workspan
