// SPDX-License-Identifier: Apache-2.0
// Runs CUDA kernels on the host, for tests where there is no GPU. The threads of a block are
// fibers, of which each runs until it waits for others; some blocks are under way at a time; in
// which order all these go on can be chosen, so that a missing barrier shows in one order or
// another. A launch throws where threads of a block come to different barriers or some never come,
// the same of the lanes of an exchange, and where all wait for ever. What it cannot show: that a
// thread's writes may reach others late, or in another order.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <source_location>

struct dim3 {
    constexpr dim3(unsigned across = 1, unsigned down = 1, unsigned deep = 1)
        : x(across), y(down), z(deep)
    {
    }
    unsigned x, y, z;
};

extern dim3 threadIdx, blockIdx, blockDim, gridDim; // of the thread that runs

namespace host_gpu {

enum class Order { forward, backward, shuffled };

struct Schedule {
    Order order = Order::forward; // of threads, and of blocks
    unsigned blocks = 1;          // under way at a time
    bool late_copies =
        false; // asynchronous copies happen when they are waited for, not when they are started
};
Schedule& schedule();

void run(dim3 grid, dim3 block, const std::function<void()>& thread); // every thread of the grid

// What the threads of a kernel call.

using Place = std::source_location; // where threads wait for each other: all at the same

unsigned lane();
void meet_block(const Place& place);
std::uint64_t meet_warp(unsigned mask, std::uint64_t word, unsigned from,
                        const Place& place);                         // the word of lane `from`
unsigned vote_of_warp(unsigned mask, bool vote, const Place& place); // a bit of every lane
void look_again();                                                   // lets others go on
void start_copy(void* to, const void* from, std::size_t bytes);
void commit_copies();
void finish_copies(unsigned all_but); // the latest groups
void* shared_memory(const void* name, std::size_t bytes, std::size_t alignment);

template <class T> T from_lane(unsigned mask, T value, int from, const Place& place)
{
    static_assert(sizeof(T) <= sizeof(std::uint64_t));
    std::uint64_t word = 0;
    std::memcpy(&word, &value, sizeof value);
    word = meet_warp(mask, word, static_cast<unsigned>(from), place);
    std::memcpy(&value, &word, sizeof value);
    return value;
}

template <class T> inline constexpr char name_of = 0;

// The block's T, not initialised.
template <class T> T& shared()
{
    return *static_cast<T*>(shared_memory(&name_of<T>, sizeof(T), alignof(T)));
}

} // namespace host_gpu
