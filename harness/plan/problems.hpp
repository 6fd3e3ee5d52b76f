// SPDX-License-Identifier: Apache-2.0
// The problems of a workload that the options ask for: its sizes, with every value of its axes.
#pragma once

#include "harness/options/options.hpp"
#include "harness/plan/case_result.hpp"

#include <vector>

namespace workspan {

std::vector<Problem> problems_of(const Workload& workload, const Options& options,
                                 const CacheSizes& caches);

} // namespace workspan
