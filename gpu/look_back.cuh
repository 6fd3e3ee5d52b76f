// SPDX-License-Identifier: Apache-2.0
// Single-pass scans with decoupled look-back (Merrill, Garland 2016). Blocks take the tiles of a
// sequence in order, by a ticket. A tile first publishes its aggregate (of its own elements), then
// its inclusive prefix (of all elements up to its end); in between it looks back over the tiles
// before it, combining their aggregates, until it finds a prefix:
//
//     tile        0     1     2     3     4     5      <- looks back from here
//     published   P     P     A     P     A
//                                   P  +  A            = the exclusive prefix of tile 5
//
// Forward progress: no tile waits for a later one, and only running blocks draw tickets, so that
// the tile that others wait for always runs.
// A State is a partial result of the scan: trivially copyable, of whole 32-bit words; State{} is
// neutral and combine(earlier, later) associative.
#pragma once

#include "gpu/device.cuh"

#include <array>
#include <bit>
#include <cuda/atomic>

namespace workspan {

template <class State> using StateWords = std::array<unsigned, sizeof(State) / sizeof(unsigned)>;

// The State of the lane `distance` below, or above, in the warp; its own if there is none.
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

// The status flag of a tile contains the number of the run, so that flags of earlier runs read as
// `invalid` and no launch has to reset them.
enum class TileStatus : unsigned { invalid, aggregate, prefix };

__device__ inline unsigned flag_of(unsigned run, TileStatus status)
{
    return run * 4 + static_cast<unsigned>(status); // modulo 2^32
}
__device__ inline TileStatus status_of(unsigned flag, unsigned run)
{
    const unsigned status = flag - run * 4;
    return status <= static_cast<unsigned>(TileStatus::prefix) ? static_cast<TileStatus>(status)
                                                               : TileStatus::invalid;
}

// A 32-bit State and its flag share one 64-bit word, which is written and read atomically: relaxed
// memory order is enough.
struct PackedDescriptor {
    unsigned long long word;

