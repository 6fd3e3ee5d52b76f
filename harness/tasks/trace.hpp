// SPDX-License-Identifier: Apache-2.0
// What each task of a run did, and when. A task has an index, so it owns its slots: no lock and no
// registration of threads; the memory is shared, so child processes write into it as threads do.
// The clock is the steady clock, which is one for all processes.
#pragma once

#include "harness/tasks/shared_array.hpp"
#include "harness/tasks/tasks.hpp"
#include "harness/tasks/workers.hpp"

#include <chrono>
#include <cstdint>
#include <sched.h>

namespace workspan {

inline std::int64_t steady_ns() // of the steady clock
{
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

struct Span {
    enum class Kind : std::uint8_t { run, wait }; // wait: by the task's own wish, for a timer
    std::int64_t begin, end;                      // ns
    std::int16_t cpu;                             // at its end
    std::uint32_t worker;                         // thread or process, numbered as they appear
    Kind kind;
};

class Trace {
public:
    static constexpr std::size_t kMostTasks = 1000; // that are recorded
    static constexpr std::uint32_t kNoTask = UINT32_MAX;

    // Of a run with this number of tasks.
    explicit Trace(std::size_t tasks);

    // Adds a span of the task that the caller is running, up to now, or on that CPU.
    void add(std::size_t task, Span::Kind kind, std::int64_t begin)
    {
        add(task, kind, begin, steady_ns(), sched_getcpu());
    }
    void add(std::size_t task, Span::Kind kind, std::int64_t begin, std::int64_t end, int cpu)
    {
        if (task >= slots_of_.size())
            return;
        Slots& slots = slots_of_[task];
        if (slots.used == per_task_) {
            ++slots.dropped;
            return;
        }
        spans_[task * per_task_ + slots.used++] = {begin, end, static_cast<std::int16_t>(cpu),
                                                   workers_.number(), kind};
    }

    // The same tasks, each recorded as one span of computing. Always those of the first call, so
    // that processes that were forked for them know them.
    const Tasks& traced(const Tasks& tasks);

    void clear(); // forgets all spans

    // The task that the caller is running asks for another one, now.
    void issue(std::size_t by, std::size_t task)
    {
        if (task < slots_of_.size())
            slots_of_[task].issued = {steady_ns(), static_cast<std::uint32_t>(by)};
    }

    struct Issue {
        std::int64_t at;
        std::uint32_t by;
    };

    std::size_t tasks() const { return tasks_; }              // of the run
    std::size_t recorded() const { return slots_of_.size(); } // the first ones of them
    std::span<const Span> spans(std::size_t task) const
    {
        return {spans_.data() + task * per_task_, slots_of_[task].used};
    }
    std::uint32_t dropped(std::size_t task) const { return slots_of_[task].dropped; }
    Issue issued(std::size_t task) const { return slots_of_[task].issued; } // by: or kNoTask

private:
    struct Slots {
        std::uint32_t used, dropped;
        Issue issued;
    };
    std::size_t tasks_;
    SharedArray<Slots> slots_of_;
    std::size_t per_task_;
    SharedArray<Span> spans_;
    Workers workers_;
    struct Original {
        Tasks tasks;
        Trace* trace;
    };
    SharedArray<Original> original_; // one, of traced_; child processes read it
    Tasks traced_;
};

// While it lives, a pointer leads to the trace.
class TracedBy {
public:
    TracedBy(Trace*& pointer, Trace& trace) : pointer_(pointer) { pointer_ = &trace; }
    ~TracedBy() { pointer_ = nullptr; }
    TracedBy(const TracedBy&) = delete;
    TracedBy& operator=(const TracedBy&) = delete;

private:
    Trace*& pointer_;
};

} // namespace workspan
