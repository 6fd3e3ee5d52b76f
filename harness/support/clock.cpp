// SPDX-License-Identifier: Apache-2.0
#include "harness/support/clock.hpp"

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

Seconds process_cpu_time() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

Seconds thread_cpu_time() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

std::string utc_now()
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::time(nullptr)));
}

} // namespace workspan
