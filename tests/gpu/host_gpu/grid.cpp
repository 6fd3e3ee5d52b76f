// SPDX-License-Identifier: Apache-2.0
// The scheduler: in which order the threads of a grid continue.
#include "tests/gpu/host_gpu/threads.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <random>
#include <stdexcept>

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace host_gpu {

namespace {

std::vector<std::unique_ptr<Thread>> spare; // threads that have ended
std::mt19937 chance;                        // the same in every process

class Grid {
public:
    explicit Grid(const std::function<void()>& thread)
        : thread_(thread), to_come_(std::size_t(gridDim.x) * gridDim.y * gridDim.z)
    {
        std::iota(to_come_.rbegin(), to_come_.rend(), 0);
        arrange(to_come_);
    }

    void run()
    {
        for (int rounds_in_vain = 0; renew(), !blocks_.empty();
             rounds_in_vain = in_vain_ ? rounds_in_vain + 1 : 0) {
            if (rounds_in_vain > 100)
                throw std::runtime_error("deadlock: no thread can continue" + what_all_wait_for());
            in_vain_ = true;
            for (Thread* t : threads_)
                if (t->state == State::goes_on && !t->fiber.ended() && !rests())
                    go_on(*t);
        }
    }

private:
    template <class T> void arrange(std::vector<T>& of)
    {
        if (schedule().order == Order::backward)
            std::reverse(of.begin(), of.end());
        if (schedule().order == Order::shuffled)
            std::shuffle(of.begin(), of.end(), chance);
    }

    // Some threads are slow, so that others run far ahead of them.
    static bool rests() { return schedule().order == Order::shuffled && chance() % 2 == 0; }

    void begin(std::size_t number)
    {
        const std::size_t plane = std::size_t(gridDim.x) * gridDim.y;
        auto block = std::make_unique<Block>();
        block->index = dim3(unsigned(number % gridDim.x), unsigned(number % plane / gridDim.x),
                            unsigned(number / plane));
        for (unsigned i = 0; i < blockDim.x * blockDim.y * blockDim.z; ++i) {
            if (spare.empty())
                spare.push_back(std::make_unique<Thread>());
            Thread& t = *block->threads.emplace_back(std::move(spare.back()));
            spare.pop_back();
            t.fiber.begin(thread_);
            t.block = block.get();
            t.number = i;
            t.index =
                dim3(i % blockDim.x, i / blockDim.x % blockDim.y, i / (blockDim.x * blockDim.y));
            t.copies.clear();
        }
        block->in_exchange.resize((block->threads.size() + 31) / 32);
        blocks_.push_back(std::move(block));
    }

    // Replaces blocks whose threads have all ended.
    void renew()
    {
        const auto gone = std::stable_partition(blocks_.begin(), blocks_.end(), [](const auto& b) {
            return b->ended < b->threads.size();
        });
        if (gone == blocks_.end() && !blocks_.empty())
            return;
        std::for_each(gone, blocks_.end(), [](const auto& b) {
            std::move(b->threads.rbegin(), b->threads.rend(), std::back_inserter(spare));
        });
        blocks_.erase(gone, blocks_.end());
        for (; blocks_.size() < schedule().blocks && !to_come_.empty(); to_come_.pop_back())
            begin(to_come_.back());
        threads_.clear();
        for (const auto& block : blocks_)
            for (const auto& t : block->threads)
                threads_.push_back(t.get());
        arrange(threads_);
    }

    void go_on(Thread& t)
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
        in_vain_ = false;
    }

    std::string what_all_wait_for() const
    {
        std::string all;
        const Thread* before = nullptr;
        for (const auto& block : blocks_)
            for (const auto& t : block->threads) {
                if (before == nullptr || !alike(*t, *before) ||
                    t->fiber.ended() != before->fiber.ended())
                    all += (all.size() > 1000 ? "" : "; " + described(*t));
                before = t.get();
            }
        return all;
    }

    const std::function<void()>& thread_;
    std::vector<std::size_t> to_come_; // blocks still to start, the next one last
    std::vector<std::unique_ptr<Block>> blocks_;
    std::vector<Thread*> threads_; // of these, in the order of execution
    bool in_vain_ = false;         // this round: threads have only polled
};

} // namespace

Schedule& schedule()
{
    static Schedule chosen;
    return chosen;
}

void run(dim3 grid, dim3 block, std::size_t dynamic_shared, const std::function<void()>& thread)
{
    dynamic_shared_bytes = dynamic_shared;
    gridDim = grid;
    blockDim = block;
    Grid(thread).run();
}

} // namespace host_gpu
