// SPDX-License-Identifier: Apache-2.0
// The key inflight: tasks that are under way at the same time.
#pragma once

#include "harness/workload.hpp"

#include <algorithm>

namespace workspan {

inline std::size_t in_flight(const Problem& p) { return std::stoull(p.keys.at("inflight")); }

// Throws Unavailable if so many of the n tasks can never be in flight: the time would be that of
// another problem.
inline void require_in_flight(const Problem& p)
{
    if (in_flight(p) < 1 || in_flight(p) > std::max<std::size_t>(p.n, 1))
        throw Unavailable("inflight:" + p.keys.at("inflight") +
                          " needs to be at least 1 and at most n = " + std::to_string(p.n));
}

} // namespace workspan
