// SPDX-License-Identifier: Apache-2.0
#include "harness/support/clock.hpp"

#include "harness/support/threads.hpp"

#include <chrono>
#include <ctime>
#include <fmt/chrono.h>

namespace workspan {

namespace {

Seconds read_clock(clockid_t clock)
{
    timespec t{};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// As clock_getcpuclockid() makes it for a process: 2 is the scheduler's clock, 4 that of one thread
// (the kernel's include/linux/posix-timers.h).
clockid_t cpu_clock_of(pid_t thread)
{
    return static_cast<clockid_t>(~static_cast<unsigned>(thread) << 3 | 6U);
}

const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();

} // namespace

Seconds now()
{
    return std::chrono::duration<Seconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Seconds since_start()
{
    return std::chrono::duration<Seconds>(std::chrono::steady_clock::now() - start).count();
}

// The time of a process lacks what its running threads used since the last scheduler tick, 1 to
// 10 ms ago. Reading the clock of a thread brings its part up to date.
Seconds process_cpu_time()
{
    for (const pid_t thread : threads_of_process())
        read_clock(cpu_clock_of(thread));
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

Seconds thread_cpu_time() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

std::string utc_now()
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::time(nullptr)));
}

} // namespace workspan
