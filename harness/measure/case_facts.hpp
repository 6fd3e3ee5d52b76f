// SPDX-License-Identifier: Apache-2.0
// Facts of one case that follow from its footprint, its samples and the machine.
#pragma once

#include "harness/machine/machine.hpp"
#include "harness/measure/case_result.hpp"

namespace workspan {

// Bytes of a core's L1 and L2 and of the GPU's L2; 0: unknown.
struct CacheSizes {
    double l1 = 0, l2 = 0, device_l2 = 0;
};

CacheSizes cache_sizes(const Machine& machine);

// The level that holds the working set. Host: `memory` from 256 MiB on, l1 and l2 if half of the
// cache holds a thread's share, else `shared`: the last-level cache, which other tenants of a
// virtual machine's host use too. Device: l2 if half of it holds the working set, else `memory`.
// none: no working set, or the size of a cache that decides is unknown.
Level level_of(const CaseResult& c, const CacheSizes& caches);

// CPU time over wall time and threads, median over the samples: well below 1 if other processes
// took the cores or threads waited. Empty for device cases and without samples.
std::optional<double> cpu_share(const CaseResult& c);

} // namespace workspan
