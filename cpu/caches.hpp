// SPDX-License-Identifier: Apache-2.0
// How large this machine's caches are: it decides where kernels take their data to lie, and so
// which way they go.
#pragma once

#include <cstddef>
#include <unistd.h>

namespace workspan {

// Bytes of a core's first and second level and of the last level.
struct Caches {
    std::size_t first, second, last;
};

inline std::size_t cache_size(int name, std::size_t where_unknown)
{
    const long reported = sysconf(name); // 0 or -1 where unknown
    return reported > 0 ? static_cast<std::size_t>(reported) : where_unknown;
}

// Tests set others, so that what is done for large data is also seen to be right on small ones, on
// any machine.
inline Caches& caches()
{
    static Caches sizes = {.first = cache_size(_SC_LEVEL1_DCACHE_SIZE, std::size_t(32) << 10),
                           .second = cache_size(_SC_LEVEL2_CACHE_SIZE, std::size_t(1) << 20),
                           .last = cache_size(_SC_LEVEL3_CACHE_SIZE, 0)};
    return sizes;
}

} // namespace workspan
