// SPDX-License-Identifier: Apache-2.0
// How the threads of a scan share an array, when a piece must be summed up before those after it
// can be scanned.
#pragma once

#include "cpu/simd.hpp"

#include <algorithm>

namespace workspan {

// The first `head` of n elements are thread 0's, who scans them while the others only add up (or
// compose) their first pieces. Then in every round each thread scans a piece, thread 0 the last of
// the round, so that it always knows the total without adding up.
struct Sharing {
    std::size_t n, team, head, piece;

    Chunk part_of(std::size_t thread, std::size_t round) const
    {
        const std::size_t place = round * team + (thread == 0 ? team : thread) - 1;
        return {std::min(n, head + place * piece), std::min(n, head + (place + 1) * piece)};
    }
    std::size_t rounds() const { return head < n ? (n - head - 1) / (team * piece) + 1 : 0; }
};

// So many elements that parts begin on a cache line.
constexpr std::size_t grains_of(std::size_t elements) { return (elements + 63) / 64 * 64; }

} // namespace workspan
