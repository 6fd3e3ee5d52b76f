// SPDX-License-Identifier: Apache-2.0
// From the options to the list of cases, in groups that share their inputs and fit into memory.
#pragma once

#include "harness/options/options.hpp"
#include "harness/plan/groups.hpp"

namespace workspan {

struct Plan {
    std::vector<Group> groups;       // in the order of the suite; several may have a baseline
    std::vector<CaseResult> skipped; // cases that do not fit, with the reason
    Memory memory = {};
    const std::vector<Workload>* suite = nullptr; // with all ceilings, whatever was chosen
    std::size_t unsuited = 0; // cases that are left out since their problem does not suit
    std::vector<const PlannedCase*> to_measure() const; // those of the groups, each once
};

// The workloads and variants that --workload and --variant select.
std::vector<Workload> chosen_workloads(std::vector<Workload> suite, const Options& options);

std::string case_name(const std::string& workload, const std::string& variant,
                      const Problem& problem);

// What the cases of a group have in common: workload, n and keys.
std::string group_name(const PlannedCase& c);

// all_threads: the meaning of "all". Throws UsageError for a filter that is not a regular
// expression.
Plan make_plan(const std::vector<Workload>& suite, const Options& options, int all_threads,
               const Memory& memory);

// The result of a case that is not prepared yet: its facts, without a time.
CaseResult result_of(const PlannedCase& planned, const CacheSizes& caches);

} // namespace workspan
