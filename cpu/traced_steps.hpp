// SPDX-License-Identifier: Apache-2.0
// Steps of computing as spans of a trace: as many as the scheduler made of them.
#pragma once

#include "harness/tasks/lcg.hpp"
#include "harness/tasks/trace.hpp"

#include <algorithm>

namespace workspan {

struct Row {
    Trace& trace;
    std::size_t number;
};

// x after k steps, recorded in a row of the trace. The clock is read about every 4 us; if that took
// longer than kGap, or the CPU is another one, the thread did not run meanwhile: the scheduler or
// the hypervisor gave its CPU to others.
inline std::uint64_t traced_steps(std::uint64_t x, std::size_t k, Affine step, Row row)
{
    constexpr std::size_t kStepsPerLook = 4096;
    constexpr std::int64_t kGap = 30000; // ns
    std::int64_t begin = steady_ns(), last = begin;
    int cpu = sched_getcpu();
    while (k > 0) {
        const std::size_t steps = std::min(k, kStepsPerLook);
        x = lcg(x, steps, step);
        k -= steps;
        const std::int64_t now = steady_ns();
        if (now - last > kGap || sched_getcpu() != cpu) {
            row.trace.add(row.number, Span::Kind::run, begin, last, cpu);
            begin = now;
            cpu = sched_getcpu();
        }
        last = now;
    }
    row.trace.add(row.number, Span::Kind::run, begin, last, cpu);
    return x;
}

} // namespace workspan
