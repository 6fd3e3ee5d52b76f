// SPDX-License-Identifier: Apache-2.0
#include "harness/support/clock.hpp"

#include <chrono>
#include <ctime>
#include <fmt/chrono.h>

namespace workspan {

Seconds now()
{
    return std::chrono::duration<Seconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::string utc_now()
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::time(nullptr)));
}

} // namespace workspan
