// SPDX-License-Identifier: Apache-2.0
// The key cpus:1: all threads of this process on one CPU.
#pragma once

#include <sched.h>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace workspan {

// While it lives, every thread of the process runs on the CPU that the caller was on. Threads and
// processes that are started meanwhile inherit that; the others get their CPUs back.
class OneCpu {
public:
    OneCpu();
    ~OneCpu();
    OneCpu(const OneCpu&) = delete;
    OneCpu& operator=(const OneCpu&) = delete;

private:
    void restore();

    std::vector<std::pair<pid_t, cpu_set_t>> before_; // of each thread
};

} // namespace workspan
