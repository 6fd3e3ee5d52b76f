// SPDX-License-Identifier: Apache-2.0
// From tasks that write into shared memory to a trial.
#pragma once

#include "harness/tasks/shared_array.hpp"
#include "harness/tasks/tasks.hpp"
#include "harness/tasks/trace.hpp"

#include <memory>
#include <utility>

namespace workspan {

// The trial of `run`, and of `traced` with a record of its tasks, which add to elements of the
// output that are 0 at first; verified by check(output).
template <class T, class Check> Trial task_trial(std::shared_ptr<SharedArray<T>> out, Cost cost,
                                                 Check check, std::function<void()> run,
                                                 std::function<void(Trace&)> traced)
{
    const auto clear = [out] {
        if (out->size() > 0)
            std::memset(out->data(), 0, out->bytes().size());
    };
    return {
        .run =
            [clear, run = std::move(run)] {
                clear();
                run();
            },
        .verify = [out, check] { return check(std::span<const T>(out->data(), out->size())); },
        .poison = [out] { poison(out->bytes()); },
        .check = [check](std::span<const std::byte> bytes) -> CheckResult {
            if (bytes.size() % sizeof(T) != 0)
                return wrong("the output ends within an element");
            return check(
                std::span(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)));
        },
        .output = out->bytes(),
        .cost = cost,
        .traced_run =
            [clear, traced = std::move(traced)](Trace& trace) {
                clear();
                traced(trace);
            },
        .tasks = out->size(),
    };
}

} // namespace workspan
