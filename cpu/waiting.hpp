// SPDX-License-Identifier: Apache-2.0
// The steps of a waiting task, which threads and coroutines have in common: compute, wait, finish.
#pragma once

#include "harness/contracts/waiters.hpp"
#include "harness/lcg.hpp"

#include <atomic>

namespace workspan::waiters {

inline void compute(const Work& work, std::size_t i)
{
    volatile std::uint64_t result = lcg(i, work.grain); // not optimised away
    static_cast<void>(result);
}

// Records that task i has computed, and perhaps issued another one, since `begin`.
inline void record_run(Work& work, std::size_t i, std::int64_t begin)
{
    if (work.trace != nullptr)
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

inline void issue(Work& work, std::size_t by, std::size_t task)
{
    if (work.trace != nullptr)
        work.trace->issue(by, task);
}

} // namespace workspan::waiters
