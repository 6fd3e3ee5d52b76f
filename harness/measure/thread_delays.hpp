// SPDX-License-Identifier: Apache-2.0
// How long the threads of this process waited for a CPU: able to run, but not running.
#pragma once

#include "harness/workload.hpp"

#include <optional>

namespace workspan {

// The delays of all threads from now on, as the kernel accounts them (the second number of
// /proc/self/task/TID/schedstat, in kernels with CONFIG_SCHED_INFO). Other guests of a hypervisor,
// memory, caches and clocks do not show.
class ThreadDelays {
public:
    ThreadDelays();

    // The largest delay of any one thread since then; threads that began since then are left out.
    // Empty if the kernel accounts no delays.
    std::optional<Seconds> largest() const;

private:
    std::map<int, double> before_; // ns, by thread
};

// How often this process was taken off a CPU that it still needed.
long involuntary_switches();

} // namespace workspan
