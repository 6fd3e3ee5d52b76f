// SPDX-License-Identifier: Apache-2.0
// A task of futures: it says how far it came, and looks whether it is to stop.
#pragma once

#include "harness/contracts/futures.hpp"

#include <atomic>

namespace workspan::futures {

inline void count(std::uint32_t& times)
{
    std::atomic_ref(times).fetch_add(1, std::memory_order_relaxed);
}

// While it lives, a piece of task i runs: a span of the trace, if there is one.
class Running {
public:
    Running(const Work& work, std::size_t i)
        : work_(work), i_(i), begin_(work.trace == nullptr ? 0 : steady_ns())
    {
    }
    ~Running()
    {
        if (work_.trace != nullptr)
            work_.trace->add(i_, Span::Kind::run, begin_);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    const Work& work_;
    std::size_t i_;
    std::int64_t begin_;
};

// The result of task i, or 0 if it was to stop before its end.
template <class IsToStop> Value compute(const Work& work, std::size_t i, IsToStop is_to_stop)
{
    if (work.delay != nullptr)
        work.delay(i);
    Progress& task = work.tasks[i];
    Value x = first_of(work.seed, i);
    for (std::size_t piece = 0; piece < kPieces; ++piece) {
        if (is_to_stop()) {
            count(task.cancelled);
            return 0;
        }
        const Running running(work, i);
        if (piece == 0)
            count(task.begun);
        x = lcg(x, kStepsOfPiece, work.step);
    }
    count(task.ran);
    return x;
}

inline Value compute(const Work& work, std::size_t i) // nothing stops it
{
    return compute(work, i, [] { return false; });
}

} // namespace workspan::futures
