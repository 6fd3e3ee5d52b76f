// SPDX-License-Identifier: Apache-2.0
// Linked if oneTBB is installed, else without_tbb.cpp: reduce and scan by the library's algorithms,
// tasks, and groups of tasks, all balanced by work stealing. The library leaves the loop over a
// piece to its user. Each case has an arena with its number of threads.
#include "cpu/pipeline_stages.hpp"
#include "cpu/stoppable.hpp"
#include "harness/contracts/futures.hpp"
#include "harness/contracts/reduce.hpp"
#include "harness/contracts/scan.hpp"
#include "harness/openmp.hpp"
#include "harness/tasks/children.hpp"
#include "harness/tasks/models.hpp"

#include <functional>
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/parallel_reduce.h>
#include <oneapi/tbb/parallel_scan.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <oneapi/tbb/version.h>
#include <optional>

namespace workspan {

namespace {

using Range = ::tbb::blocked_range<std::size_t>;

float sum_of(const float* values, std::size_t n, float sum)
{
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < n; ++i)
        sum += values[i];
    return sum;
}

std::uint32_t sum_of(const std::uint32_t* values, std::size_t n, std::uint32_t sum)
{
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < n; ++i)
        sum += values[i];
    return sum;
}

std::uint32_t scan_of(const std::uint32_t* in, std::uint32_t* out, std::size_t n, std::uint32_t sum)
{
    for (std::size_t i = 0; i < n; ++i)
        out[i] = sum += in[i];
    return sum;
}

float reduce_with_tbb(std::span<const float> values)
{
    const auto body = [v = values.data()](const Range& r, float sum) {
        return sum_of(v + r.begin(), r.size(), sum);
    };
    return ::tbb::parallel_reduce(Range(0, values.size()), 0.0F, body, std::plus<float>());
}

void scan_with_tbb(std::span<const std::uint32_t> in, std::span<std::uint32_t> out)
{
    const auto body = [in = in.data(), out = out.data()](const Range& r, std::uint32_t sum,
                                                         bool is_final) {
        return is_final ? scan_of(in + r.begin(), out + r.begin(), r.size(), sum)
                        : sum_of(in + r.begin(), r.size(), sum);
    };
    ::tbb::parallel_scan(Range(0, in.size()), std::uint32_t(0), body, std::plus<std::uint32_t>());
}

// The threads of a case. By default the library has one worker per CPU.
struct Team {
    explicit Team(int threads) : arena(threads)
    {
        if (threads > ::tbb::info::default_concurrency())
            more_workers.emplace(::tbb::global_control::max_allowed_parallelism, threads);
        arena.initialize();
    }
    std::optional<::tbb::global_control> more_workers;
    ::tbb::task_arena arena;
};

// Of tasks that throw nothing.
template <class Function> auto within(Team& team, const Function& function)
{
    try {
        return team.arena.execute(function);
    } catch (const Unavailable&) {
        throw;
    } catch (const std::runtime_error& e) { // a thread was refused
        throw refused("cannot start the threads of oneTBB", e.what());
    }
}

Trial in_arena(const Problem& problem, Trial trial)
{
    trial.run = [run = std::move(trial.run), team = std::make_shared<Team>(problem.threads)] {
        team->arena.execute(run);
    };
    trial.library = {"oneTBB", TBB_runtime_version(), ""};
    return trial;
}

// Two groups of tasks, one of which can be cancelled. Used within an arena.
class Groups {
public:
    explicit Groups(const futures::Work& work) : work_(work) {}
    ~Groups() { wait(0); }
    Groups(const Groups&) = delete;
    Groups& operator=(const Groups&) = delete;

    void spawn(std::size_t i)
    {
        auto& group = work_.asked[i] != 0 ? cancelled_ : others_;
        group.run([&work = work_, i] { work.tasks[i].result = futures::compute(work, i); });
    }
    void cancel(std::size_t) { cancelled_.cancel(); }
    bool is_ready(std::size_t i) const
    {
        return have_ended_ ||
               std::atomic_ref(work_.tasks[i].ran).load(std::memory_order_relaxed) > 0;
    }
    void wait(std::size_t) // for all
    {
        if (have_ended_)
            return;
        others_.wait();
        cancelled_.wait();
        have_ended_ = true;
    }
    futures::Value get(std::size_t i)
    {
        if (work_.asked[i] != 0 && work_.tasks[i].ran == 0) // the library never called it
            futures::count(work_.tasks[i].cancelled);
        return work_.tasks[i].result;
    }

private:
    const futures::Work& work_;
    ::tbb::task_group cancelled_, others_;
    bool have_ended_ = false;
};

} // namespace

Runner models::tbb(int threads)
{
    require_startable(threads - 1); // the library starts them in its first run
    return [team = std::make_shared<Team>(threads)](const Tasks& tasks) {
        const auto all = [&tasks] {
            ::tbb::parallel_for(
                std::size_t(0), tasks.n, std::size_t(1), [&tasks](std::size_t i) { tasks(i); },
                ::tbb::simple_partitioner());
        };
        within(*team, all);
    };
}

pipeline::Run pipeline::tbb(const Problem& problem)
{
    require_startable(problem.threads - 1);
    return [team = std::make_shared<Team>(problem.threads)](Work& work) {
        const auto mode = ::tbb::filter_mode::serial_in_order;
        std::size_t next = 0;
        const auto read_next = [&](::tbb::flow_control& stream) -> Item* {
            if (next == work.n) {
                stream.stop();
                return nullptr;
            }
            Item& item = work.items[next % kMostItems];
            enter(work, next++, item);
            return &item;
        };
        const auto transform_one = [&](Item* item) {
            pass(work, work.transform, *item);
            return item;
        };
        const auto reduce_one = [&](Item* item) { leave(work, *item); };
        within(*team, [&] {
            ::tbb::parallel_pipeline(kMostItems,
                                     ::tbb::make_filter<void, Item*>(mode, read_next) &
                                         ::tbb::make_filter<Item*, Item*>(mode, transform_one) &
                                         ::tbb::make_filter<Item*, void>(mode, reduce_one));
        });
    };
}

futures::Caller futures::tbb(const Problem& problem)
{
    require_startable(problem.threads - 1);
    const auto team = std::make_shared<Team>(problem.threads);
    const Caller caller = caller_of<Groups>();
    return {.run = [=](const Work& work,
                       Calls& calls) { within(*team, [&] { caller.run(work, calls); }); },
            .costs =
                [=](const Work& work, Calls& calls) {
                    return within(*team, [&] { return caller.costs(work, calls); });
                }};
}

Trial reduce::tbb(const Problem& problem)
{
    return in_arena(problem, host(problem, reduce_with_tbb));
}
Trial scan::tbb(const Problem& problem) { return in_arena(problem, host(problem, scan_with_tbb)); }

} // namespace workspan
