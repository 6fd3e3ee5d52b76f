// SPDX-License-Identifier: Apache-2.0
// Text for people: numbers with three significant digits and a unit, and lists.
#pragma once

#include "harness/workload.hpp"

#include <string>

namespace workspan {

std::string format_time(Seconds seconds); // 12.3 ms
// 403 MB, by powers of ten as bandwidths are; "unlimited" for infinity.
std::string format_bytes(double bytes);
std::string format_size(std::size_t n); // 2^24, or 1000
// 1.23, 12.3, 123, 1234; a power of ten below 0.01 and from a million on.
std::string format_number(double value);
std::string format_duration(Seconds seconds); // 45 s, 3 min 20 s, 2 h 5 min

std::string join(const std::vector<std::string>& words, const char* between);

} // namespace workspan
