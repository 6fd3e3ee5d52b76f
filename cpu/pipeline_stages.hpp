// SPDX-License-Identifier: Apache-2.0
// The way of an item through the stages of pipeline, which all its variants have in common.
#pragma once

#include "harness/contracts/pipeline.hpp"

#include <atomic>
#include <exception>
#include <mutex>

namespace workspan::pipeline {

// A stage takes an item, and records that if the run is traced.
inline void pass(Work& work, Stage* stage, Item& item)
{
    mark_cpu(work.cpus);
    const std::int64_t begin = work.trace == nullptr ? 0 : steady_ns();
    stage(work, item);
    if (work.trace != nullptr)
        work.trace->add(item.number, Span::Kind::run, begin);
}

// Item i is read into that memory.
inline void enter(Work& work, std::size_t i, Item& item)
{
    item.number = i;
    item.entered = steady_ns();
    pass(work, work.read, item);
}

inline void leave(Work& work, Item& item)
{
    pass(work, work.reduce, item);
    if (work.latencies != nullptr)
        work.latencies->set(item.number, steady_ns() - item.entered);
}

// The first exception of a stage. After it the stages take no further item: the reader ends, the
// others pass on what is there, so that none waits for ever.
class Failure {
public:
    bool has_happened() const { return has_happened_.load(std::memory_order_relaxed); }
    template <class Step> void guard(Step step) noexcept
    {
        if (!has_happened())
            try {
                step();
            } catch (...) {
                keep(std::current_exception());
            }
    }
    void keep(std::exception_ptr exception)
    {
        const std::lock_guard lock(mutex_);
        if (!first_)
            first_ = std::move(exception);
        has_happened_.store(true, std::memory_order_relaxed);
    }
    void rethrow() const // once all have ended
    {
        if (first_)
            std::rethrow_exception(first_);
    }

private:
    std::atomic<bool> has_happened_ = false;
    std::mutex mutex_;
    std::exception_ptr first_;
};

// Steps of the stages, guarded.
inline Item* read_item(Work& work, std::size_t i, Failure& failure)
{
    Item& item = work.items[i % kMostItems]; // free: see kMostItems
    failure.guard([&] { enter(work, i, item); });
    return &item;
}
inline void transform_item(Work& work, Item& item, Failure& failure)
{
    failure.guard([&] { pass(work, work.transform, item); });
}
inline void reduce_item(Work& work, Item& item, Failure& failure)
{
    failure.guard([&] { leave(work, item); });
}

// The stages between queues with push() and pop(), which wait for room and for an item; null ends
// the stream.
template <class Queue> void read_all(Work& work, Queue& out, Failure& failure)
{
    for (std::size_t i = 0; i < work.n && !failure.has_happened(); ++i)
        out.push(read_item(work, i, failure));
    out.push(nullptr);
}

template <class Queue> void transform_all(Work& work, Queue& in, Queue& out, Failure& failure)
{
    while (Item* const item = in.pop()) {
        transform_item(work, *item, failure);
        out.push(item);
    }
    out.push(nullptr);
}

template <class Queue> void reduce_all(Work& work, Queue& in, Failure& failure)
{
    while (Item* const item = in.pop())
        reduce_item(work, *item, failure);
}

} // namespace workspan::pipeline
