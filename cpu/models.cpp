// SPDX-License-Identifier: Apache-2.0
// The models of execution that C++ and OpenMP bring, as their users write them.
#include "harness/tasks/models.hpp"

#include "harness/openmp.hpp"
#include "harness/tasks/children.hpp"

#include <coroutine>
#include <future>
#include <omp.h>
#include <system_error>
#include <thread>

namespace workspan::models {

namespace {

Unavailable refused_one(const char* what, std::size_t i, const Tasks& tasks,
                        const std::exception& e)
{
    return refused("cannot start " + std::string(what) + " " + std::to_string(i + 1) + " of " +
                       std::to_string(tasks.n),
                   e.what());
}

// A coroutine that runs when it is resumed, and is destroyed by its owner.
struct Bare {
    struct promise_type { // NOLINT(readability-identifier-naming): a name of the language
        Bare get_return_object() { return {Handle::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    using Handle = std::coroutine_handle<promise_type>;
    Handle handle;
};

Bare bare(Tasks tasks, std::size_t i)
{
    tasks(i);
    co_return;
}

} // namespace

Runner seq(int)
{
    return [](const Tasks& tasks) {
        for (std::size_t i = 0; i < tasks.n; ++i)
            tasks(i);
    };
}

Runner omp(int)
{
    return [](const Tasks& tasks) {
#pragma omp parallel for schedule(dynamic, 1)
        for (std::size_t i = 0; i < tasks.n; ++i)
            tasks(i);
    };
}

Runner omp_region(int)
{
    return [](const Tasks& tasks) {
        for (std::size_t i = 0; i < tasks.n; ++i) {
#pragma omp parallel
            if (omp_get_thread_num() == 0)
                tasks(i);
        }
    };
}

Runner omp_tasks(int)
{
    return [](const Tasks& tasks) {
#pragma omp parallel
#pragma omp single
        for (std::size_t i = 0; i < tasks.n; ++i) {
#pragma omp task firstprivate(i)
            tasks(i);
        }
    };
}

Runner threads(int)
{
    return [](const Tasks& tasks) {
        std::vector<std::jthread> all; // each is joined by its destructor
        all.reserve(tasks.n);
        for (std::size_t i = 0; i < tasks.n; ++i)
            try {
                all.emplace_back(tasks, i);
            } catch (const std::exception& e) { // std::system_error, or no memory
                all.clear();
                throw refused_one("thread", i, tasks, e);
            }
    };
}

Runner futures(int)
{
    return [](const Tasks& tasks) {
        std::vector<std::future<void>> all; // each waits for its task in its destructor
        all.reserve(tasks.n);
        for (std::size_t i = 0; i < tasks.n; ++i)
            try {
                all.push_back(std::async(std::launch::async, tasks, i));
            } catch (const std::exception& e) {
                all.clear();
                throw refused_one("future", i, tasks, e);
            }
        for (std::future<void>& one : all)
            one.get();
    };
}

Runner coroutines_bare(int)
{
    return [](const Tasks& tasks) {
        for (std::size_t i = 0; i < tasks.n; ++i) {
            const Bare one = bare(tasks, i);
            one.handle.resume();
            one.handle.destroy();
        }
    };
}

} // namespace workspan::models
