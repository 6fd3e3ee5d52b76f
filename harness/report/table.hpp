// SPDX-License-Identifier: Apache-2.0
// What a person sees in the terminal: one table per workload and size, then what was not timed and
// what to mind.
#pragma once

#include "harness/machine/machine.hpp"
#include "harness/measure/case_result.hpp"

namespace workspan {

struct TableStyle {
    bool color = false;
    double target = 0.02; // an interval wider than this gets the noise mark
};

// At most 100 columns wide.
std::string results_text(const std::vector<CaseResult>& cases, const std::vector<Workload>& suite,
                         const TableStyle& style);

std::string machine_line(const Machine& machine); // one line, for the head of the results
std::string machine_text(const Machine& machine); // --info
std::string list_text(const std::vector<Workload>& suite,
                      bool with_prose = false); // --list, --list --long

// --dry-run: each case with the memory it needs, or why it cannot run; then how many, and how long
// that takes at most, where known.
std::string plan_text(const std::vector<CaseResult>& planned, std::optional<Seconds> most);

} // namespace workspan
