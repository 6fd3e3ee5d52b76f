// SPDX-License-Identifier: Apache-2.0
#include "cpu/caches.hpp"

#include <fstream>
#include <string>

namespace workspan {

std::size_t one_last_level_cache()
{
    for (int k = 0;; ++k) {
        const std::string index = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(k);
        int level = 0;
        if (!(std::ifstream(index + "/level") >> level))
            return cache_size(_SC_LEVEL3_CACHE_SIZE, 0); // the kernel does not say
        std::size_t kib = 0;
        if (level == 3 && std::ifstream(index + "/size") >> kib) // "32768K"
            return kib << 10;
    }
}

} // namespace workspan
