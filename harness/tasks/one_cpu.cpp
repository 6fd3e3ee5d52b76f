// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/one_cpu.hpp"

#include "harness/workload.hpp"

#include <cerrno>
#include <cstring>

namespace workspan {

bool bind_to(int cpu)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    if (cpu < 0 || cpu >= CPU_SETSIZE)
        return false;
    CPU_SET(static_cast<std::size_t>(cpu), &one);
    return sched_setaffinity(0, sizeof one, &one) == 0;
}

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
        if (sched_setaffinity(thread, sizeof one, &one) == 0)
            before_.emplace_back(thread, before);
        else if (errno != ESRCH) {
            restore();
            throw Unavailable(std::string("cannot set the CPUs of a thread: ") +
                              std::strerror(errno));
        }
    }
}

OneCpu::~OneCpu() { restore(); }

void OneCpu::restore()
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