    __device__ void publish(unsigned run, TileStatus status, std::uint32_t state)
    {
        const unsigned long long flag = flag_of(run, status);
        cuda::atomic_ref<unsigned long long, cuda::thread_scope_device>(word).store(
            flag << 32 | state, cuda::memory_order_relaxed);
    }
    __device__ TileStatus poll(unsigned run, std::uint32_t& state)
    {
        const auto now = cuda::atomic_ref<unsigned long long, cuda::thread_scope_device>(word).load(
            cuda::memory_order_relaxed);
        state = static_cast<std::uint32_t>(now);
        return status_of(static_cast<unsigned>(now >> 32), run);
    }
};

// A larger State is written before its flag is released and read after the flag is acquired.
// Aggregate and prefix are stored separately, since the one may still be read while the other is
// written. Runs do not overlap: the next kernel of the stream starts when this one has ended.
template <class State> struct WideDescriptor {
    State aggregate, prefix;
    unsigned flag;

    __device__ void publish(unsigned run, TileStatus status, const State& state)
    {
        (status == TileStatus::prefix ? prefix : aggregate) = state;
        cuda::atomic_ref<unsigned, cuda::thread_scope_device>(flag).store(
            flag_of(run, status), cuda::memory_order_release);
    }
    __device__ TileStatus poll(unsigned run, State& state)
    {
        const unsigned now = cuda::atomic_ref<unsigned, cuda::thread_scope_device>(flag).load(
            cuda::memory_order_acquire);
        const TileStatus status = status_of(now, run);
        if (status != TileStatus::invalid)
            state = status == TileStatus::prefix ? prefix : aggregate;
        return status;
    }
};

template <class State> using Descriptor =
    std::conditional_t<sizeof(State) == 4, PackedDescriptor, WideDescriptor<State>>;

// One run of a scan: the descriptors of its tiles, the ticket counter, and the number of the run.
template <class State> struct ScanRun {
    Descriptor<State>* descriptors;
    unsigned* tickets;
    unsigned number;
};

// The exclusive prefix of `tile`, computed by one whole warp; every lane gets it. Lane l polls tile
// - 1 - l until it has published its aggregate or its prefix. The nearest prefix among these 32
// tiles ends the walk; without one it goes on 32 tiles further back.
template <class State, class Combine>
__device__ State look_back(ScanRun<State> run, std::size_t tile, Combine combine)
{
    const unsigned lane = threadIdx.x % 32;
    State later = {};
    // Tiles end - 32 .. end - 1; tile 0 always publishes its prefix, so that end never passes it.
    for (std::size_t end = tile; end > 0; end -= 32) {
        // poll
        State state = {};
        TileStatus status = TileStatus::prefix; // of lanes before tile 0: the neutral State
        if (lane < end)
            do
                status = run.descriptors[end - 1 - lane].poll(run.number, state);
            while (status == TileStatus::invalid);

        // combine from the nearest prefix on
        const unsigned prefixes = __ballot_sync(~0U, status == TileStatus::prefix);
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

// The State of all warps before this thread's, and of all warps of the block.
template <class State> struct AcrossWarps {
    State before, all;
};

// All threads call it, with the State of their warp.
template <unsigned kWarps, class State, class Combine>
__device__ AcrossWarps<State> across_warps(const State& of_my_warp, Combine combine)
{
    __shared__ StateWords<State> of_warp[kWarps];
    if (threadIdx.x % 32 == 0)
        of_warp[threadIdx.x / 32] = std::bit_cast<StateWords<State>>(of_my_warp);
    __syncthreads(); // the States of all warps are written
    AcrossWarps<State> result = {};
    for (unsigned warp = 0; warp < kWarps; ++warp) {
        if (warp == threadIdx.x / 32)
            result.before = result.all;
        result.all = combine(result.all, std::bit_cast<State>(of_warp[warp]));
    }
    return result;
}

// Publishes the aggregate of this block's tile, looks back, and publishes the inclusive prefix;
// returns the exclusive one. All threads call it, once in a kernel; the first warp does the work.
template <class State, class Combine>
__device__ State before_tile(ScanRun<State> run, std::size_t tile, const State& aggregate,
                             Combine combine)
{
    __shared__ StateWords<State> exclusive;
    if (threadIdx.x < 32) {
        State before = {};
        if (tile > 0) {
            if (threadIdx.x == 0)
                run.descriptors[tile].publish(run.number, TileStatus::aggregate, aggregate);
            before = look_back(run, tile, combine);
        }
        if (threadIdx.x == 0) {
            run.descriptors[tile].publish(run.number, TileStatus::prefix,
                                          combine(before, aggregate));
            exclusive = std::bit_cast<StateWords<State>>(before);
        }
    }
    __syncthreads(); // the prefix is written
    return std::bit_cast<State>(exclusive);
}

// The next tile of this run, for this block; all threads call it. Tickets count on from run to run,
// modulo 2^32.
template <class State> __device__ std::size_t next_tile(ScanRun<State> run)
{
    __shared__ unsigned tile;
    if (threadIdx.x == 0)
        tile = atomicAdd(run.tickets, 1) - (run.number - 1) * gridDim.x;
    __syncthreads(); // the ticket is drawn
    return tile;
}

// The memory of a scan on the device, reused by all runs. They are numbered from 1, so that the
// initial zeros read as `invalid`.
template <class State> struct LookBack {
    explicit LookBack(std::size_t tiles) : descriptors(tiles), tickets(1)
    {
        descriptors.fill(0);
        tickets.fill(0);
    }
    ScanRun<State> next_run() { return {descriptors.data(), tickets.data(), ++runs}; }

    DeviceArray<Descriptor<State>> descriptors;
    DeviceArray<unsigned> tickets;
    unsigned runs = 0;
};

} // namespace workspan
