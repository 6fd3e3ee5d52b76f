// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <vector>

namespace workspan {

// The kernel's numbers of the threads of this process; empty without /proc.
std::vector<pid_t> threads_of_process();

} // namespace workspan
