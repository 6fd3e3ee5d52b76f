// SPDX-License-Identifier: Apache-2.0
#include "harness/one_cpu.hpp"

#include "harness/workload.hpp"

namespace workspan {

OneCpu::OneCpu()
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
        const pid_t thread = std::stoi(entry.path().filename().string());
        cpu_set_t before;
        if (sched_getaffinity(thread, sizeof before, &before) != 0)
            continue; // it has ended
        before_.emplace_back(thread, before);
        sched_setaffinity(thread, sizeof one, &one);
    }
}

OneCpu::~OneCpu()
{
    for (const auto& [thread, cpus] : before_)
        sched_setaffinity(thread, sizeof cpus, &cpus);
}

Seconds pinned_clock(const Trial& trial, int times)
{
    const OneCpu pinned;
    return wall_clock(trial, times);
}

} // namespace workspan
