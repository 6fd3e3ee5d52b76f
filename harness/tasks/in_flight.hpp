// SPDX-License-Identifier: Apache-2.0
// The key inflight: tasks that are under way at the same time.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

inline std::size_t in_flight(const Problem& p) { return std::stoull(p.keys.at("inflight")); }

// Throws Unavailable if so many of the n tasks can never be in flight: the time would be that of
// another problem. Of no tasks any number is, as all problems that are only planned.
inline void require_in_flight(const Problem& p)
{
    if (p.n > 0 && in_flight(p) > p.n)
        throw Unavailable("inflight:" + p.keys.at("inflight") +
                          " exceeds n = " + std::to_string(p.n));
}

} // namespace workspan
