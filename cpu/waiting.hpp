// SPDX-License-Identifier: Apache-2.0
// The steps of a waiting task, which threads and coroutines have in common: compute, wait, finish.
#pragma once

#include "harness/contracts/waiters.hpp"
#include "harness/lcg.hpp"

namespace workspan::waiters {

inline void compute(Work& work, std::size_t i)
{
    if (work.grain == 0)
        return;
    const std::int64_t begin = steady_ns();
    volatile std::uint64_t result = lcg(i, work.grain, work.step); // not optimised away
    static_cast<void>(result);
    if (work.trace != nullptr)
        work.trace->add(i, Span::Kind::run, begin);
}

// The time at which task i begins to wait.
inline std::int64_t begin_wait(Work& work)
{
    work.waiting.fetch_add(1, std::memory_order_relaxed);
    return steady_ns();
}

inline bool has_waited(const Work& work, std::int64_t since)
{
    return steady_ns() - since >= work.tau;
}

// Task i has ended, after it waited long enough, or not.
inline void finish(Work& work, std::size_t i, std::int64_t since, bool waited)
{
    std::atomic_ref(work.out[i]).fetch_add(waited ? 1 : kTooShort, std::memory_order_relaxed);
    work.waiting.fetch_sub(1, std::memory_order_relaxed);
    if (work.trace != nullptr)
        work.trace->add(i, Span::Kind::wait, since);
}

inline void issue(Work& work, std::size_t by, std::size_t task)
{
    if (work.trace != nullptr)
        work.trace->issue(by, task);
}

} // namespace workspan::waiters
