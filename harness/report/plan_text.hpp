// SPDX-License-Identifier: Apache-2.0
// A plan as text.
#pragma once

#include "harness/plan/case_result.hpp"

namespace workspan {

// --dry-run: each case with its memory, or the reason why it cannot run; then the number of cases
// and their maximum time, if known.
std::string plan_text(const std::vector<CaseResult>& planned, std::optional<Seconds> time_limit);

} // namespace workspan
