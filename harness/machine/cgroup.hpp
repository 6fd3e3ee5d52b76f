// SPDX-License-Identifier: Apache-2.0
// What the control groups of this process, v1, v2 or both, let it use. Limits of ancestors hold
// too, so the smallest one counts.
#pragma once

#include "harness/machine/machine.hpp"

namespace workspan {

struct CgroupLimits { // empty if no cgroup is visible, infinity if one is and sets no limit
    Known<double> cpus, memory, memory_left;
    Known<std::string> cpuset;
};

CgroupLimits cgroup_limits(const std::filesystem::path& root);

} // namespace workspan
