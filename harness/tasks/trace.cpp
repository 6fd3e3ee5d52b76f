// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/trace.hpp"

#include <algorithm>

namespace workspan {

namespace {

constexpr std::size_t kSpans = 1 << 16; // of a trace, about 2 MiB
constexpr std::size_t kMost = 4096;     // of a task

} // namespace

Trace::Trace(std::size_t tasks)
    : tasks_(tasks), slots_of_(std::min(tasks, kMostTasks)),
      per_task_(std::min(kSpans / std::max<std::size_t>(slots_of_.size(), 1), kMost)),
      spans_(slots_of_.size() * per_task_), original_(1)
{
    clear();
}

const Tasks& Trace::traced(const Tasks& tasks)
{
    if (traced_.body != nullptr)
        return traced_;
    original_[0] = {tasks, this};
    traced_ = {tasks.n,
               [](void* of, std::size_t i) {
                   const Original& original = *static_cast<Original*>(of);
                   const std::int64_t begin = steady_ns();
                   original.tasks(i);
                   original.trace->add(i, Span::Kind::run, begin);
               },
               original_.data()};
    return traced_;
}

void Trace::clear()
{
    workers_.clear();
    for (Slots& slots : slots_of_)
        slots = {0, 0, {0, kNoTask}};
}

} // namespace workspan
