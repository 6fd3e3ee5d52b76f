// SPDX-License-Identifier: Apache-2.0
// What the times of a run say against each other: speedups, efficiency, fractions of measured
// ceilings, and what cannot be true.
#pragma once

#include "harness/measure/case_result.hpp"

namespace workspan {

// Cache sizes in bytes, 0 where unknown; the boundaries between footprints that may be compared.
struct CacheSizes {
    double l1 = 0, l2 = 0, device_l2 = 0;
};

enum class Level { l1, l2, shared_cache, memory };

// Where a working set lives: its share per thread against half of L1 and L2; from 256 MiB on in
// memory; between them in a cache that is shared, also with other machines' neighbours on virtual
// ones.
Level level_of(const CaseResult& c, const CacheSizes& caches);

// Fills vs_seq of cases that were timed together: the first variant of their workload is named
// `baseline`.
void compare_with_baseline(std::span<CaseResult> group, const std::string& baseline);

// The share of its threads' time that a host case spent on a core. Well below 1 where others took
// the cores, or threads waited: its time then says more of the scheduler than of the code. 1 for
// cases on a device.
double cpu_share(const CaseResult& c);

// Fills everything else and the warnings. all_threads: what "all cores" means.
void judge(std::vector<CaseResult>& cases, const CacheSizes& caches, int all_threads);

} // namespace workspan
