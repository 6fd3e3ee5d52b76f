// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/scan.hpp"

#include "cpu/team_scan.hpp"

#include <array>

namespace workspan {

namespace {

using In = std::span<const std::uint32_t>;

// Prefix sums as an operator of team_scan.hpp.
struct Sums {
    using Value = std::uint32_t;
    using State = std::uint32_t;
    using V = Vector<std::uint32_t>;
    // Of windows, each twice as long as the last; the longest is as long as a vector.
    static constexpr int kLevels = std::countr_zero(V::size());
    // For each level the sums over windows that end in the lanes of the vector before; zero if
    // there is none.
    using Windows = std::array<V, kLevels>;

    const std::uint32_t* in;
    std::uint32_t* out;

    static constexpr std::size_t group(Residency residency)
    {
        return residency != Residency::memory ? 4 : V::size() == 16 ? 16 : 8;
    }
    static State combine(State first, State second) { return first + second; }
    static Value value_of(State sum) { return sum; }
    static State state_of(Value sum) { return sum; }
    State element(std::size_t i) const { return in[i]; }
    Value after(std::size_t i, Value sum) const { return sum + in[i]; }

    // Sums over windows as long as a vector, from sums over windows of 2^level elements.
    template <int level> static V window_sums(V sums, Windows& before)
    {
        if constexpr (level == kLevels)
            return sums;
        else {
            const V longer = sums + shift_up<1 << level>(before[level], sums);
            before[level] = sums;
            return window_sums<level + 1>(longer, before);
        }
    }
    V first(std::size_t i, Windows& before) const
    {
        return window_sums<0>(V(in + i, stdx::element_aligned), before);
    }
    // Sums over pairs come from a second load, one element back, which saves a shuffle. Prefetches
    // 1 KiB ahead into L1, or that load would wait for two lines.
    template <Residency residency> V next(std::size_t i, Windows& before) const
    {
        if constexpr (residency == Residency::cache)
            __builtin_prefetch(in + i + 256, 0, 3);
        const V pairs = load<residency>(in + i) + V(in + i - 1, stdx::element_aligned);
        return window_sums<1>(pairs, before);
    }
    static V apply(V windows, V sums) { return sums + windows; }

    struct Reduction {
        V sum = 0;
        void first(Sums op, std::size_t i) { sum = V(op.in + i, stdx::element_aligned); }
        void next(Sums op, std::size_t i) { sum += load<Residency::memory>(op.in + i); }
        void settle() {}
        State state() const { return stdx::reduce(sum); }
    };

    State reduce(Chunk chunk) const
    {
        std::uint32_t sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::size_t i = chunk.from; i < chunk.to; ++i)
            sum += in[i];
        return sum;
    }
};

void plain(const std::uint32_t* in, std::uint32_t* out, std::size_t n)
{
    std::uint32_t total = 0;
    for (std::size_t i = 0; i < n; ++i)
        out[i] = total += in[i];
}

// In cache, one round, and a head that takes as long to scan as a piece to reduce. In memory, many
// rounds; pieces of 512 KiB stay in L2 from their reduction to their scan.
Sharing sharing(std::size_t n, std::size_t team, Residency residency)
{
    const std::size_t piece = residency == Residency::memory
                                  ? std::size_t(1) << 17
                                  : whole_grains(n * 8 / (8 * team + 3) + 1);
    return {n, team, std::min(n, whole_grains(piece * 3 / 8)), piece};
}

} // namespace

void scan::seq(In in, std::span<std::uint32_t> out)
{
    scan_chunk(Sums{in.data(), out.data()}, {0, out.size()}, 0, residency_of(8 * out.size()));
}

void scan::seq_plain(In in, std::span<std::uint32_t> out)
{
    plain(in.data(), out.data(), out.size());
}

void scan::omp(In in, std::span<std::uint32_t> out)
{
    const int team = omp_get_max_threads();
    const Residency residency = residency_of(8 * out.size(), team);
    team_scan(Sums{in.data(), out.data()}, sharing(out.size(), std::size_t(team), residency),
              residency);
}

void scan::omp_plain(In in, std::span<std::uint32_t> out)
{
    std::vector<std::uint32_t> sums(std::size_t(omp_get_max_threads()) + 1);
#pragma omp parallel
    {
        const auto me = static_cast<std::size_t>(omp_get_thread_num());
        const auto [from, to] = my_chunk(in.size());
        sums[me + 1] = std::accumulate(in.data() + from, in.data() + to, 0U); // pass 1: reduce
#pragma omp barrier
        std::uint32_t total = std::accumulate(sums.data(), sums.data() + me + 1, 0U);
        for (std::size_t i = from; i < to; ++i) // pass 2: scan
            out[i] = total += in[i];
    }
}

} // namespace workspan
