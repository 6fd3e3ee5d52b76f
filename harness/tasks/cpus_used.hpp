// SPDX-License-Identifier: Apache-2.0
// How many CPUs ran the tasks of a run.
#pragma once

#include "harness/tasks/shared_array.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <sched.h>

namespace workspan {

constexpr std::size_t kMostCpus = 4096;

// Marks the CPU that the caller is on. Stores only what is new, so that the CPUs do not fight for
// the cache line.
inline void mark_cpu(std::uint8_t* marks)
{
    const int cpu = sched_getcpu();
    if (cpu < 0 || std::size_t(cpu) >= kMostCpus)
        return;
    const std::atomic_ref mark(marks[cpu]);
    if (mark.load(std::memory_order_relaxed) == 0)
        mark.store(1, std::memory_order_relaxed);
}

// Counts the CPUs of each run, and knows the median.
class CpusUsed {
public:
    std::uint8_t* marks() const { return marks_.data(); } // for mark_cpu()
    void begin_run() { std::memset(marks_.data(), 0, kMostCpus); }
    void end_run()
    {
        ++runs_on_[static_cast<std::size_t>(std::count(marks_.begin(), marks_.end(), 1))];
    }

    std::size_t median() const // over the runs; the lower of two; 0 of none
    {
        std::size_t runs = 0, below = 0;
        for (const auto& [used, times] : runs_on_)
            runs += times;
        for (const auto& [used, times] : runs_on_)
            if ((below += times) * 2 >= runs)
                return used;
        return 0;
    }

private:
    SharedArray<std::uint8_t> marks_{kMostCpus}; // child processes write it
    std::map<std::size_t, std::size_t> runs_on_; // runs, by the number of CPUs used
};

} // namespace workspan
