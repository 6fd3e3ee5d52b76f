// SPDX-License-Identifier: Apache-2.0
// From what was asked for to the list of cases, in groups that share their inputs and fit into
// memory.
#pragma once

#include "harness/measure/case_result.hpp"
#include "harness/options.hpp"

namespace workspan {

struct PlannedCase {
    const Workload* workload;
    const Variant* variant;
    Problem problem;
    std::string name; // workload/variant/n:N[/key:value ...]/threads:T
    Bytes footprint;
};

using Group = std::vector<PlannedCase>; // of one workload, size and input: prepared, verified and
                                        // timed together

struct Memory {
    double host = 0, device = 0; // bytes that can be taken; infinity where unknown
};

struct Plan {
    std::vector<Group> groups;       // in the order of the suite
    std::vector<CaseResult> skipped; // those that do not fit, with the reason
    std::size_t cases() const;
};

std::vector<Workload>
chosen_workloads(std::vector<Workload> suite,
                 const Options& options); // what --workload and --variant leave

std::string case_name(const std::string& workload, const std::string& variant,
                      const Problem& problem);

// all_threads is what "all" means. Throws UsageError for a filter that is no regular expression.
Plan make_plan(const std::vector<Workload>& suite, const Options& options, int all_threads,
               const Memory& memory);

CaseResult result_of(const PlannedCase& planned); // a case before anything happened to it

} // namespace workspan
