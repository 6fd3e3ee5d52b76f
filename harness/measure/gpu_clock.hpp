// SPDX-License-Identifier: Apache-2.0
// A GPU's clock rises under load and falls under heat: a warm-up before each sample raises it, a
// check after the samples finds if it was held down.
#pragma once

#include "harness/plan/case_result.hpp"

namespace workspan {

// Runs a device case, whose GPU may have been idle, until two consecutive timings agree within 1 %,
// for at most 100 ms; runs over 50 ms need no warm-up. estimate: of one run. cold: the clock clears
// the cache before each run, which is load enough.
void warm_up(Clock clock, const Trial& trial, Seconds estimate, bool cold);

// Adds warnings if the clock after the samples was held down or unsteady: their times may be off.
void warn_of_gpu_clock(CaseResult& result);

} // namespace workspan
