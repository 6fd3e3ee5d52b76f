// SPDX-License-Identifier: Apache-2.0
// What the contracts say in prose; made at build time from the comments that they begin with
// (scripts/cmake/WriteProse.cmake).
#pragma once

#include <string_view>

namespace workspan {

// The paragraph whose heading, the words before its first colon, names the workload.
std::string_view prose(std::string_view workload);

} // namespace workspan
