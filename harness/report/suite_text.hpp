// SPDX-License-Identifier: Apache-2.0
// The catalogue as text.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

// --list; with_prose: --list --long, with the contracts' comments and the meaning of the variants.
std::string list_text(const std::vector<Workload>& suite, bool with_prose = false);

} // namespace workspan
