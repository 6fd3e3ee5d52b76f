// SPDX-License-Identifier: Apache-2.0
// futures: n tasks behind handles. Their caller spawns each one, cancels some right after that, and
// takes the results in the order of the tasks. Bound by what an execution model spends on a handle:
// task i computes the value of a linear congruential generator 256 steps after a random one, a
// quarter of a microsecond.
// Parallel pattern: futures and promises. Arithmetic intensity: 512 operations to 8 bytes.
// Key cancel: percent of the tasks that are cancelled, chosen by the seed. To cancel is to ask: a
// task looks whether it is to stop before it begins and before each of four pieces. Whether it ran
// all the same is a race, and right either way.
// seq: a call, made when its result is taken, if it is not cancelled by then.
// threads: a std::jthread each, with its stop_token and a std::promise. futures: std::async, which
// nothing can cancel. pool: a std::packaged_task each on an Asio thread_pool, and a stop_source.
// coroutines: an Asio coroutine each, on the loop of the caller's thread, which runs while the
// caller waits; it yields before each piece, and a cancellation_signal ends it there, by an
// exception, which takes longer than the task.
// processes: a fork each; waitid() without hanging is its status, shared memory holds its result,
// and SIGKILL cancels it.
// tbb: oneTBB cancels a task_group as a whole, so the tasks to be cancelled are in a group of their
// own, and those spawned after the first cancel() are cancelled from the start. A task of a group
// has no handle: its status and result are words in memory that the task writes.
// cuda: a kernel of one thread each, a copy of its result and an event, all in one stream, by the
// host's clock. Nothing cancels a kernel.
// Counters, in ns, the median over five further runs of the mean over their tasks: spawn_ns;
// status_ns and get_ns of tasks that are ready; cancel_ns. never_ran_share: of the tasks cancelled
// in the last round of timed runs, those that never began; the others were stopped, or ran.
// Latency: from the spawn of a task to its result taken, cancelled or not; the two readings of the
// clock are in the time. Taking stock after a run, some nanoseconds per task, is in it too.
// Check: the value of each task that nobody cancelled, by jumping ahead, another algorithm; else
// the mark that it was settled once, since the bits must not depend on the race. Times the number
// of times it was settled: a lost task leaves 0, one that ran twice, or ran and was cancelled, the
// double. In every run each task has run to the end, was stopped, or never ran: one of the three.
#pragma once

#include "harness/random.hpp"
#include "harness/tasks/children.hpp"
#include "harness/tasks/handles.hpp"
#include "harness/tasks/lcg.hpp"
#include "harness/tasks/task_trial.hpp"

#include <array>
#include <system_error>

