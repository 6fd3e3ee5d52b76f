// SPDX-License-Identifier: Apache-2.0
// The models of execution as test parameters, and what a process has started: threads, children and
// shared memory.
#pragma once

#include "harness/openmp.hpp"
#include "harness/tasks/models.hpp"
#include "harness/tasks/shared_array.hpp"

#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

// Defined if this program was built with such a sanitizer.
extern "C" {
[[gnu::weak]] void __asan_init();
[[gnu::weak]] void __tsan_init();
}

namespace workspan {

inline bool has_address_sanitizer() { return &__asan_init != nullptr; }
inline bool has_thread_sanitizer() { return &__tsan_init != nullptr; }

// What runs the tasks: this thread, a team of OpenMP, which stays, other threads, or processes.
enum class By { one, team, threads, processes };

struct NamedModel {
    const char* name;
    Model make;
    By by;
};

inline std::ostream& operator<<(std::ostream& out, const NamedModel& m) { return out << m.name; }

inline std::vector<NamedModel> models_by(const std::set<By>& kinds)
{
    namespace m = models;
    std::vector<NamedModel> all = {{"seq", m::seq, By::one},
                                   {"omp", m::omp, By::team},
                                   {"omp_region", m::omp_region, By::team},
                                   {"omp_tasks", m::omp_tasks, By::team},
                                   {"threads", m::threads, By::threads},
                                   {"futures", m::futures, By::threads},
                                   {"coroutines_bare", m::coroutines_bare, By::one},
                                   {"processes", m::processes, By::processes},
                                   {"process_pool", m::process_pool, By::processes},
                                   {"pool", m::pool, By::threads},
                                   {"coroutines", m::coroutines, By::threads},
                                   {"coroutines_yield", m::coroutines_yield, By::one},
                                   {"tbb", m::tbb, By::threads}};
    std::erase_if(all, [&](const NamedModel& model) { return !kinds.contains(model.by); });
    return all;
}

inline std::string name_of_model(const testing::TestParamInfo<NamedModel>& info)
{
    return info.param.name;
}

// The runner of a model with this number of threads; empty if its library is absent.
inline std::optional<Runner> made(const NamedModel& model, int threads)
{
    try {
        if (model.by == By::team)
            require_threads(threads);
        return model.make(threads);
    } catch (const Unavailable&) {
        return std::nullopt;
    }
}

// Tasks that count their runs in shared memory.
struct Counting {
    explicit Counting(std::size_t n) : counts(n) {}
    Tasks tasks() const { return {counts.size(), count, counts.data()}; }
    CheckResult check() const
    {
        return each_task_once(std::span<const unsigned>(counts.data(), counts.size()),
                              counts.size(), [](std::size_t) { return 1U; });
    }
    static void count(void* of, std::size_t i)
    {
        std::atomic_ref(static_cast<unsigned*>(of)[i]).fetch_add(1, std::memory_order_relaxed);
    }
    void clear() { std::fill(counts.begin(), counts.end(), 0U); }

    SharedArray<unsigned> counts;
};

// Threads of this process, its children (the ended ones that nobody has waited for, too), and its
// blocks of shared memory.
struct Possessions {
    std::size_t threads = 0, children = 0, shared_blocks = 0;
    bool operator==(const Possessions&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Possessions& p)
{
    return out << p.threads << " threads, " << p.children << " children, " << p.shared_blocks
               << " blocks of shared memory";
}

inline Possessions possessions()
{
    Possessions now;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        ++now.threads;
        std::ifstream children(task.path() / "children");
        for (int pid = 0; children >> pid;)
            ++now.children;
    }
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        now.shared_blocks += line.ends_with("/dev/zero (deleted)") ? 1 : 0;
    return now;
}

// The kernel lists a thread for a moment after it was joined.
inline Possessions possessions_soon_like(const Possessions& expected)
{
    Possessions now = possessions();
    for (int k = 0; k < 100 && !(now == expected); ++k) {
        usleep(10000);
        now = possessions();
    }
    return now;
}

} // namespace workspan
