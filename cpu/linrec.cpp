// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/linrec.hpp"

#include "cpu/team_scan.hpp"

#include <array>

namespace workspan {

namespace {

using In = std::span<const double>;

// x -> a x + b: one map, or one in each lane.
template <class T> struct Map {
    T a = 1, b = 0;
};

template <class T> inline Map<T> compose(Map<T> first, Map<T> second)
{
    return {second.a * first.a, second.a * first.b + second.b};
}

// A linear recurrence as an operator of team_scan.hpp.
struct Recurrence {
    using Value = double;
    using State = Map<double>;
    using V = Vector<double>;
    // Windows of 1, 2, 4, ... elements, each level twice as long as the last, up to a vector.
    static constexpr int kLevels = std::countr_zero(V::size());
    // For each level, the maps over the windows that end in the lanes of the previous vector; the
    // identity if there is none.
    using Windows = std::array<Map<V>, kLevels>;

    const double *a, *b;
    double* out;

    static constexpr std::size_t group(Residency residency)
    {
        return residency == Residency::memory ? 8 : 4;
    }
    static State combine(State first, State second) { return compose(first, second); }
    static Value value_of(State map) { return map.b; } // x[-1] = 0
    static State state_of(Value x) { return {0, x}; }  // the constant map to x
    State element(std::size_t i) const { return {a[i], b[i]}; }
    Value after(std::size_t i, Value x) const { return a[i] * x + b[i]; }

    // Maps over windows as long as a vector, from maps over windows of 2^level elements; `before`
    // holds those of the previous vector.
    template <int level> static Map<V> window_maps(Map<V> maps, Windows& before)
    {
        if constexpr (level == kLevels)
            return maps;
        else {
            const Map<V> earlier = {shift_up<1 << level>(before[level].a, maps.a),
                                    shift_up<1 << level>(before[level].b, maps.b)};
            before[level] = maps;
            return window_maps<level + 1>(compose(earlier, maps), before);
        }
    }
    Map<V> first(std::size_t i, Windows& before) const
    {
        return window_maps<0>({V(a + i, stdx::element_aligned), V(b + i, stdx::element_aligned)},
                              before);
    }
    // Maps over pairs come from a second load, one element back, which saves a shuffle. Prefetches
    // 1 KiB ahead into L1, or that load would wait for two lines.
    template <Residency residency> Map<V> next(std::size_t i, Windows& before) const
    {
        if constexpr (residency == Residency::cache) {
            __builtin_prefetch(a + i + 128, 0, 3);
            __builtin_prefetch(b + i + 128, 0, 3);
        }
        const Map<V> earlier = {V(a + i - 1, stdx::element_aligned),
                                V(b + i - 1, stdx::element_aligned)};
        return window_maps<1>(compose(earlier, {load<residency>(a + i), load<residency>(b + i)}),
                              before);
    }
    static V apply(Map<V> maps, V x) { return maps.a * x + maps.b; }

    struct Reduction;
    State reduce(Chunk chunk) const;
};

// Flushes negligible products to zero: they would become denormal, which slows a CPU down a
// hundredfold, and stay so, since 2^-1074 times 0.9 rounds to 2^-1074.
inline void flush_negligible(Vector<double>& a)
{
    if (stdx::all_of(stdx::abs(a) < 0x1p-500))
        a = 0;
}

struct Recurrence::Reduction {
    Map<V> maps;
    Windows windows = {};

    void first(Recurrence op, std::size_t i) { maps = op.first(i, windows); }
    template <Residency residency = Residency::memory> void next(Recurrence op, std::size_t i)
    {
        maps = compose(maps, op.next<residency>(i, windows));
    }
    void settle() { flush_negligible(maps.a); }
    State state() const { return {maps.a[V::size() - 1], maps.b[V::size() - 1]}; }
};

Map<double> Recurrence::reduce(Chunk chunk) const
{
    constexpr std::size_t lanes = V::size(), group = 8;
    Reduction reduction;
    std::size_t i = chunk.from;
    if (chunk.to - i >= lanes) {
        reduction.first(*this, i);
        for (i += lanes; i + group * lanes <= chunk.to; i += group * lanes) {
#pragma GCC unroll 8
            for (std::size_t k = 0; k < group; ++k)
                reduction.next<Residency::cache>(*this, i + k * lanes);
            reduction.settle();
        }
    }
    State all = reduction.state();
    for (; i < chunk.to; ++i)
        all = compose(all, element(i));
    return all;
}

void plain(const double* a, const double* b, double* out, std::size_t n)
{
    double x = 0;
    for (std::size_t i = 0; i < n; ++i)
        out[i] = x = a[i] * x + b[i];
}

// In cache, one round, and a head as long as a piece, since composing takes as long as scanning.
// Beyond the caches, many rounds; pieces of 1 MiB stay in L2 from their reduction to their scan.
Sharing sharing(std::size_t n, std::size_t team, Residency residency)
{
    const std::size_t piece =
        residency == Residency::memory ? std::size_t(1) << 16 : whole_grains(n / (team + 1) + 1);
    return {n, team, std::min(n, piece), piece};
}

} // namespace

void linrec::seq(In a, In b, std::span<double> x)
{
    scan_chunk(Recurrence{a.data(), b.data(), x.data()}, {0, x.size()}, 0,
               residency_of(24 * x.size()));
}

void linrec::seq_plain(In a, In b, std::span<double> x)
{
    plain(a.data(), b.data(), x.data(), x.size());
}

void linrec::omp(In a, In b, std::span<double> x)
{
    const int team = omp_get_max_threads();
    const Residency residency = residency_of(24 * x.size(), team);
    team_scan(Recurrence{a.data(), b.data(), x.data()},
              sharing(x.size(), std::size_t(team), residency), residency);
}

} // namespace workspan
