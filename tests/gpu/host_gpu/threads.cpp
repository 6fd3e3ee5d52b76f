// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/host_gpu/threads.hpp"

#include <stdexcept>

namespace host_gpu {

namespace {

std::string text(const dim3& i)
{
    return std::to_string(i.x) + "," + std::to_string(i.y) + "," + std::to_string(i.z);
}

// All that arrived at one place continue; in an exchange each receives its word and the votes of
// all.
void release(const std::vector<Thread*>& met)
{
    unsigned votes = 0;
    for (const Thread* t : met)
        votes |= unsigned(t->word & 1) << t->number % 32;
    for (Thread* t : met) {
        if (!alike(*t, *met[0]))
            throw std::runtime_error("threads wait at different places: " + described(*t) + ", " +
                                     described(*met[0]));
        if (t->state == State::at_barrier)
            continue;
        if (t->from > 31 || (t->mask >> t->from & 1) == 0)
            throw std::runtime_error("a lane asks one that is not there: " + described(*t));
        t->got = t->block->threads[t->number / 32 * 32 + t->from]->word;
        t->votes = votes;
    }
    for (Thread* t : met)
        t->state = State::goes_on;
}

} // namespace

void arrive(Thread& t)
{
    Block& block = *t.block;
    std::vector<Thread*> met;
    if (t.state == State::at_barrier && ++block.at_barrier == block.threads.size()) {
        for (const auto& other : block.threads)
            met.push_back(other.get());
        block.at_barrier = 0;
    }
    if (t.state == State::in_exchange) {
        unsigned& lanes = block.in_exchange[t.number / 32];
        lanes |= 1U << t.number % 32;
        if ((lanes & t.mask) != t.mask)
            return;
        for (unsigned i = 0; i < 32; ++i)
            if ((t.mask >> i & 1) != 0)
                met.push_back(block.threads[t.number / 32 * 32 + i].get());
        lanes &= ~t.mask;
    }
    release(met);
}

std::string described(const Thread& t)
{
    const std::string who = "thread " + text(t.index) + " of block " + text(t.block->index);
    if (t.fiber.ended())
        return who + " has ended";
    if (t.state == State::goes_on)
        return who + " looks at a word in vain";
    return who +
           (t.state == State::at_barrier ? " is at the barrier of " : " is in the exchange of ") +
           t.place.file_name() + ":" + std::to_string(t.place.line());
}

bool alike(const Thread& a, const Thread& b)
{
    return a.state == b.state && a.place.line() == b.place.line() &&
           a.place.column() == b.place.column() && a.mask == b.mask;
}

} // namespace host_gpu
