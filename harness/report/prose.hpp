// SPDX-License-Identifier: Apache-2.0
// The comments at the top of the contracts, collected at build time
// (scripts/cmake/WriteProse.cmake).
#pragma once

#include <string_view>

namespace workspan {

// The comment whose heading, the words before its first colon, names the workload; empty: none.
std::string_view prose(std::string_view workload);

} // namespace workspan
