// SPDX-License-Identifier: Apache-2.0
#include "harness/support/threads.hpp"

#include <cstdlib>
#include <dirent.h>
#include <memory>

namespace workspan {

std::vector<pid_t> threads_of_process()
{
    std::vector<pid_t> threads;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/task"), closedir);
    while (const dirent* entry = folder ? readdir(folder.get()) : nullptr)
        if (entry->d_name[0] != '.')
            threads.push_back(std::atoi(entry->d_name));
    return threads;
}

} // namespace workspan
