// SPDX-License-Identifier: Apache-2.0
// The rows of suite() that tell the execution models apart.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

std::vector<Workload> concurrency_suite();

} // namespace workspan
