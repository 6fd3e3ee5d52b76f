// SPDX-License-Identifier: Apache-2.0
// Single-pass scans with decoupled look-back (Merrill, Garland 2016), shared by the workloads that
// scan: tiles of a sequence are taken in order by a ticket; each says first what its own elements
// come to (its aggregate), then what all up to its end come to (its prefix), and learns what comes
// before it by looking back over as many tiles as have only said the former. No tile waits for a
// later one, and a ticket is drawn only by a block that runs, so that the tile that everyone waits
// for always makes progress.
// A State is what elements come to, trivially copyable, of whole 32-bit words; State{} is neutral
// and combine(earlier, later) associative.
#pragma once

#include "gpu/device.cuh"

#include <array>
#include <bit>
#include <cuda/atomic>

namespace workspan {

template <class State> using StateWords = std::array<unsigned, sizeof(State) / sizeof(unsigned)>;

// The State of the lane `distance` below, or above, in the warp; a lane that has none gets its own.
template <class State> __device__ State from_lane_below(const State& state, unsigned distance)
{
    auto words = std::bit_cast<StateWords<State>>(state);
    for (unsigned& word : words)
        word = __shfl_up_sync(~0U, word, distance);
    return std::bit_cast<State>(words);
}

template <class State> __device__ State from_lane_above(const State& state, unsigned distance)
{
    auto words = std::bit_cast<StateWords<State>>(state);
    for (unsigned& word : words)
        word = __shfl_down_sync(~0U, word, distance);
    return std::bit_cast<State>(words);
}

template <class State> __device__ State from_lane(const State& state, unsigned lane)
{
    auto words = std::bit_cast<StateWords<State>>(state);
    for (unsigned& word : words)
        word = __shfl_sync(~0U, word, lane);
    return std::bit_cast<State>(words);
}

// Inclusive scan over the lanes of a warp.
template <class State, class Combine> __device__ State scan_warp(State state, Combine combine)
{
    for (unsigned distance = 1; distance < 32; distance *= 2) {
        const State earlier = from_lane_below(state, distance);
        if (threadIdx.x % 32 >= distance)
            state = combine(earlier, state);
    }
    return state;
}

// What a tile has said. A run's number is part of it, so that what an earlier run left behind
// counts as nothing and no launch has to clear it.
enum class Said : unsigned { nothing, aggregate, prefix };

__device__ inline unsigned flag_of(unsigned run, Said said)
{
    return run * 4 + static_cast<unsigned>(said);
} // modulo 2^32
__device__ inline Said said_by(unsigned flag, unsigned run)
{
    const unsigned said = flag - run * 4;
    return said <= static_cast<unsigned>(Said::prefix) ? static_cast<Said>(said) : Said::nothing;
}

// A State of 32 bits lies with its flag in one word of 64 bits, which is written and read as a
// whole: no order of memory to care for.
struct PackedDescriptor {
    unsigned long long word;

