// SPDX-License-Identifier: Apache-2.0
// Threads on one CPU: this one, or, for the key cpus:1, all of this process.
#pragma once

#include <sched.h>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace workspan {

// The calling thread, from now on; false if it may not run there.
bool bind_to(int cpu);

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
