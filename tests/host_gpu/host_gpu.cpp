// SPDX-License-Identifier: Apache-2.0
#include "tests/host_gpu/host_gpu.hpp"

#include "tests/host_gpu/fiber.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace host_gpu {

namespace {

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
    Place place = {}; // where it waits
    unsigned mask = 0, from = 0;
    std::uint64_t word = 0, got = 0; // given to an exchange, and taken from it
    unsigned votes = 0;
    std::deque<Copy> copies;
    unsigned group = 0;
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

Thread* current = nullptr;
std::vector<std::unique_ptr<Thread>> spare; // threads that have ended
std::mt19937 chance;                        // the same in every process
bool in_vain = false;                       // since the last round, threads have only looked at words

std::string text(const dim3& i) { return std::to_string(i.x) + "," + std::to_string(i.y) + "," + std::to_string(i.z); }

std::string described(const Thread& t)
{
    const std::string who = "thread " + text(t.index) + " of block " + text(t.block->index);
    if (t.fiber.ended())
        return who + " has ended";
    if (t.state == State::goes_on)
        return who + " looks at a word in vain";
    return who + (t.state == State::at_barrier ? " is at the barrier of " : " is in the exchange of ") + t.place.file_name() + ":" +
           std::to_string(t.place.line());
}

bool alike(const Thread& a, const Thread& b)
{
    return a.state == b.state && a.place.line() == b.place.line() && a.place.column() == b.place.column() && a.mask == b.mask;
}

// Those that met go on, if they met at one place. Of an exchange each takes its word, and the votes of all.
void release(const std::vector<Thread*>& met)
{
    unsigned votes = 0;
    for (const Thread* t : met)
        votes |= unsigned(t->word & 1) << t->number % 32;
    for (Thread* t : met) {
        if (!alike(*t, *met[0]))
            throw std::runtime_error("threads wait at different places: " + described(*t) + ", " + described(*met[0]));
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

class Grid {
public:
    explicit Grid(const std::function<void()>& thread) : thread_(thread), to_come_(std::size_t(gridDim.x) * gridDim.y * gridDim.z)
    {
        std::iota(to_come_.rbegin(), to_come_.rend(), 0);
        arrange(to_come_);
    }

    void run()
    {
        for (int rounds_in_vain = 0; renew(), !blocks_.empty(); rounds_in_vain = in_vain ? rounds_in_vain + 1 : 0) {
            if (rounds_in_vain > 100)
                throw std::runtime_error("nobody can go on" + what_all_wait_for());
            in_vain = true;
            for (Thread* t : threads_)
                if (t->state == State::goes_on && !t->fiber.ended() && !rests())
                    go_on(*t);
        }
    }

private:
    template <class T> void arrange(std::vector<T>& of)
    {
        if (way().order == Order::backward)
            std::reverse(of.begin(), of.end());
        if (way().order == Order::shuffled)
            std::shuffle(of.begin(), of.end(), chance);
    }

    // Some are slow, so that others go far ahead of them.
    static bool rests() { return way().order == Order::shuffled && chance() % 2 == 0; }

    void begin(std::size_t number)
    {
        const std::size_t plane = std::size_t(gridDim.x) * gridDim.y;
        auto block = std::make_unique<Block>();
        block->index = dim3(unsigned(number % gridDim.x), unsigned(number % plane / gridDim.x), unsigned(number / plane));
        for (unsigned i = 0; i < blockDim.x * blockDim.y * blockDim.z; ++i) {
            if (spare.empty())
                spare.push_back(std::make_unique<Thread>());
            Thread& t = *block->threads.emplace_back(std::move(spare.back()));
            spare.pop_back();
            t.fiber.begin(thread_);
            t.block = block.get();
            t.number = i;
            t.index = dim3(i % blockDim.x, i / blockDim.x % blockDim.y, i / (blockDim.x * blockDim.y));
            t.copies.clear();
        }
        block->in_exchange.resize((block->threads.size() + 31) / 32);
        blocks_.push_back(std::move(block));
    }

    // Blocks whose threads have all ended give way to others.
    void renew()
    {
        const auto gone = std::stable_partition(blocks_.begin(), blocks_.end(), [](const auto& b) { return b->ended < b->threads.size(); });
        if (gone == blocks_.end() && !blocks_.empty())
            return;
        std::for_each(gone, blocks_.end(),
                      [](const auto& b) { std::move(b->threads.rbegin(), b->threads.rend(), std::back_inserter(spare)); });
        blocks_.erase(gone, blocks_.end());
        for (; blocks_.size() < way().blocks && !to_come_.empty(); to_come_.pop_back())
            begin(to_come_.back());
        threads_.clear();
        for (const auto& block : blocks_)
            for (const auto& t : block->threads)
                threads_.push_back(t.get());
        arrange(threads_);
    }

    static void go_on(Thread& t)
    {
        current = &t;
        threadIdx = t.index;
        blockIdx = t.block->index;
        t.fiber.resume();
        if (t.fiber.ended())
            ++t.block->ended;
        else if (t.state != State::goes_on)
            arrive(t);
        else
            return;
        in_vain = false;
    }

    std::string what_all_wait_for() const
    {
        std::string all;
        const Thread* before = nullptr;
        for (const auto& block : blocks_)
            for (const auto& t : block->threads) {
                if (before == nullptr || !alike(*t, *before) || t->fiber.ended() != before->fiber.ended())
                    all += (all.size() > 1000 ? "" : "; " + described(*t));
                before = t.get();
            }
        return all;
    }

    const std::function<void()>& thread_;
    std::vector<std::size_t> to_come_; // blocks, the next one last
    std::vector<std::unique_ptr<Block>> blocks_;
    std::vector<Thread*> threads_; // of these, in the order in which they go on
};

void wait(State state, const Place& place, unsigned mask)
{
    current->state = state;
    current->place = place;
    current->mask = mask;
    Fiber::pause();
}

} // namespace

Way& way()
{
    static Way chosen;
    return chosen;
}

void run(dim3 grid, dim3 block, const std::function<void()>& thread)
{
    gridDim = grid;
    blockDim = block;
    Grid(thread).run();
}

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
    if (way().late_copies)
        current->copies.push_back({to, from, bytes, current->group});
    else
        std::memcpy(to, from, bytes);
}

void commit_copies() { ++current->group; }

void finish_copies(unsigned all_but)
{
    for (auto& copies = current->copies; !copies.empty() && copies.front().group + all_but < current->group; copies.pop_front())
        std::memcpy(copies.front().to, copies.front().from, copies.front().bytes);
}

void* shared_memory(const void* name, std::size_t bytes, std::size_t alignment)
{
    auto& memory = current->block->shared[name];
    if (!memory) {
        memory = {::operator new(bytes, std::align_val_t(alignment)), Release{std::align_val_t(alignment)}};
        std::memset(memory.get(), 0xff, bytes);
    }
    return memory.get();
}

} // namespace host_gpu
