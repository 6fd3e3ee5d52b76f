// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/montecarlo.hpp"

#include "cpu/simd.hpp"

#include <utility>

namespace workspan {

namespace {

using namespace montecarlo;
using V = Vector<std::uint64_t>;
using Raw = std::uint64_t __attribute__((vector_size(sizeof(V))));
using Halves = std::uint32_t __attribute__((vector_size(sizeof(V))));

// Vectors of counters in flight: a round has a latency of 7 cycles and occupies two units for 3.
constexpr std::size_t kVectors = 4;

// The four words of V::size() counters, each in the low half of a lane; the high half holds a
// remainder of the last product.
struct State {
    V a, b, c, d;
};

// The key schedule, each key in every lane.
struct Keys {
    V k[kRounds], l[kRounds];
};

Keys keys_of(std::uint64_t seed)
{
    const RoundKeys scalar = key_schedule(seed);
    Keys keys;
    for (std::size_t round = 0; round < kRounds; ++round) {
        keys.k[round] = scalar.k[round];
        keys.l[round] = scalar.l[round];
    }
    return keys;
}

// The 64-bit products of the low halves.
inline V product(V x, V y)
{
#if defined(__AVX512F__)
    return V(_mm512_maskz_mul_epu32(0xff, static_cast<__m512i>(x), static_cast<__m512i>(y)));
#elif defined(__AVX2__)
    return V(_mm256_mul_epu32(static_cast<__m256i>(x), static_cast<__m256i>(y)));
#elif defined(__SSE2__)
    return V(_mm_mul_epu32(static_cast<__m128i>(x), static_cast<__m128i>(y)));
#else
    return (x & V(0xffffffff)) * (y & V(0xffffffff));
#endif
}

// Swaps the halves of every lane, to have the high one in the low half. A shuffle, because a shift
// of 512 bits competes with the products for one unit.
inline V high(V x)
{
    return [&]<std::size_t... k>(std::index_sequence<k...>)
    {
        const auto halves = std::bit_cast<Halves>(x);
        return std::bit_cast<V>(__builtin_shufflevector(halves, halves, (k ^ 1)...));
    }
    (std::make_index_sequence<2 * V::size()>());
}

// One round of Philox.
inline void advance(State& s, V k, V l)
{
    const V first = product(V(kMultiplier[0]), s.a), second = product(V(kMultiplier[1]), s.c);
    s = {high(second) ^ s.b ^ k, second, high(first) ^ s.d ^ l, first};
}

// Adds 1 to the misses of every lane in which x x + y y wraps.
inline V count_misses(V misses, V x, V y)
{
    const V square = product(x, x), sum = square + product(y, y);
    return std::bit_cast<V>(std::bit_cast<Raw>(sum) < std::bit_cast<Raw>(square)
                                ? std::bit_cast<Raw>(misses + 1)
                                : std::bit_cast<Raw>(misses));
}

// The random words of `vectors` vectors of counters, from `counter` on.
template <std::size_t vectors>
inline void draw(const Keys& keys, std::uint64_t counter, State (&s)[vectors])
{
    // load: consecutive counters in the lanes
    const V lane([](auto k) { return std::uint64_t(k); });
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) {
        const V at = lane + V(counter + v * V::size());
        s[v] = {at, at >> 32, 0, 0};
    }
    // compute: ten rounds, all vectors side by side
#pragma GCC unroll 10
    for (int round = 0; round < kRounds; ++round)
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v)
            advance(s[v], keys.k[round], keys.l[round]);
}

// Hits among the first `samples` samples from `counter` on, at most a vector of counters.
std::uint64_t hits_of_rest(const Keys& keys, std::uint64_t counter, std::size_t samples)
{
    State s[1];
    draw(keys, counter, s);
    std::uint64_t hits = 0;
    for (std::size_t i = 0; i < samples; ++i) {
        const auto x = static_cast<std::uint32_t>(i % 2 == 0 ? s[0].a[i / 2] : s[0].c[i / 2]);
        const auto y = static_cast<std::uint32_t>(i % 2 == 0 ? s[0].b[i / 2] : s[0].d[i / 2]);
        hits += is_hit(x, y) ? 1 : 0;
    }
    return hits;
}

// Hits among the samples 2 from .. to - 1.
std::uint64_t hits_from(const Keys& keys, std::size_t from, std::size_t to)
{
    constexpr std::size_t step = kVectors * V::size();
    V misses = 0;
    std::size_t counter = from;
    for (; 2 * (counter + step) <= to; counter += step) {
        State s[kVectors];
        draw(keys, counter, s);
#pragma GCC unroll 4
        for (const State& w : s)
            misses = count_misses(count_misses(misses, w.a, w.b), w.c, w.d);
    }
    std::uint64_t hits = 2 * (counter - from) - stdx::reduce(misses);
    for (; 2 * counter < to; counter += V::size())
        hits += hits_of_rest(keys, counter, std::min(2 * V::size(), to - 2 * counter));
    return hits;
}

} // namespace

std::uint64_t montecarlo::seq(std::size_t n, std::uint64_t seed)
{
    return hits_from(keys_of(seed), 0, n);
}

std::uint64_t montecarlo::omp(std::size_t n, std::uint64_t seed)
{
    const Keys keys = keys_of(seed);
    std::uint64_t hits = 0;
#pragma omp parallel reduction(+ : hits)
    {
        const auto [from, to] = my_chunk((n + 1) / 2);
        hits = hits_from(keys, from, std::min(2 * to, n));
    }
    return hits;
}

} // namespace workspan
