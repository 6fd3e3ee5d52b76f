// SPDX-License-Identifier: Apache-2.0
// n independent tasks, something that runs them all, and the check that each ran exactly once. No
// threads, no time.
#pragma once

#include "harness/check.hpp"

#include <functional>

namespace workspan {

// The tasks body(of, 0) to body(of, n - 1), in any order, at once or not. Models that fork run them
// in child processes: there a body only computes, waits and writes to memory that is shared
// (SharedArray); it calls no function that is not async-signal-safe, such as malloc.
struct Tasks {
    std::size_t n = 0;
    void (*body)(void* of, std::size_t i) = nullptr;
    void* of = nullptr;

    void operator()(std::size_t i) const { body(of, i); }
    bool operator==(const Tasks&) const = default;
};

// Runs all tasks and returns when the last one has ended. Throws Unavailable if the system lacks
// what the model needs, after all that was started has ended.
using Runner = std::function<void(const Tasks&)>;

// Coroutines that take turns on one thread: coroutine k runs the tasks k, k + kTurns, ...
inline constexpr std::size_t kTurns = 3;

// An execution model: makes its team, pool or workers, which the Runner keeps.
using Model = Runner (*)(int threads);

// Whether every task i wrote its value(i) exactly once, by adding it to a cleared out[i]. Says
// which tasks were lost and which ran twice.
template <class T, class Value>
CheckResult each_task_once(std::span<const T> out, std::size_t n, Value value)
{
    if (out.size() != n)
        return wrong("the output has " + std::to_string(out.size()) + " tasks, not " +
                     std::to_string(n));
    const auto count = [&](T times) {
        std::size_t found = 0;
        for (std::size_t i = 0; i < n; ++i)
            found += out[i] == static_cast<T>(times * value(i)) ? 1 : 0;
        return found;
    };
    const std::size_t once = count(1);
    if (once == n)
        return right();
    std::size_t first = 0;
    while (out[first] == value(first))
        ++first;
    const std::size_t lost = count(0), twice = count(2);
    return wrong("of " + std::to_string(n) + " tasks " + std::to_string(lost) + " were lost, " +
                 std::to_string(twice) + " ran twice, " + std::to_string(n - once - lost - twice) +
                 " left another value; first: task " + std::to_string(first) + " left " +
                 std::to_string(out[first]) + ", expected " + std::to_string(value(first)));
}

} // namespace workspan
