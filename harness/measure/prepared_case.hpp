// SPDX-License-Identifier: Apache-2.0
// A case that is set up and ready to run; and how an exception or a wrong result ends a case.
#pragma once

#include "harness/measure/case_result.hpp"

namespace workspan {

struct PreparedCase {
    CaseResult* result;
    Clock clock;
    Trial trial;
    Seconds estimate = 0; // of one run
    Seconds took = 0;     // the last sample, including its overhead
};

// The case has no time: its samples are dropped.
void fail(CaseResult& result, Cause cause, const std::string& reason);
void skip(CaseResult& result, Cause cause, const std::string& reason);

// Calls `step`; an exception fails the case, or skips it if it is not the case's own fault. Returns
// whether the step completed.
bool guarded(CaseResult& result, const std::function<void()>& step);

// Verifies the output of the last run; a wrong one fails the case. `when`: "before timing", ...
bool verify(PreparedCase& prepared, const std::string& when);

// Poisons the output, runs once for the estimate and verifies.
bool verify_and_time_once(PreparedCase& prepared);

} // namespace workspan
