// SPDX-License-Identifier: Apache-2.0
// Called by the threads of a kernel.
#include "tests/gpu/host_gpu/threads.hpp"

namespace host_gpu {

namespace {

void wait(State state, const Place& place, unsigned mask)
{
    current->state = state;
    current->place = place;
    current->mask = mask;
    Fiber::pause();
}

} // namespace

unsigned lane() { return current->number % 32; }

void look_again() { Fiber::pause(); }

void meet_block(const Place& place) { wait(State::at_barrier, place, 0); }

std::uint64_t meet_warp(unsigned mask, std::uint64_t word, unsigned from, const Place& place)
{
    current->word = word;
    current->from = from;
    wait(State::in_exchange, place, mask | 1U << lane());
    return current->got;
}

unsigned vote_of_warp(unsigned mask, bool vote, const Place& place)
{
    meet_warp(mask, vote, lane(), place);
    return current->votes;
}

void start_copy(void* to, const void* from, std::size_t bytes)
{
    if (schedule().late_copies)
        current->copies.push_back({to, from, bytes, current->group});
    else
        std::memcpy(to, from, bytes);
}

void commit_copies() { ++current->group; }

void finish_copies(unsigned all_but)
{
    for (auto& copies = current->copies;
         !copies.empty() && copies.front().group + all_but < current->group; copies.pop_front())
        std::memcpy(copies.front().to, copies.front().from, copies.front().bytes);
}

void* shared_memory(const void* name, std::size_t bytes, std::size_t alignment)
{
    auto& memory = current->block->shared[name];
    if (!memory) {
        memory = {::operator new(bytes, std::align_val_t(alignment)),
                  Release{std::align_val_t(alignment)}};
        std::memset(memory.get(), 0xff, bytes);
    }
    return memory.get();
}

void* dynamic_shared_memory()
{
    constexpr std::size_t alignment = 16;
    return shared_memory(&dynamic_shared_bytes, dynamic_shared_bytes, alignment);
}

} // namespace host_gpu
