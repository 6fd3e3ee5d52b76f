// SPDX-License-Identifier: Apache-2.0
// Threads, blocks, and how the threads of a block wait for each other.
#pragma once

#include "tests/gpu/host_gpu/fiber.hpp"
#include "tests/gpu/host_gpu/host_gpu.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace host_gpu {

enum class State { goes_on, at_barrier, in_exchange };

struct Copy {
    void* to;
    const void* from;
    std::size_t bytes;
    unsigned group;
};

struct Block;

struct Thread {
    Fiber fiber;
    Block* block = nullptr;
    dim3 index;
    unsigned number = 0; // in the block
    State state = State::goes_on;
    Place place = {};                // where it waits
    unsigned mask = 0, from = 0;     // of its current exchange
    std::uint64_t word = 0, got = 0; // sent and received in that exchange
    unsigned votes = 0;
    std::deque<Copy> copies; // in flight: started, not waited for
    unsigned group = 0;      // of the next copies
};

struct Release {
    std::align_val_t alignment;
    void operator()(void* p) const { ::operator delete(p, alignment); }
};

struct Block {
    dim3 index;
    std::vector<std::unique_ptr<Thread>> threads;
    std::size_t at_barrier = 0, ended = 0;
    std::vector<unsigned> in_exchange; // the lanes of each warp
    std::map<const void*, std::unique_ptr<void, Release>> shared;
};

inline Thread* current = nullptr;            // the running thread
inline std::size_t dynamic_shared_bytes = 0; // of a block of the running grid

// Records that a thread waits; once all that it waits for have arrived, they continue. Throws if
// they arrived at different places.
void arrive(Thread& thread);

bool alike(const Thread& a, const Thread& b); // they wait at the same place
std::string described(const Thread& thread);

} // namespace host_gpu
