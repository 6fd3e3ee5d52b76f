// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/contention.hpp"

#include "harness/openmp.hpp"

#include <atomic>
#include <mutex>
#include <omp.h>
#include <sched.h>

namespace workspan::contention {

namespace {

// Two cache lines: processors that fetch neighbouring lines in pairs would share them too.
constexpr std::size_t kLine = 128;

// Alone on its cache line.
struct alignas(kLine) Counter {
    Count count = 0;
};
struct alignas(kLine) GuardedCounter {
    std::mutex mutex;
    Count count = 0;
};
struct alignas(kLine) AtomicCounter {
    std::atomic<Count> count = 0;
};
// With others on its cache line.
struct PackedCounter {
    std::atomic<Count> count = 0;
};

cpu_set_t cpus_of_this_thread()
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (sched_getaffinity(0, sizeof cpus, &cpus) != 0)
        CPU_ZERO(&cpus);
    return cpus;
}

// The CPUs that the team may use, if they suffice for one each. Empty if OpenMP was told where its
// threads are to run.
std::vector<int> cpu_of_each(std::size_t threads)
{
    static const bool is_placed = !openmp_cpus().empty();
    const cpu_set_t allowed = cpus_of_this_thread();
    std::vector<int> cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE && cpus.size() < threads; ++cpu)
        if (CPU_ISSET(static_cast<std::size_t>(cpu), &allowed))
            cpus.push_back(cpu);
    return is_placed || cpus.size() < threads ? std::vector<int>() : cpus;
}

// While it lives, the calling thread stays on its own of these CPUs, if there are any.
class OnOwnCpu {
public:
    OnOwnCpu(const std::vector<int>& cpus, std::size_t thread) : before_(cpus_of_this_thread())
    {
        if (cpus.empty())
            return;
        cpu_set_t own;
        CPU_ZERO(&own);
        CPU_SET(static_cast<std::size_t>(cpus[thread]), &own);
        is_bound_ = sched_setaffinity(0, sizeof own, &own) == 0;
    }
    ~OnOwnCpu()
    {
        if (is_bound_)
            sched_setaffinity(0, sizeof before_, &before_);
    }
    OnOwnCpu(const OnOwnCpu&) = delete;
    OnOwnCpu& operator=(const OnOwnCpu&) = delete;

private:
    cpu_set_t before_;
    bool is_bound_ = false;
};

// Of a counter that only one thread writes, so that nothing can come between load and store.
void increment(std::atomic<Count>& of)
{
    of.store(of.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

// The threads of the team, all at once, make their shares of increments: each of its own counter,
// or all of the only one. The result is the sum of the counters.
template <class C, class Increment>
void at_once(const Work& work, std::span<Count> out, std::span<C> counters, Increment increment_one)
{
    const std::vector<int> cpus = cpu_of_each(work.threads);
    std::atomic<std::size_t> arrived = 0;
#pragma omp parallel
    {
        const auto thread = static_cast<std::size_t>(omp_get_thread_num());
        const OnOwnCpu bound(cpus, thread);
        C& counter = counters[counters.size() == 1 ? 0 : thread];
        const Count share = work.share_of(thread);
        ++arrived;
#pragma omp barrier // the gate
        const bool all_are_here = arrived == work.threads;
        mark_cpu(work.cpus);
        Count made = 0;
        for (; made < share; ++made)
            increment_one(counter);
        out[1 + thread] = all_are_here ? made : made + kTooEarly;
    }
    out[0] = 0;
    for (const C& counter : counters)
        out[0] += counter.count;
}

} // namespace

void seq(const Work& work, std::span<Count> out)
{
    AtomicCounter counter; // else the compiler would make one addition of all
    for (Count i = 0; i < work.n; ++i)
        increment(counter.count);
    mark_cpu(work.cpus);
    out[0] = counter.count;
    out[1] = work.n;
}

void omp_critical(const Work& work, std::span<Count> out)
{
    Counter counter;
    at_once(work, out, std::span(&counter, 1), [](Counter& own) {
#pragma omp critical
        ++own.count;
    });
}

void omp_atomic(const Work& work, std::span<Count> out)
{
    Counter counter;
    at_once(work, out, std::span(&counter, 1), [](Counter& own) {
#pragma omp atomic
        ++own.count;
    });
}

void mutex(const Work& work, std::span<Count> out)
{
    GuardedCounter counter;
    at_once(work, out, std::span(&counter, 1), [](GuardedCounter& own) {
        const std::lock_guard lock(own.mutex);
        ++own.count;
    });
}

void atomic(const Work& work, std::span<Count> out)
{
    AtomicCounter counter;
    at_once(work, out, std::span(&counter, 1),
            [](AtomicCounter& own) { own.count.fetch_add(1, std::memory_order_relaxed); });
}

void sharded(const Work& work, std::span<Count> out)
{
    std::vector<AtomicCounter> counters(work.threads);
    at_once(work, out, std::span(counters), [](AtomicCounter& own) { increment(own.count); });
}

void sharded_naive(const Work& work, std::span<Count> out)
{
    std::vector<PackedCounter> counters(work.threads);
    at_once(work, out, std::span(counters), [](PackedCounter& own) { increment(own.count); });
}

} // namespace workspan::contention
