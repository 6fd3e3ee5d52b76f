// SPDX-License-Identifier: Apache-2.0
// Tasks behind handles, as their caller sees them. An execution model brings a class with
//   spawn(i)     starts task i, or notes that it is to run, and keeps its handle
//   cancel(i)    asks it to stop, and does not wait
//   is_ready(i)  its status, without waiting: whether it has a result, or was cancelled
//   wait(i)      until it is ready
//   get(i)       takes the result of a task that is ready; 0 if it was cancelled
// and a destructor that waits for the end of all tasks that were spawned.
#pragma once

#include "harness/tasks/task_latencies.hpp"
#include "harness/tasks/trace.hpp"

namespace workspan {

// What the caller knows about its tasks.
struct Calls {
    explicit Calls(std::size_t n) : asked(n), results(n), spawned_at(n), taken_at(n), latencies(n)
    {
    }

    std::vector<std::uint8_t> asked;      // 1: to be cancelled right after it is spawned
    std::vector<std::uint64_t> results;   // that it took
    std::vector<std::int64_t> spawned_at; // ns
    std::vector<std::int64_t> taken_at;   // its result
    TaskLatencies latencies;              // from spawn to the result taken
    std::size_t ready = 0;                // after wait(), by their status
    void (*delay)(std::size_t) = nullptr; // before a task is cancelled: for tests
};

// Spawns all tasks, cancels those that are to be cancelled, and takes the results in their order.
template <class Handles> void spawn_and_get(Handles& handles, Calls& calls)
{
    for (std::size_t i = 0; i < calls.asked.size(); ++i) {
        calls.spawned_at[i] = steady_ns();
        handles.spawn(i);
        if (calls.asked[i] == 0)
            continue;
        if (calls.delay != nullptr)
            calls.delay(i);
        handles.cancel(i);
    }
    for (std::size_t i = 0; i < calls.asked.size(); ++i) {
        handles.wait(i);
        calls.results[i] = handles.get(i);
        calls.taken_at[i] = steady_ns();
        calls.latencies.set(i, calls.taken_at[i] - calls.spawned_at[i]);
    }
}

// ns of a call, the mean over all tasks; of cancel(), over those that are cancelled.
struct CallCosts {
    double spawn = 0, cancel = 0, status = 0, get = 0;
};

// One call after the other for all tasks: a clock around each call would cost more than most calls.
// Status and result are those of tasks that are ready.
template <class Handles> CallCosts costs_of_calls(Handles& handles, Calls& calls)
{
    const std::size_t n = calls.asked.size();
    const auto for_each = [n](auto call) {
        const std::int64_t begin = steady_ns();
        for (std::size_t i = 0; i < n; ++i)
            call(i);
        return double(steady_ns() - begin);
    };
    const auto cancelled =
        static_cast<std::size_t>(std::count(calls.asked.begin(), calls.asked.end(), 1));
    CallCosts costs;
    costs.spawn = for_each([&](std::size_t i) { handles.spawn(i); }) / double(n);
    costs.cancel = for_each([&](std::size_t i) {
                       if (calls.asked[i] != 0)
                           handles.cancel(i);
                   }) /
                   double(std::max<std::size_t>(cancelled, 1));
    for_each([&](std::size_t i) { handles.wait(i); });
    calls.ready = 0;
    costs.status =
        for_each([&](std::size_t i) { calls.ready += handles.is_ready(i) ? 1 : 0; }) / double(n);
    costs.get = for_each([&](std::size_t i) { calls.results[i] = handles.get(i); }) / double(n);
    return costs;
}

} // namespace workspan