    __device__ void say(unsigned run, Said said, std::uint32_t state)
    {
        const unsigned long long flag = flag_of(run, said);
        cuda::atomic_ref<unsigned long long, cuda::thread_scope_device>(word).store(
            flag << 32 | state, cuda::memory_order_relaxed);
    }
    __device__ Said listen(unsigned run, std::uint32_t& state)
    {
        const auto now = cuda::atomic_ref<unsigned long long, cuda::thread_scope_device>(word).load(
            cuda::memory_order_relaxed);
        state = static_cast<std::uint32_t>(now);
        return said_by(static_cast<unsigned>(now >> 32), run);
    }
};

// A larger State lies apart from its flag: written before the flag is released, read after it is
// acquired. Aggregate and prefix have a place each, since the one may still be read while the other
// is written. No place is read by one run while the next writes it, since the next kernel of the
// stream begins when all blocks of the one before have ended.
template <class State> struct WideDescriptor {
    State aggregate, prefix;
    unsigned flag;

    __device__ void say(unsigned run, Said said, const State& state)
    {
        (said == Said::prefix ? prefix : aggregate) = state;
        cuda::atomic_ref<unsigned, cuda::thread_scope_device>(flag).store(
            flag_of(run, said), cuda::memory_order_release);
    }
    __device__ Said listen(unsigned run, State& state)
    {
        const Said said = said_by(cuda::atomic_ref<unsigned, cuda::thread_scope_device>(flag).load(
                                      cuda::memory_order_acquire),
                                  run);
        if (said != Said::nothing)
            state = said == Said::prefix ? prefix : aggregate;
        return said;
    }
};

template <class State> using Descriptor =
    std::conditional_t<sizeof(State) == 4, PackedDescriptor, WideDescriptor<State>>;

// What all tiles before `tile` come to; called by one whole warp, whose every lane gets it. Lane l
// listens to tile - 1 - l until it has said something; if one of the 32 has said its prefix, the
// nearest such ends the walk, otherwise it goes on 32 tiles further back.
template <class State, class Combine> __device__ State look_back(Descriptor<State>* descriptors,
                                                                 std::size_t tile, unsigned run,
                                                                 Combine combine)
{
    const unsigned lane = threadIdx.x % 32;
    State later = {};
    for (std::size_t end = tile; end > 0;
         end -=
         32) { // tiles end - 32 .. end - 1; tile 0 always says its prefix, so end never passes it
        State state = {};
        Said said = Said::prefix; // a lane past tile 0 knows that nothing comes before
        if (lane < end)
            while ((said = descriptors[end - 1 - lane].listen(run, state)) == Said::nothing) {
            }
        const unsigned prefixes = __ballot_sync(~0U, said == Said::prefix);
        const unsigned last = prefixes == 0 ? 31 : __ffs(static_cast<int>(prefixes)) - 1;
        if (lane > last)
            state = {};
        for (unsigned distance = 1; distance < 32; distance *= 2) {
            const State earlier = from_lane_above(state, distance);
            if (lane + distance < 32)
                state = combine(earlier, state);
        }
        later = combine(from_lane(state, 0), later);
        if (prefixes != 0)
            break;
    }
    return later;
}

// What the warps before this thread's, and all warps of the block, come to, given what its own
// does. All threads call it.
template <class State> struct Around {
    State before, all;
};

template <unsigned kWarps, class State, class Combine>
__device__ Around<State> across_warps(const State& of_mine, Combine combine)
{
    __shared__ StateWords<State> of_warp[kWarps];
    if (threadIdx.x % 32 == 0)
        of_warp[threadIdx.x / 32] = std::bit_cast<StateWords<State>>(of_mine);
    __syncthreads(); // every warp's State is there
    Around<State> around = {};
    for (unsigned warp = 0; warp < kWarps; ++warp) {
        if (warp == threadIdx.x / 32)
            around.before = around.all;
        around.all = combine(around.all, std::bit_cast<State>(of_warp[warp]));
    }
    return around;
}

// What all tiles before this block's come to, given what its own does; all threads call it, once in
// a kernel, and the first warp does the work.
template <class State, class Combine>
__device__ State before_tile(Descriptor<State>* descriptors, std::size_t tile, unsigned run,
                             const State& aggregate, Combine combine)
{
    __shared__ StateWords<State> found;
    if (threadIdx.x < 32) {
        State before = {};
        if (tile > 0) {
            if (threadIdx.x == 0)
                descriptors[tile].say(run, Said::aggregate, aggregate);
            before = look_back<State>(descriptors, tile, run, combine);
        }
        if (threadIdx.x == 0) {
            descriptors[tile].say(run, Said::prefix, combine(before, aggregate));
            found = std::bit_cast<StateWords<State>>(before);
        }
    }
    __syncthreads(); // what was found is there for all
    return std::bit_cast<State>(found);
}

// Gives a block the next tile of this run; all threads call it. Tickets go on counting from run to
// run, modulo 2^32 as unsigned numbers do.
__device__ inline std::size_t next_tile(unsigned* tickets, unsigned run)
{
    __shared__ unsigned tile;
    if (threadIdx.x == 0)
        tile = atomicAdd(tickets, 1) - (run - 1) * gridDim.x;
    __syncthreads(); // the ticket is known to all
    return tile;
}

// What a scan keeps on the device from run to run. Runs are numbered from 1; memory begins as
// zeros, which say nothing to any run.
template <class State> struct LookBack {
    explicit LookBack(std::size_t tiles) : descriptors(tiles), tickets(1)
    {
        descriptors.fill(0);
        tickets.fill(0);
    }
    DeviceArray<Descriptor<State>> descriptors;
    DeviceArray<unsigned> tickets;
    unsigned run = 0;
};

} // namespace workspan
