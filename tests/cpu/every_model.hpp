// SPDX-License-Identifier: Apache-2.0
// The models of execution as test parameters, and tasks that count their runs.
#pragma once

#include "harness/openmp.hpp"
#include "harness/tasks/models.hpp"
#include "harness/tasks/shared_array.hpp"
#include "tests/contracts/if_available.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <set>

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
    return if_available([&] {
        if (model.by == By::team)
            require_threads(threads);
        return model.make(threads);
    });
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

} // namespace workspan
