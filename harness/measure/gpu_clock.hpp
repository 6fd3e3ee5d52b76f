// SPDX-License-Identifier: Apache-2.0
// A GPU's clock rises under load and falls under heat: brought up before a sample, and looked at
// after it.
#pragma once

#include "harness/measure/measure.hpp"

namespace workspan {

// Runs the case, on a GPU that may have been idle, until two readings in a row agree, a tenth of a
// second at most. A run of half of that brings the clock up by itself.
void warm_up(const Live& live);

// Warns where the clock after samples was held down or moved, which may have moved their times.
void note_clock(CaseResult& result);

} // namespace workspan
