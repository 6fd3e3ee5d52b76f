// SPDX-License-Identifier: Apache-2.0
// The results for the terminal: one table per workload and problem, then the cases without a time
// and the warnings about cases with one. The only comparison is that of each time with the
// baseline's.
#pragma once

#include "harness/options/options.hpp"
#include "harness/plan/case_result.hpp"

#include <filesystem>

namespace workspan {

struct TableStyle {
    bool color = false;
    double target = kDefaultTarget;  // a wider interval gets the noise mark
    std::filesystem::path file = {}; // the result file; empty: none
};

// At most 100 columns wide, apart from the name of the file.
std::string results_text(const std::vector<CaseResult>& cases, const std::vector<Workload>& suite,
                         const TableStyle& style);

} // namespace workspan
