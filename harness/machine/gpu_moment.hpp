// SPDX-License-Identifier: Apache-2.0
// The state of a GPU right after a sample.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace workspan {

struct GpuMoment {
    std::optional<double> sm_mhz;
    std::vector<std::string> throttled = {}; // reasons for a reduced clock; empty: none
};

} // namespace workspan
