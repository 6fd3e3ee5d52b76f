// SPDX-License-Identifier: Apache-2.0
// Sizes of this machine's caches: kernels choose their code path by the cache that holds their
// working set.
#pragma once

#include <cstddef>
#include <unistd.h>

namespace workspan {

// Bytes of a core's L1 and L2, of the last-level caches of a processor, and of one of them.
struct Caches {
    std::size_t first, second, last, one_last = 0;
};

inline std::size_t cache_size(int name, std::size_t if_unknown)
{
    const long bytes = sysconf(name); // 0 or -1 if unknown
    return bytes > 0 ? static_cast<std::size_t>(bytes) : if_unknown;
}

// Bytes of one last-level cache, as the kernel says it; sysconf() adds up those of an AMD package.
std::size_t one_last_level_cache();

// Tests set other sizes to verify the code paths of large data on small data, on any machine.
inline Caches& caches()
{
    static Caches sizes = {.first = cache_size(_SC_LEVEL1_DCACHE_SIZE, std::size_t(32) << 10),
                           .second = cache_size(_SC_LEVEL2_CACHE_SIZE, std::size_t(1) << 20),
                           .last = cache_size(_SC_LEVEL3_CACHE_SIZE, 0),
                           .one_last = one_last_level_cache()};
    return sizes;
}

} // namespace workspan
