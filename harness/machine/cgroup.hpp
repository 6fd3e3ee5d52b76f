// SPDX-License-Identifier: Apache-2.0
// The limits of this process's control groups (v1, v2 or both). Limits of ancestors apply too, so
// the smallest one counts.
#pragma once

#include "harness/machine/machine.hpp"

namespace workspan {

// Empty if no cgroup is visible; infinity if one is and sets no limit.
struct CgroupLimits {
    Known<double> cpus, memory, memory_left;
    Known<std::string> cpuset;
};

CgroupLimits cgroup_limits(const std::filesystem::path& root);

} // namespace workspan
