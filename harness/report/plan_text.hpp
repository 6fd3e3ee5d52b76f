// SPDX-License-Identifier: Apache-2.0
// A plan in words.
#pragma once

#include "harness/measure/case_result.hpp"

namespace workspan {

// --dry-run: each case with the memory that it needs, or why it cannot run; then their number, and
// the longest time that they take, if known.
std::string plan_text(const std::vector<CaseResult>& planned, std::optional<Seconds> time_limit);

} // namespace workspan
