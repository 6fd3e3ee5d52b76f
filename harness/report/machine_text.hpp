// SPDX-License-Identifier: Apache-2.0
// The machine and the build as text.
#pragma once

#include "harness/machine/machine.hpp"

namespace workspan {

std::string machine_line(const Machine& machine); // two lines, for the head of the results
std::string machine_text(const Machine& machine); // --info

} // namespace workspan
