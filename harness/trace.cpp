// SPDX-License-Identifier: Apache-2.0
#include "harness/trace.hpp"

#include <algorithm>

namespace workspan {

namespace {

constexpr std::size_t kSpans = 1 << 16; // of a trace, about 2 MiB
constexpr std::size_t kMost = 4096;     // of a task

} // namespace

Trace::Trace(std::size_t tasks)
    : tasks_(tasks), slots_of_(std::min(tasks, kMostTasks)),
      per_task_(std::min(kSpans / std::max<std::size_t>(slots_of_.size(), 1), kMost)),
      spans_(slots_of_.size() * per_task_)
{
    for (Slots& slots : slots_of_)
        slots.issued.by = kNoTask;
}

TracedTasks::TracedTasks(const Tasks& tasks, Trace& trace) : both_(1)
{
    both_[0] = {tasks, &trace};
    traced_ = {tasks.n,
               [](void* of, std::size_t i) {
                   const Both& both = *static_cast<Both*>(of);
                   const std::int64_t begin = steady_ns();
                   both.tasks(i);
                   both.trace->add(i, Span::Kind::run, begin);
               },
               both_.data()};
}

} // namespace workspan
