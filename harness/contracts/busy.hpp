// SPDX-License-Identifier: Apache-2.0
// busy: n steps of computing, cut into tasks of `grain` steps each. Bound by the cores, and by the
// cost of a task if the grain is small: how small a task may be before an execution model wastes
// half of the cores on it is METG(50 %), the minimum effective task granularity (Slaughter et al.,
// Task Bench, SC 2020). Task i computes the value of a linear congruential generator `grain` steps
// after i; each step needs the one before, about a nanosecond.
// Parallel pattern: independent tasks of equal length. Arithmetic intensity: 2 operations per step
// and 8 bytes per task, which is grain / 4 operations per byte.
// n counts steps, not tasks, so that the work is the same at every grain.
// Key grain: steps of a task; the last task has the rest. Key cpus:1: all threads on one CPU,
// where computing tasks gain nothing; at a few grains only.
// Execution models as in dispatch. coroutines_yield: three coroutines on one thread take turns,
// a task each.
// cuda: one kernel, a thread of the GPU for each task. cuda_graph: a kernel of one thread for each
// task, independent of the others, as one graph that is made before.
// Counters: tasks; workers, the threads or processes that ran tasks in the last run; cpus_used,
// the median over all runs.
// Check: every value, by jumping ahead in O(log grain), another algorithm. Tasks add their value,
// so a lost one leaves 0, and one that ran twice the double.
#pragma once

#include "harness/arithmetic.hpp"
#include "harness/tasks/cpus_used.hpp"
#include "harness/tasks/lcg.hpp"
#include "harness/tasks/task_trial.hpp"

#include <array>

namespace workspan::busy {

using Value = std::uint64_t;

// What the tasks work on, in shared memory.
struct Work {
    Value* out = nullptr;
    std::size_t n = 0, grain = 1; // steps in all, and of a task
    Workers* workers = nullptr;
    std::uint8_t* cpus = nullptr; // 1 for each CPU that ran a task
    Trace* trace = nullptr;
    Affine step = {};
    std::size_t rows = SIZE_MAX; // of the trace: task i is in row i % rows

    std::size_t steps_of(std::size_t task) const { return std::min(grain, n - task * grain); }
};
void task(void* work, std::size_t i); // cpu/busy.cpp
void traced_task(void* work, std::size_t i);
Trial cuda(const Problem&), cuda_graph(const Problem&); // gpu/busy.cu

inline std::size_t grain_of(const Problem& p) { return std::stoull(p.keys.at("grain")); }
inline std::size_t tasks_of(const Problem& p) { return ceil_div(p.n, grain_of(p)); }

// An operation is a step: a multiplication and an addition.
inline Cost cost(const Problem& p)
{
    return {.flops = 2.0 * double(p.n), .bytes = 8.0 * double(tasks_of(p)), .items = double(p.n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double bytes = 8.0 * double(tasks_of(p));
    return {.host_case = bytes, .device_case = bytes};
}

inline Contract contract()
{
    return {.summary = "n steps of computing, in tasks of `grain` steps",
            .sizes = powers_of_two({22, 25, 26}),
            .quick = powers_of_two({25}),
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .axes = {{"grain",
                      {"256", "1024", "4096", "16384", "65536", "262144", "1048576", "4194304"},
                      {"4096", "262144"},
                      Axis::Takes::sizes},
                     {"cpus", {"", "1"}}},
            .awkward = {0, 1, 2, 255, 4096, 4097, 100003},
            .subject = Subject::concurrency};
}

inline CheckResult check(const Problem& p, std::span<const Value> out)
{
    const Work work = {.n = p.n, .grain = grain_of(p)};
    return each_task_once(out, tasks_of(p),
                          [&](std::size_t i) { return lcg_jump(i, work.steps_of(i)); });
}

// Of the listed grains a few are enough on one CPU; others would take time and tell nothing more.
inline bool suits_all(const Problem& p)
{
    constexpr std::array<std::size_t, 5> left_out = {256, 1024, 16384, 65536, 4194304};
    return !is_on_one_cpu(p) ||
           std::find(left_out.begin(), left_out.end(), grain_of(p)) == left_out.end();
}

// Starting a thread or a process for each of more tasks would take longer than computing does.
inline bool suits_threads(const Problem& p) { return suits_all(p) && tasks_of(p) <= 4096; }
inline bool suits_processes(const Problem& p) { return suits_all(p) && tasks_of(p) <= 512; }
// Its processes are started before, on all CPUs.
inline bool suits_process_pool(const Problem& p) { return !is_on_one_cpu(p); }

// The tasks of a trial and all that they write to.
struct Shared {
    explicit Shared(const Problem& p)
        : out(std::make_shared<SharedArray<Value>>(tasks_of(p))), work(1)
    {
        work[0] = {out->data(), p.n, grain_of(p), &workers, cpus.marks()};
    }
    Tasks tasks(void (*body)(void*, std::size_t)) const { return {out->size(), body, work.data()}; }
    void begin_run()
    {
        workers.clear();
        cpus.begin_run();
    }
    Counters counters() const
    {
        return {{"tasks", double(out->size())},
                {"workers", double(workers.count())},
                {"cpus_used", double(cpus.median())}};
    }

    std::shared_ptr<SharedArray<Value>> out;
    Workers workers;
    CpusUsed cpus;
    SharedArray<Work> work; // one
};

// rows: of a trace, if its tasks share rows.
inline Trial host_in_rows(const Problem& p, Model model, std::size_t rows)
{
    const auto shared = std::make_shared<Shared>(p);
    shared->work[0].rows = rows;
    const Runner run = model(p.threads); // after the memory that its processes share
    Trial trial = task_trial(
        shared->out, cost(p), [p](std::span<const Value> out) { return check(p, out); },
        [run, shared] {
            shared->begin_run();
            run(shared->tasks(task));
            shared->cpus.end_run();
        },
        [run, shared](Trace& trace) {
            const TracedBy traced(shared->work[0].trace, trace);
            run(shared->tasks(traced_task));
        });
    trial.counters = [shared] { return shared->counters(); };
    trial.tasks = std::min(trial.tasks, rows);
    return trial;
}

inline Trial host(const Problem& p, Model model) { return host_in_rows(p, model, SIZE_MAX); }

// Of coroutines that yield after each task: a row of the trace is a coroutine.
inline Trial host_in_turns(const Problem& p, Model model) { return host_in_rows(p, model, kTurns); }

} // namespace workspan::busy
