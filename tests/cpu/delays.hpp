// SPDX-License-Identifier: Apache-2.0
// Random delays, under which threads and processes meet in orders that are rare otherwise.
#pragma once

#include "harness/random.hpp"
#include "harness/tasks/lcg.hpp"

#include <ctime>
#include <sched.h>

namespace workspan {

// Does nothing, yields, computes or sleeps, at random, for less than `longest` nanoseconds.
inline void delay(std::uint64_t seed, std::uint64_t index, std::uint64_t longest)
{
    const std::uint64_t random = random_bits(seed, index);
    const auto length = static_cast<long>((random >> 8) % longest);
    if (random % 4 == 1)
        sched_yield();
    if (random % 4 == 2) {
        volatile std::uint64_t result = lcg(random, static_cast<std::size_t>(length), {});
        static_cast<void>(result);
    }
    const timespec sleep = {0, length};
    if (random % 4 == 3)
        nanosleep(&sleep, nullptr);
}

} // namespace workspan
