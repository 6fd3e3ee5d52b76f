// SPDX-License-Identifier: Apache-2.0
// The models of execution as test parameters, and what a process has started: threads, children and
// shared memory.
#pragma once

#include "harness/models.hpp"
#include "harness/openmp.hpp"
#include "harness/shared_array.hpp"

#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <sys/wait.h>

// Defined if this program was built with such a sanitizer.
extern "C" {
[[gnu::weak]] void __asan_init();
[[gnu::weak]] void __tsan_init();
}

namespace workspan {

inline bool has_address_sanitizer() { return &__asan_init != nullptr; }
inline bool has_thread_sanitizer() { return &__tsan_init != nullptr; }

struct NamedModel {
    const char* name;
    Model make;
    bool is_openmp = false, forks = false;
};

inline std::ostream& operator<<(std::ostream& out, const NamedModel& m) { return out << m.name; }

inline std::vector<NamedModel> all_models()
{
    namespace m = models;
    return {{"seq", m::seq},
            {"omp", m::omp, true},
            {"omp_region", m::omp_region, true},
            {"omp_tasks", m::omp_tasks, true},
            {"threads", m::threads},
            {"futures", m::futures},
            {"coroutines_bare", m::coroutines_bare},
            {"processes", m::processes, false, true},
            {"process_pool", m::process_pool, false, true},
            {"pool", m::pool},
            {"coroutines", m::coroutines},
            {"coroutines_yield", m::coroutines_yield},
            {"tbb", m::tbb}};
}

inline std::string name_of_model(const testing::TestParamInfo<NamedModel>& info)
{
    return info.param.name;
}

// The runner of a model with this number of threads; empty if its library is absent.
inline std::optional<Runner> made(const NamedModel& model, int threads)
{
    try {
        if (model.is_openmp)
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
