// SPDX-License-Identifier: Apache-2.0
// Runs CUDA kernels on the host, for tests without a GPU. The threads of a block are fibers; each
// runs until it waits for others, and several blocks can be resident at a time. The order in which
// they continue can be chosen, so that a missing barrier shows in one order or another. A launch
// throws if threads of a block reach different barriers or some never arrive, likewise lanes of a
// warp exchange, and on deadlock. It cannot show memory ordering: writes that reach others late, or
// in another order.
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

extern dim3 threadIdx, blockIdx, blockDim, gridDim; // of the running thread

namespace host_gpu {

enum class Order { forward, backward, shuffled };

struct Schedule {
    Order order = Order::forward; // of threads, and of blocks
    unsigned blocks = 1;          // resident at a time
    // Asynchronous copies happen when they are waited for, not when they are started.
    bool late_copies = false;
};
Schedule& schedule();

// Every thread of the grid, with this much dynamic shared memory for each block.
void run(dim3 grid, dim3 block, std::size_t dynamic_shared, const std::function<void()>& thread);

// Called by the threads of a kernel.

using Place = std::source_location; // of a barrier or exchange: the same for all

unsigned lane();
void meet_block(const Place& place);
std::uint64_t meet_warp(unsigned mask, std::uint64_t word, unsigned from,
                        const Place& place);                         // the word of lane `from`
unsigned vote_of_warp(unsigned mask, bool vote, const Place& place); // one bit per lane
void look_again();                                                   // yields to other threads
void start_copy(void* to, const void* from, std::size_t bytes);
void commit_copies();
void finish_copies(unsigned all_but); // like cp.async.wait_group: all but the latest groups
void* shared_memory(const void* name, std::size_t bytes, std::size_t alignment);
void* dynamic_shared_memory();

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

// The block's T in shared memory, not initialised.
template <class T> T& shared()
{
    return *static_cast<T*>(shared_memory(&name_of<T>, sizeof(T), alignof(T)));
}

// extern __shared__: as many bytes as the launch says.
template <class T> T* dynamic_shared() { return static_cast<T*>(dynamic_shared_memory()); }

} // namespace host_gpu
