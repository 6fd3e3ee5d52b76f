// SPDX-License-Identifier: Apache-2.0
// The machine and the build as text.
#pragma once

#include "harness/machine/build_info.hpp"
#include "harness/machine/machine.hpp"

#include <string>

namespace workspan {

// The commit, shortened to this number of digits, and whether the tree differed from it.
std::string commit_text(const BuildInfo& build, std::size_t digits = std::string::npos);

std::string machine_line(const Machine& machine); // two lines, for the head of the results
std::string machine_text(const Machine& machine); // --info

} // namespace workspan
