// SPDX-License-Identifier: Apache-2.0
// Host memory for inputs and outputs: aligned to a page, on huge pages where it is large, and first
// touched by the team of threads that will use it, so that on NUMA machines each page lies beside
// its thread.
#pragma once

#include "harness/check.hpp"
#include "harness/workload.hpp"

#include <memory>
#include <mutex>
#include <new>
#include <type_traits>
#include <utility>

namespace workspan {

struct HostFree {
    std::size_t bytes = 0;
    void operator()(std::byte* p) const noexcept;
};
using HostBlock = std::unique_ptr<std::byte, HostFree>;

// At least `bytes` bytes, filled with 0xff by `team` threads. Throws std::bad_alloc.
HostBlock allocate_host(std::size_t bytes, int team);

bool more_than_one_numa_node();

// An owned array of n elements of a trivial type, not initialised to any meaningful value.
template <class T> class HostArray {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    explicit HostArray(std::size_t n = 0, int team = 1)
        : n_(n), block_(allocate_host(checked_bytes(n), team))
    {
    }

    T* data() { return std::launder(reinterpret_cast<T*>(block_.get())); }
    const T* data() const { return std::launder(reinterpret_cast<const T*>(block_.get())); }
    std::size_t size() const { return n_; }
    T* begin() { return data(); }
    T* end() { return data() + n_; }
    const T* begin() const { return data(); }
    const T* end() const { return data() + n_; }
    T& operator[](std::size_t i) { return data()[i]; }
    const T& operator[](std::size_t i) const { return data()[i]; }
    std::span<std::byte> bytes() { return std::as_writable_bytes(std::span<T>(data(), n_)); }

private:
    static std::size_t checked_bytes(std::size_t n)
    {
        if (n > std::size_t(-1) / 2 / sizeof(T))
            throw std::bad_alloc();
        return n * sizeof(T);
    }

    std::size_t n_;
    HostBlock block_;
};

// Calls piece(from, to) for contiguous pieces of 0 .. n - 1, on all cores at once: for making
// inputs, which is not timed. Throws what a piece throws, the first of them, once all have ended.
void in_pieces(std::size_t n, const std::function<void(std::size_t from, std::size_t to)>& piece);

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

// The input of a problem, made once and shared by all who hold it: the cases of one size, of one
// thread count on NUMA machines.
template <class Input, class Make>
std::shared_ptr<const Input> shared_input(const Problem& problem, Make make)
{
    static std::mutex mutex;
    static std::weak_ptr<const Input> held;
    static Problem of;
    const std::lock_guard lock(mutex);
    auto input = held.lock();
    const bool same = input && of.n == problem.n && of.seed == problem.seed &&
                      of.keys == problem.keys && of.file == problem.file &&
                      (of.threads == problem.threads || !more_than_one_numa_node());
    if (!same) {
        input.reset(); // before the next one is made, so that two never stand in memory together
        input = std::make_shared<const Input>(make(problem));
        held = input;
        of = problem;
    }
    return input;
}

// Turns a contract's check of typed elements into one of raw bytes.
template <class T, class Input, class Check>
auto check_of_bytes(std::shared_ptr<const Input> input, Check check)
{
    return [input, check](std::span<const std::byte> bytes) -> Verdict {
        if (bytes.size() % sizeof(T) != 0)
            return wrong("the output ends within an element");
        return check(*input,
                     std::span(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)));
    };
}

// The trial of a kernel in host memory: run(input, output), judged by check(input, output), T the
// element of the output.
template <class T, class Input, class Check, class Run> Trial
host_trial(std::shared_ptr<const Input> input, HostArray<T> output, Cost cost, Check check, Run run)
{
    const auto out = std::make_shared<HostArray<T>>(std::move(output));
    const auto judge = check_of_bytes<T>(input, check);
    return {
        .run = [input, out, run] { run(*input, std::span<T>(out->data(), out->size())); },
        .verify = [out, judge] { return judge(out->bytes()); },
        .poison = [out] { poison(out->bytes()); },
        .check = judge,
        .output = out->bytes(),
        .cost = cost,
    };
}

} // namespace workspan
