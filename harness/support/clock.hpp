// SPDX-License-Identifier: Apache-2.0
// The time: of the steady clock for durations and deadlines, CPU time, and of the calendar for
// records.
#pragma once

#include "harness/workload.hpp"

#include <string>

namespace workspan {

Seconds now();         // the steady clock
Seconds since_start(); // since this process began

Seconds process_cpu_time(); // of all threads of this process
Seconds thread_cpu_time();  // of the calling thread

std::string utc_now(); // ISO 8601, for example 2026-03-01T12:00:00Z

} // namespace workspan
