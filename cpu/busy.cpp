// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/busy.hpp"

#include "cpu/traced_steps.hpp"

#include <atomic>

namespace workspan::busy {

namespace {

void add(Value& to, Value value)
{
    std::atomic_ref(to).fetch_add(value, std::memory_order_relaxed);
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
