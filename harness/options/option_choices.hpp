// SPDX-License-Identifier: Apache-2.0
// Options whose values are names of the suite. All functions throw UsageError with one line that
// names the option and what it may be.
#pragma once

#include "harness/options/options.hpp"

namespace workspan {

std::vector<std::string> preset_names();
Preset parse_preset(const std::string& text);

// What --workload, --variant and --axis give.
struct Choices {
    const std::vector<std::string>&workloads, &variants, &axes;
};

// Copies the choices after checking them against the suite.
void choose_from_suite(Options& options, const Choices& given, const std::vector<Workload>& suite);

} // namespace workspan
