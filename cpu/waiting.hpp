// SPDX-License-Identifier: Apache-2.0
// The steps of a waiting task, which threads and coroutines have in common: compute, wait, finish.
#pragma once

#include "cpu/traced_steps.hpp"
#include "harness/contracts/waiters.hpp"

#include <atomic>

namespace workspan::waiters {

inline void compute(const Work& work, std::size_t i)
{
    volatile std::uint64_t result = work.trace == nullptr
                                        ? lcg(i, work.grain, work.step)
                                        : traced_steps(i, work.grain, work.step, {*work.trace, i});
    static_cast<void>(result); // not optimised away
}

// Task i asks for the next one.
inline void issue_next(Work& work, std::size_t i)
{
    if (work.trace == nullptr)
        return;
    const std::int64_t begin = steady_ns();
    work.trace->issue(i, i + 1);
    work.trace->add(i, Span::Kind::run, begin);
}

// The time at which task i begins to wait.
inline std::int64_t begin_wait(Work& work)
{
    std::atomic_ref(work.waiting).fetch_add(1, std::memory_order_relaxed);
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
    std::atomic_ref(work.waiting).fetch_sub(1, std::memory_order_relaxed);
    if (work.trace != nullptr)
        work.trace->add(i, Span::Kind::wait, since);
}

} // namespace workspan::waiters
