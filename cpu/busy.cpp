// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/busy.hpp"

#include "cpu/traced_steps.hpp"

#include <atomic>
#include <sched.h>

namespace workspan::busy {

namespace {

void add(Value& to, Value value)
{
    std::atomic_ref(to).fetch_add(value, std::memory_order_relaxed);
}

// Stores only what is new, so that the CPUs do not fight for the cache line.
void mark_cpu(std::uint8_t* cpus)
{
    const int cpu = sched_getcpu();
    if (cpu < 0 || std::size_t(cpu) >= Shared::kMostCpus)
        return;
    const std::atomic_ref mark(cpus[cpu]);
    if (mark.load(std::memory_order_relaxed) == 0)
        mark.store(1, std::memory_order_relaxed);
}

} // namespace

void task(void* of, std::size_t i)
{
    const Work& work = *static_cast<const Work*>(of);
    work.workers->number();
    mark_cpu(work.cpus);
    add(work.out[i], lcg(i, work.steps_of(i), work.step));
}

void traced_task(void* of, std::size_t i)
{
    const Work& work = *static_cast<const Work*>(of);
    add(work.out[i], traced_steps(i, work.steps_of(i), work.step, {*work.trace, i % work.rows}));
}

} // namespace workspan::busy