namespace workspan::futures {

using Value = std::uint64_t;
inline constexpr Value kSettledOnce = 1;
inline constexpr std::size_t kPieces = 4, kStepsOfPiece = 64; // of a task

// What became of a task in a run, in memory that child processes share. How often it began, ran to
// the end, and was found cancelled: atomic access only.
struct Progress {
    Value result; // of models whose handles have no place for it
    std::uint32_t begun, ran, cancelled;
};

// What the tasks work on.
struct Work {
    std::size_t n;
    std::uint64_t seed;
    Progress* tasks;
    const std::uint8_t* asked; // 1: to be cancelled
    Affine step;
    Trace* trace;
    void (*delay)(std::size_t); // before a task begins: for tests
};

// An execution model: all tasks spawned, cancelled and taken, and what the calls cost.
struct Caller {
    std::function<void(const Work&, Calls&)> run;
    std::function<CallCosts(const Work&, Calls&)> costs;
};
using MakeCaller = Caller(const Problem&);
MakeCaller seq, threads, futures, processes; // cpu/futures.cpp
MakeCaller pool, coroutines;                 // cpu/futures_coroutines.cpp
MakeCaller tbb;                              // cpu/with_tbb.cpp
Trial cuda(const Problem&);                  // gpu/futures.cu

// Calls function(handles). Throws Unavailable if the system refuses a thread, or memory, after all
// tasks that were spawned have ended.
template <class Handles, class Function, class... Of>
auto with_handles(const Work& work, Function function, Of&... of)
{
    try {
        Handles handles(work, of...);
        return function(handles);
    } catch (const std::system_error& e) {
        throw refused("cannot start " + std::to_string(work.n) + " tasks", e.what());
    } catch (const std::bad_alloc& e) {
        throw refused("cannot start " + std::to_string(work.n) + " tasks", e.what());
    }
}

// By handles that are made for each run, of the work and what else they need for all runs.
template <class Handles, class... Of> Caller caller_of(std::shared_ptr<Of>... of)
{
    return {.run =
                [=](const Work& work, Calls& calls) {
                    with_handles<Handles>(
                        work, [&](Handles& handles) { spawn_and_get(handles, calls); }, *of...);
                },
            .costs =
                [=](const Work& work, Calls& calls) {
                    return with_handles<Handles>(
                        work, [&](Handles& handles) { return costs_of_calls(handles, calls); },
                        *of...);
                }};
}

inline Value first_of(std::uint64_t seed, std::size_t i) { return random_bits(seed, 2 * i); }
inline unsigned percent_of(const Problem& p)
{
    return static_cast<unsigned>(std::stoul(p.keys.at("cancel")));
}
inline bool is_cancelled(const Problem& p, std::size_t i)
{
    return random_below(p.seed, 2 * i + 1, 100) < percent_of(p);
}

// An operation is a step of the generator: a multiplication and an addition.
inline Cost cost(std::size_t n)
{
    return {.flops = 2.0 * kPieces * kStepsOfPiece * double(n),
            .bytes = 8.0 * double(n),
            .items = double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double caller = 8.0 + 1 + 8 + 8 + 8, outcome = 8.0 + sizeof(Progress);
    return {.host_case = (caller + outcome) * double(p.n), .device_case = 8.0 * double(p.n)};
}

inline Contract contract()
{
    return {.summary = "n tasks behind handles, `cancel` percent cancelled",
            .sizes = {100, 1000, 10000},
            .quick = {100, 1000},
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .axes = {{"cancel", {"0", "10", "50"}, {"0", "50"}}},
            .awkward = {0, 1, 2, 3, 33},
            .subject = Subject::concurrency};
}

// A thread, or a process, for each of more tasks takes too long.
inline bool suits_threads(const Problem& p) { return p.n <= 1000; }
inline bool suits_processes(const Problem& p) { return p.n <= 100; }
inline bool cannot_cancel(const Problem& p) { return percent_of(p) == 0; }
inline bool suits_futures(const Problem& p) { return suits_threads(p) && cannot_cancel(p); }

inline CheckResult check(const Problem& p, std::span<const Value> out)
{
    return each_task_once(out, p.n, [&](std::size_t i) {
        return is_cancelled(p, i) ? kSettledOnce
                                  : lcg_jump(first_of(p.seed, i), kPieces * kStepsOfPiece);
    });
}

// Of all runs since the outputs were poisoned: the tasks, those that were cancelled, and what
// became of each that was settled once.
struct Tally {
    std::size_t tasks, asked, ran, stopped, never_ran;
    std::size_t settled() const { return ran + stopped + never_ran; }
};

// The tasks of a trial, and all that they and their caller write to.
class Tasking {
public:
    explicit Tasking(const Problem& p)
        : out(std::make_shared<SharedArray<Value>>(p.n)), calls(p.n), tasks_(p.n)
    {
        for (std::size_t i = 0; i < p.n; ++i)
            calls.asked[i] = is_cancelled(p, i) ? 1 : 0;
        work = {p.n, p.seed, tasks_.data(), calls.asked.data(), {}, nullptr, nullptr};
    }

    void run(const Caller& caller)
    {
        begin_run();
        caller.run(work, calls);
        settle();
    }

    // Leaves output, latencies and tally alone.
    CallCosts costs(const Caller& caller)
    {
        begin_run();
        return caller.costs(work, calls);
    }

    void forget()
    {
        tally = {};
        calls.latencies.clear();
    }

    // Of all runs since then, beyond the output.
    CheckResult check_tally() const
    {
        if (tally.settled() != tally.tasks)
            return wrong("of " + std::to_string(tally.tasks) + " tasks of all runs " +
                         std::to_string(tally.ran) + " ran, " + std::to_string(tally.stopped) +
                         " were stopped and " + std::to_string(tally.never_ran) + " never ran");
        if (calls.latencies.missing() > 0)
            return wrong(std::to_string(calls.latencies.missing()) + " tasks have no latency");
        return right();
    }

    std::shared_ptr<SharedArray<Value>> out;
    Calls calls;
    Work work;
    Tally tally = {};

private:
    void begin_run()
    {
        std::fill(tasks_.begin(), tasks_.end(), Progress{});
        std::fill(calls.results.begin(), calls.results.end(), 0);
    }

    void settle() // no task is left: nothing here needs to be atomic
    {
        for (std::size_t i = 0; i < work.n; ++i) {
            const Progress& task = tasks_[i];
            const bool asked = calls.asked[i] != 0;
            const Value times = task.ran + task.cancelled;
            (*out)[i] = times * (asked ? kSettledOnce : calls.results[i]);
            tally.asked += asked ? 1 : 0;
            if (times == 1 && (asked || task.ran == 1))
                ++(task.ran == 1 ? tally.ran : task.begun == 0 ? tally.never_ran : tally.stopped);
            if (work.trace != nullptr && task.begun == 0) // else it would not be in the trace
                work.trace->add(i, Span::Kind::wait, calls.spawned_at[i], calls.taken_at[i],
                                sched_getcpu());
        }
        tally.tasks += work.n;
        calls.latencies.end_run();
    }

    SharedArray<Progress> tasks_;
};

inline Counters counters(Tasking& tasking, const Caller& caller)
{
    if (tasking.work.n == 0)
        return {};
    std::array<CallCosts, 5> runs;
    for (CallCosts& costs : runs)
        costs = tasking.costs(caller);
    const auto median = [&runs](double CallCosts::*of) {
        std::nth_element(runs.begin(), runs.begin() + 2, runs.end(),
                         [of](const auto& a, const auto& b) { return a.*of < b.*of; });
        return runs[2].*of;
    };
    Counters found = {{"spawn_ns", median(&CallCosts::spawn)},
                      {"status_ns", median(&CallCosts::status)},
                      {"get_ns", median(&CallCosts::get)}};
    if (const Tally& tally = tasking.tally; tally.asked > 0) {
        found["cancel_ns"] = median(&CallCosts::cancel);
        found["never_ran_share"] = double(tally.never_ran) / double(tally.asked);
    }
    return found;
}

inline Trial host(const Problem& p, MakeCaller* make)
{
    const auto tasking = std::make_shared<Tasking>(p);
    const auto caller = std::make_shared<const Caller>(make(p));
    Trial trial = task_trial(
        tasking->out, cost(p.n), [p](std::span<const Value> out) { return check(p, out); },
        [tasking, caller] { tasking->run(*caller); },
        [tasking, caller](Trace& trace) {
            const TracedBy traced(tasking->work.trace, trace);
            tasking->run(*caller);
        });
    trial.verify = [tasking, of_output = trial.verify] {
        const CheckResult result = of_output();
        return result.ok ? tasking->check_tally() : result;
    };
    trial.poison = [tasking, output = trial.poison] {
        output();
        tasking->forget();
    };
    trial.counters = [tasking, caller] { return counters(*tasking, *caller); };
    trial.take_latencies = [tasking] { return tasking->calls.latencies.take(); };
    return trial;
}

} // namespace workspan::futures
