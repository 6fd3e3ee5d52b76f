// SPDX-License-Identifier: Apache-2.0
// Traces as a file of Chrome's JSON trace format, which Perfetto opens and workspan plot draws.
#pragma once

#include "harness/machine/machine.hpp"
#include "harness/measure/tracing.hpp"

namespace workspan {

// Three groups of lanes for each case: its tasks, the CPUs, the workers. Times in us since the run
// began. span_cost: ns to record a span.
std::string trace_json(const std::vector<TracedCase>& cases, const Machine& machine,
                       double span_cost);

} // namespace workspan
