// SPDX-License-Identifier: Apache-2.0
// From a kernel in host memory to a trial: inputs that cases share, checks of raw bytes, and the
// trial itself.
#pragma once

#include "harness/check.hpp"
#include "harness/host_array.hpp"
#include "harness/workload.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace workspan {

// n values value(i), first touched by the problem's team.
template <class T, class Value>
HostArray<T> filled(const Problem& problem, std::size_t n, Value value)
{
    HostArray<T> array(n, problem.threads);
    in_pieces(n, [values = array.data(), &value](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i)
            values[i] = value(i);
    });
    return array;
}

// The input of a problem, generated once and shared by the cases of one size (on NUMA machines: of
// one size and thread count).
template <class Input, class Make>
std::shared_ptr<const Input> shared_input(const Problem& problem, Make make)
{
    static std::mutex mutex;
    static std::weak_ptr<const Input> latest;
    static Problem latest_problem;
    const std::lock_guard lock(mutex);
    auto input = latest.lock();
    const Problem& of = latest_problem;
    const bool same = input && of.n == problem.n && of.seed == problem.seed &&
                      of.keys == problem.keys && of.file == problem.file &&
                      (of.threads == problem.threads || !more_than_one_numa_node());
    if (!same) {
        input.reset(); // first, so that memory never holds two inputs
        input = std::make_shared<const Input>(make(problem));
        latest = input;
        latest_problem = problem;
    }
    return input;
}

// Scratch memory of n elements, shared by the cases of one size (on NUMA machines: of one size and
// thread count), since none relies on what it finds there. Its trials are made by with_scratch().
template <class T>
std::shared_ptr<HostArray<T>> shared_scratch(const Problem& problem, std::size_t n)
{
    static std::mutex mutex;
    static std::map<int, std::weak_ptr<HostArray<T>>> latest; // by team
    const std::lock_guard lock(mutex);
    std::weak_ptr<HostArray<T>>& of_team = latest[more_than_one_numa_node() ? problem.threads : 0];
    auto scratch = of_team.lock();
    if (!scratch || scratch->size() != n)
        of_team = scratch = std::make_shared<HostArray<T>>(n, problem.threads);
    return scratch;
}

// Turns a contract's check of typed elements into one of raw bytes.
template <class T, class Input, class Check>
auto check_of_bytes(std::shared_ptr<const Input> input, Check check)
{
    return [input, check](std::span<const std::byte> bytes) -> CheckResult {
        if (bytes.size() % sizeof(T) != 0)
            return wrong("the output ends within an element");
        return check(*input,
                     std::span(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)));
    };
}

// The trial of a kernel in host memory: run(input, output), verified by check(input, output); T is
// the element of the output.
template <class T, class Input, class Check, class Run> Trial
host_trial(std::shared_ptr<const Input> input, HostArray<T> output, Cost cost, Check check, Run run)
{
    const auto out = std::make_shared<HostArray<T>>(std::move(output));
    const auto verify = check_of_bytes<T>(input, check);
    return {
        .run = [input, out, run] { run(*input, std::span<T>(out->data(), out->size())); },
        .verify = [out, verify] { return verify(out->bytes()); },
        .poison = [out] { poison(out->bytes()); },
        .check = verify,
        .output = out->bytes(),
        .cost = cost,
    };
}

// The trial, which poisons its scratch memory too: a cell that is not computed must not hold what
// another variant left there.
template <class T> Trial with_scratch(Trial trial, std::shared_ptr<HostArray<T>> scratch)
{
    trial.poison = [poison_output = std::move(trial.poison), scratch] {
        poison_output();
        poison(scratch->bytes());
    };
    return trial;
}

} // namespace workspan
