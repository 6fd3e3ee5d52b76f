// SPDX-License-Identifier: Apache-2.0
#include "harness/workload.hpp"

#include <chrono>

namespace workspan {

Seconds wall_clock(const Trial& trial, int times)
{
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i)
        trial.run();
    return std::chrono::duration<Seconds>(std::chrono::steady_clock::now() - start).count();
}

} // namespace workspan
