// SPDX-License-Identifier: Apache-2.0
// Which cases of one workload, size and input are prepared, verified and timed together.
#pragma once

#include "harness/plan/case_result.hpp"

namespace workspan {

struct PlannedCase {
    const Workload* workload;
    const Variant* variant;
    Problem problem;
    std::string name; // workload/variant/n:N[/key:value ...]/threads:T
    Bytes footprint;
};

using Group = std::vector<PlannedCase>;

struct Memory {
    double host = 0, device = 0; // bytes that can be allocated; infinity if unknown
    CacheSizes caches = {};
};

// The share of the available memory that cases may use; the rest is left to the process itself and
// to other processes.
inline constexpr double kUsableShare = 0.9;

// The reason why a case does not fit, even alone with its input; empty if it does.
std::string memory_shortage(const PlannedCase& c, const Memory& memory);

// The cases in groups: those that fork in groups of their own, and as many in each as fit into
// memory together. The baseline is in each group, if it was chosen and fits.
std::vector<Group> groups_of(const Group& cases, const Memory& memory);

} // namespace workspan
