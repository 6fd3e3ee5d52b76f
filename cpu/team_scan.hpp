// SPDX-License-Identifier: Apache-2.0
// A scan with an associative operator by a team, in rounds of one piece per thread (reduce, then
// scan: Blelloch 1990). Thread 0 scans the head while the others reduce their first pieces. In each
// round every thread scans its piece, which it has just read, and reduces its piece of the next
// round. For a team of 4:
//
//     | head | 1 | 2 | 3 | 0 | 1 | 2 | 3 | 0 | ...      the thread of a piece
//            |    round 0    |    round 1    |
//
// Thread 0 has the last piece of each round, so it knows the total without a reduction.
//
// An Operator of a workload, over its input and its output `out`, has
//     Value, V              a result, and a vector of them
//     State                 the effect of a range of elements on later results; State() is neutral
//     combine(s, t)         the states of two adjacent ranges; value_of(s), state_of(value)
//     element(i), after(i, value)       the state of one element; the result i after `value`
//     Windows, first(i, windows), next<residency>(i, windows), apply(window, values)
//                           the states of windows as long as a vector, and their results
//     Reduction             of a piece while another is scanned: first, next, settle, state
//     reduce(chunk)         the state of a piece, on its own
//     group(residency)      vectors in a burst of stores
#pragma once

#include "cpu/simd.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace workspan {

// How a team shares n elements: pieces of `piece` after a head.
struct Sharing {
    std::size_t n, team, head, piece;

    Chunk chunk_of(std::size_t thread, std::size_t round) const
    {
        const std::size_t place = round * team + (thread == 0 ? team : thread) - 1;
        return {std::min(n, head + place * piece), std::min(n, head + (place + 1) * piece)};
    }
    std::size_t rounds() const { return head < n ? ceil_div(n - head, team * piece) : 0; }
};

// Rounded up so that chunks begin on a cache line.
constexpr std::size_t whole_grains(std::size_t elements) { return round_up(elements, 64); }

// The results of one loop: the last element of the chunk that it scans, and the state of the chunk
// that it reduces.
template <class Operator> struct Ends {
    typename Operator::Value last;
    typename Operator::State of_next;
};

// The elements after whole vectors.
template <Residency residency, bool reducing, class Operator>
Ends<Operator> scan_rest(Operator op, Chunk chunk, typename Operator::Value value,
                         typename Operator::State of_next, std::size_t distance)
{
    for (std::size_t i = chunk.from; i < chunk.to; ++i) {
        op.out[i] = value = op.after(i, value);
        if constexpr (reducing)
            of_next = Operator::combine(of_next, op.element(i + distance));
    }
    if constexpr (residency == Residency::memory)
        stream_fence();
    return {value, of_next};
}

// Scans a chunk; `value` is the result before its first element. In memory, vectors are stored in
// bursts that fill the registers. With `reducing`, the chunk is in L2, and the one `distance`
// elements further on is read from memory and reduced in the same loop.
template <Residency residency, bool reducing, class Operator> Ends<Operator>
scan_chunk(Operator op, Chunk chunk, typename Operator::Value value, std::size_t distance)
{
    using V = typename Operator::V;
    constexpr std::size_t lanes = V::size(), group = Operator::group(residency);
    constexpr Residency residency_of_in = reducing ? Residency::cache : residency;
    typename Operator::Reduction reduction;
    std::size_t i = chunk.from;
    if (chunk.to - i >= lanes) {
        // the first vector, which has no element before it
        typename Operator::Windows windows = {};
        V values = op.apply(op.first(i, windows), value);
        if constexpr (reducing)
            reduction.first(op, i + distance);
        store<residency>(op.out + i, values);
        // bursts of vectors
        for (i += lanes; i + group * lanes <= chunk.to; i += group * lanes) {
            V results[group];
#pragma GCC unroll 16
            for (std::size_t k = 0; k < group; ++k) {
                const std::size_t at = i + k * lanes;
                results[k] = values =
                    op.apply(op.template next<residency_of_in>(at, windows), values);
                if constexpr (reducing)
                    reduction.next(op, at + distance);
            }
#pragma GCC unroll 16
            for (std::size_t k = 0; k < group; ++k)
                store<residency>(op.out + i + k * lanes, results[k]);
            if constexpr (reducing)
                reduction.settle();
        }
        value = values[lanes - 1];
    }
    return scan_rest<residency, reducing>(op, {i, chunk.to}, value, reduction.state(), distance);
}

template <class Operator> typename Operator::Value
scan_chunk(Operator op, Chunk chunk, typename Operator::Value value, Residency residency)
{
    const auto scan = residency == Residency::l1 ? scan_chunk<Residency::l1, false, Operator>
                      : residency == Residency::cache
                          ? scan_chunk<Residency::cache, false, Operator>
                          : scan_chunk<Residency::memory, false, Operator>;
    return scan(op, chunk, value, 0).last;
}

// Scans a chunk and reduces the next one.
template <class Operator> Ends<Operator> scan_and_reduce(Operator op, Chunk chunk,
                                                         typename Operator::Value value, Chunk next,
                                                         Residency residency)
{
    if (residency == Residency::memory && next.to - next.from == chunk.to - chunk.from)
        return scan_chunk<Residency::memory, true>(op, chunk, value, next.from - chunk.from);
    return {scan_chunk(op, chunk, value, residency), op.reduce(next)};
}

// Scans all elements. The states of a round are double-buffered: they are overwritten two rounds
// later, when no thread can still read them. The operator is private to each thread: if it were
// shared, GCC would reload its pointers in inner loops and gather instead of loading vectors.
template <class Operator> void team_scan(Operator op, const Sharing& share, Residency residency)
{
    using State = typename Operator::State;
    const std::size_t team = share.team;
    std::vector<State> all_states(2 * team);
#pragma omp parallel firstprivate(op)
    {
        const auto me = static_cast<std::size_t>(omp_get_thread_num());
        State *states = all_states.data(), *next_states = states + team;
        states[me] = me == 0 ? op.state_of(scan_chunk(op, {0, share.head}, 0, residency))
                             : op.reduce(share.chunk_of(me, 0));
        for (std::size_t round = 0; round < share.rounds(); ++round) {
#pragma omp barrier
            const State before =
                std::accumulate(states, states + (me == 0 ? team : me), State(), Operator::combine);
            const Chunk chunk = share.chunk_of(me, round),
                        next = me == 0 ? Chunk{0, 0} : share.chunk_of(me, round + 1);
            const auto ends = scan_and_reduce(op, chunk, op.value_of(before), next, residency);
            next_states[me] = me == 0 ? op.state_of(ends.last) : ends.of_next;
            std::swap(states, next_states);
        }
    }
}

} // namespace workspan
