// SPDX-License-Identifier: Apache-2.0
// A GPU's clock rises under load and falls under heat: raised before a sample, checked after it.
#pragma once

#include "harness/measure/case_result.hpp"

namespace workspan {

// Runs a device case, whose GPU may have been idle, until two consecutive timings agree within 1 %,
// for at most 100 ms; runs over 50 ms need no warm-up. estimate: of one run. cold: the clock clears
// the cache before each run, which is load enough.
void warm_up(Clock clock, const Trial& trial, Seconds estimate, bool cold);

// Warns if the clock after samples was held down or moved, which may have changed their times.
void warn_of_gpu_clock(CaseResult& result);

} // namespace workspan
