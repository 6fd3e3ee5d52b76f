// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/busy.hpp"

#include <atomic>
#include <sched.h>

namespace workspan::busy {

namespace {

// A traced task looks at the clock this often, about every 4 us. If it then took longer than
// kGap, the thread did not run meanwhile: the scheduler or the hypervisor gave its CPU to others.
constexpr std::size_t kStepsPerLook = 4096;
constexpr std::int64_t kGap = 30000; // ns

void add(Value& to, Value value) { std::atomic_ref(to).fetch_add(value, std::memory_order_relaxed); }

} // namespace

void task(void* of, std::size_t i)
{
    const Work& work = *static_cast<const Work*>(of);
    work.workers->number();
    work.cpus[sched_getcpu()] = 1;
    add(work.out[i], lcg(i, work.steps_of(i), work.step));
}

void traced_task(void* of, std::size_t i)
{
    const Work& work = *static_cast<const Work*>(of);
    std::int64_t begin = steady_ns(), last = begin;
    int cpu = sched_getcpu();
    Value x = i;
    for (std::size_t left = work.steps_of(i); left > 0;) {
        const std::size_t steps = std::min(left, kStepsPerLook);
        x = lcg(x, steps, work.step);
        left -= steps;
        const std::int64_t now = steady_ns();
        if (now - last > kGap || sched_getcpu() != cpu) {
            work.trace->add(i, Span::Kind::run, begin, last, cpu);
            begin = now;
            cpu = sched_getcpu();
        }
        last = now;
    }
    work.trace->add(i, Span::Kind::run, begin, last, cpu);
    add(work.out[i], x);
}

} // namespace workspan::busy
