// SPDX-License-Identifier: Apache-2.0
// contention: n increments of one counter by all threads, each as often as the others. Bound by the
// cache line of the counter: an increment needs it in the cache of its own core, so the line
// travels from core to core, and one increment follows the other. More threads make it slower, not
// faster, as the universal scalability law has it (Gunther, Guerrilla Capacity Planning, 2007).
// Parallel pattern: reduction by a counter that all share. Arithmetic intensity: none, no data.
// All threads begin at once, at a barrier, and each stays on a CPU of its own if there are as many:
// else the first one would have ended before the last one starts, and nothing would compete.
// seq: the same increments by one thread, each a load, an addition and a store of memory.
// omp_critical: in a critical region. omp_atomic: `omp atomic`. mutex: under a std::mutex.
// atomic: fetch_add of a std::atomic, relaxed.
// sharded: a counter for each thread, on a cache line of its own, added up at the end. Only its
// thread writes it, so an increment is that of seq: nothing is shared, nothing competes.
// sharded_naive: the same counters side by side, which is false sharing of a cache line.
// cuda: atomicAdd by all threads of a grid-stride loop; the compiler combines those of a warp.
// cuda_naive: the same with summands that the compiler does not know to be equal, so that each is
// an addition of its own in the L2 cache.
// Counter cpus_used: the CPUs on which the threads made their increments, median over all runs.
// Check: the counter is n, so that no increment was lost or made twice, and each thread made its
// share. A thread that began before all had arrived adds 2^62 to its share.
#pragma once

#include "harness/host_trial.hpp"
#include "harness/tasks/cpus_used.hpp"

namespace workspan::contention {

using Count = std::uint64_t;
inline constexpr Count kTooEarly = Count(1) << 62;

struct Work {
    std::size_t n = 0;
    std::size_t threads = 1;
    std::uint8_t* cpus = nullptr; // for mark_cpu(); null on a device

    std::size_t share_of(std::size_t thread) const
    {
        return n / threads + (thread < n % threads ? 1 : 0);
    }
};

// out: the counter, then what each thread contributed to it.
using Kernel = void(const Work& work, std::span<Count> out);
Kernel seq, omp_critical, omp_atomic, mutex, atomic, sharded, sharded_naive; // cpu/contention.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&);                      // gpu/contention.cu

inline Cost cost(std::size_t n) { return {.items = double(n)}; }

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double bytes = sizeof(Count) * (1.0 + p.threads);
    return {.host_case = bytes, .device_case = bytes};
}

inline Contract contract()
{
    return {.summary = "n increments of one counter by all threads",
            .sizes = {100000, 1000000},
            .quick = {1000000},
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .awkward = {0, 1, 2, 31, 1000, 10007},
            .subject = Subject::concurrency,
            .one_thread_too = true};
}

inline CheckResult check(const Work& work, std::span<const Count> out)
{
    const auto expected = [&](std::size_t i) -> Count {
        return i == 0 ? work.n : work.share_of(i - 1);
    };
    if (out.size() == work.threads + 1) {
        for (std::size_t i = 1; i < out.size(); ++i)
            if (out[i] == expected(i) + kTooEarly)
                return wrong("thread " + std::to_string(i - 1) +
                             " began before all others had arrived");
        if (out[0] < work.n)
            return wrong(std::to_string(work.n - out[0]) + " of " + std::to_string(work.n) +
                         " increments were lost");
    }
    return each_equal(out, work.threads + 1, expected);
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    const auto cpus = std::make_shared<CpusUsed>();
    const auto work = std::make_shared<const Work>(
        Work{.n = p.n, .threads = static_cast<std::size_t>(p.threads), .cpus = cpus->marks()});
    Trial trial = host_trial(work, HostArray<Count>(work->threads + 1), cost(p.n), check,
                             [kernel, cpus](const Work& of, std::span<Count> out) {
                                 cpus->begin_run();
                                 kernel(of, out);
                                 cpus->end_run();
                             });
    trial.counters = [cpus] { return Counters{{"cpus_used", double(cpus->median())}}; };
    return trial;
}

} // namespace workspan::contention
