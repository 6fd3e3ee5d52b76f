// SPDX-License-Identifier: Apache-2.0
// waiters: n tasks that each wait `tau`, as for a disk, a server or a timer. Bound by nothing but
// the clock, if the waits overlap: then the time is tau, not n tau, on one CPU as on many. What
// differs between the execution models is how many waits overlap at most, and what CPU time and
// memory a waiting task costs.
// Parallel pattern: independent tasks that wait. Arithmetic intensity: none, nothing is computed.
// A thread that waits ends up to 50 us late, the timer slack of Linux; the timers of Asio do not.
// Key tau. Key input:chain: a task issues the next one and then waits, where else all are issued
// from outside; it takes the result of the next one after its own wait, so that they complete in
// the opposite order. Key grain: steps of computing, as in busy, before a task issues or waits.
// Key cpus:1: all threads on one CPU.
// seq: one wait after the other. threads, futures, processes: a thread, std::async or fork each.
// pool: an Asio thread_pool with a thread for each task, 1024 at most, made before. A case with a
// thread for each task is named with the number of CPUs all the same.
// coroutines: a coroutine each with a timer of Asio, on a pool of as many threads as the case has.
// Counter bytes_per_waiter, under cpus:1: memory of the system that a waiting task takes
// (anonymous pages, kernel stacks, page tables and unreclaimable slab), median of three further
// runs; rough, since other processes are in it.
// Check: every counter is 1. A task that waited too short adds 65536, a lost one leaves 0, and one
// that ran twice 2.
#pragma once

#include "harness/tasks/lcg.hpp"
#include "harness/tasks/task_trial.hpp"

namespace workspan::waiters {

using Count = std::uint32_t;
inline constexpr Count kTooShort = 1 << 16;
inline constexpr std::size_t kMostThreads = 1024; // of the pool

// What the tasks work on, in shared memory.
struct Work {
    Count* out;
    std::size_t n, grain; // tasks, and steps of computing of each
    std::int64_t tau;     // ns
    Trace* trace;
    Affine step;           // of computing
    std::uint32_t waiting; // tasks that have begun to wait and not ended; atomic access only
};

// Runs all tasks.
using Run = std::function<void(Work&)>;
using Make = std::function<Run()>;    // makes the threads of a run
void task(void* work, std::size_t i); // cpu/waiters.cpp
Run futures(const Problem&);
Run coroutines(const Problem&); // cpu/waiters_coroutines.cpp

// The counter of that name, by runs of fresh threads in which all tasks, up to kMostThreads, wait
// at the same time; empty for fewer than 100, or if that many cannot be started or do not wait at
// once.
Counters bytes_per_waiter(Work& work, const Make& make);

inline bool is_chain(const Problem& p) { return p.keys.contains("input"); }
std::int64_t nanoseconds_of(const std::string& tau); // 10ms

inline Cost cost(std::size_t n) { return {.bytes = 4.0 * double(n), .items = double(n)}; }

inline Bytes footprint(const Problem& p, std::string_view)
{
    return {.host_case = 4.0 * double(p.n), .device_case = 4.0 * double(p.n)};
}

inline Contract contract()
{
    return {.summary = "n tasks that wait `tau` each",
            .sizes = {1, 32, 100, 10000},
            .quick = {100, 10000},
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .axes = {{"input", {"", "chain"}},
                     {.key = "grain", .values = {""}, .takes = Axis::Takes::sizes},
                     {.key = "tau", .values = {"10ms"}, .takes = Axis::Takes::durations},
                     {"cpus", {"", "1"}}},
            .awkward = {0, 1, 2, 3, 33},
            .subject = Subject::concurrency};
}

inline CheckResult check(std::size_t n, std::span<const Count> out)
{
    const auto too_short = std::count(out.begin(), out.end(), kTooShort);
    if (out.size() == n && too_short > 0)
        return wrong(std::to_string(too_short) + " of " + std::to_string(n) +
                     " tasks waited too short");
    return each_task_once(out, n, [](std::size_t) { return Count(1); });
}

// One wait after the other: 100 take a second.
inline bool suits_seq(const Problem& p) { return p.n <= 100 && !is_chain(p); }
inline bool suits_processes(const Problem& p) { return p.n <= 1000 && !is_chain(p); }
inline bool suits_issuers(const Problem& p) { return p.n <= 100 || !is_chain(p); }
inline bool suits_others(const Problem& p) { return !is_chain(p); }

// The counter of memory needs waits that overlap, else it would take n times as long.
inline Trial trial(const Problem& p, const Make& make, bool waits_overlap = true)
{
    const auto out = std::make_shared<SharedArray<Count>>(p.n);
    const auto work = std::make_shared<SharedArray<Work>>(1);
    (*work)[0].out = out->data();
    (*work)[0].n = p.n;
    (*work)[0].grain = p.keys.contains("grain") ? std::stoull(p.keys.at("grain")) : 0;
    (*work)[0].step = {};
    (*work)[0].tau = nanoseconds_of(p.keys.at("tau"));
    const auto run = [work](const Run& all) { all((*work)[0]); };
    const Run first = make(); // after the memory that its processes share
    Trial trial = task_trial(
        out, cost(p.n), [n = p.n](std::span<const Count> counts) { return check(n, counts); },
        [run, first] { run(first); },
        [run, first, work](Trace& trace) {
            const TracedBy traced((*work)[0].trace, trace);
            run(first);
        });
    if (waits_overlap && is_on_one_cpu(p)) // elsewhere it would be the same
        trial.counters = [work, make] { return bytes_per_waiter((*work)[0], make); };
    return trial;
}

// An execution model that runs tasks which block.
inline Make make_blocking(const Problem& p, Model model)
{
    return [model, threads = p.threads]() -> Run {
        return [run = model(threads)](Work& work) { run({work.n, task, &work}); };
    };
}
inline Trial host(const Problem& p, Model model) { return trial(p, make_blocking(p, model)); }

// One that runs them one after the other.
inline Trial host_in_sequence(const Problem& p, Model model)
{
    return trial(p, make_blocking(p, model), false);
}

// A pool, with a thread for each task.
inline Trial host_with_one_each(Problem p, Model model)
{
    p.threads = static_cast<int>(std::clamp<std::size_t>(p.n, 1, kMostThreads));
    return host(p, model);
}

// Tasks that issue others, or wait in another way than by blocking.
inline Trial host_issuing(const Problem& p, Run (*make)(const Problem&))
{
    return trial(p, [make, p] { return make(p); });
}

} // namespace workspan::waiters
