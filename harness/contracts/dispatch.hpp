// SPDX-License-Identifier: Apache-2.0
// dispatch: n empty tasks, each of which adds 1 to its own counter. Bound by what an execution
// model spends on a task: a call, a queue, a thread, a process, a launch on a GPU. The time divided
// by n is the cost of a task, and so the least work that is worth a task.
// Parallel pattern: independent tasks. Arithmetic intensity: one addition to 4 bytes per task.
// n = 1 of omp_region is the empty parallel region, n = 1 of cuda the empty kernel after the memset
// of its counter, which is part of each run.
// seq: a loop of indirect calls, what all models pay for the task itself.
// omp: a loop with schedule(dynamic, 1). omp_region: a parallel region for each task. omp_tasks:
// an OpenMP task each, made by one thread of the team.
// threads: a std::jthread for each task, all started, then joined. futures: std::async for each.
// pool: posted to an Asio thread_pool. coroutines: spawned from outside on such a pool.
// coroutines_bare: a coroutine of the language alone, made, run and destroyed.
// processes: a fork for each task. process_pool: workers forked once, handed the tasks one by one
// through shared memory and a semaphore.
// tbb: parallel_for with grain size 1.
// cuda: a kernel of one thread for each task, one after the other. cuda_graph: the same as one
// graph, made before and launched by one call.
// Counter cpus_used: the CPUs that ran tasks, if several could; median of three further runs, of
// 1000 tasks at most, which mark their CPU instead of counting. Check: every counter is 1. A lost
// task leaves 0, one that ran twice 2.
#pragma once

#include "harness/tasks/cpus_used.hpp"
#include "harness/tasks/task_trial.hpp"

namespace workspan::dispatch {

using Count = std::uint32_t;
void task(void* counts, std::size_t i); // cpu/dispatch.cpp
void marking_task(void* cpus, std::size_t);
Trial cuda(const Problem&), cuda_graph(const Problem&); // gpu/dispatch.cu

inline Cost cost(std::size_t n) { return {.bytes = 4.0 * double(n), .items = double(n)}; }

inline Bytes footprint(const Problem& p, std::string_view)
{
    return {.host_case = 4.0 * double(p.n), .device_case = 4.0 * double(p.n)};
}

inline Contract contract()
{
    return {.summary = "n empty tasks",
            .sizes = {1, 100, 10000},
            .quick = {100, 10000},
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .awkward = {0, 1, 2, 3, 33, 257},
            .subject = Subject::concurrency};
}

inline CheckResult check(std::size_t n, std::span<const Count> counts)
{
    return each_task_once(counts, n, [](std::size_t) { return Count(1); });
}

// A process for each of more tasks takes too long.
inline bool suits_processes(const Problem& p) { return p.n <= 100; }

inline Counters count_cpus(const Runner& run, std::size_t n)
{
    CpusUsed cpus;
    for (int k = 0; k < 3; ++k) {
        cpus.begin_run();
        run({n, marking_task, cpus.marks()});
        cpus.end_run();
    }
    return {{"cpus_used", double(cpus.median())}};
}

inline Trial trial_of(const Problem& p, Model model, bool counts_cpus)
{
    const auto counts = std::make_shared<SharedArray<Count>>(p.n);
    const Runner run = model(p.threads); // after the memory that its processes share
    const Tasks tasks = {p.n, task, counts->data()};
    Trial trial = task_trial(
        counts, cost(p.n), [n = p.n](std::span<const Count> out) { return check(n, out); },
        [run, tasks] { run(tasks); }, [run, tasks](Trace& trace) { run(trace.traced(tasks)); });
    if (counts_cpus)
        trial.counters = [run, n = std::min<std::size_t>(p.n, 1000)] { return count_cpus(run, n); };
    return trial;
}

inline Trial host(const Problem& p, Model model)
{
    return trial_of(p, model, p.threads > 1 && p.n > 1);
}

// A model that runs all tasks on one of its threads.
inline Trial host_on_one(const Problem& p, Model model) { return trial_of(p, model, false); }

} // namespace workspan::dispatch
