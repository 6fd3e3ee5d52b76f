// SPDX-License-Identifier: Apache-2.0
// The result file, schema 2: a superset of Google Benchmark's JSON. `benchmarks` holds only
// verified, finished rows, `workspan` everything else: run, machine, build, environment and all
// cases with their samples. Facts only: the readers compare.
#pragma once

#include "harness/machine/machine.hpp"
#include "harness/options/options.hpp"
#include "harness/plan/case_result.hpp"

namespace workspan {

struct RunInfo {
    std::string started, ended; // UTC, ISO 8601
    bool complete = true;       // false: interrupted
    std::vector<std::string> arguments;
    int all_threads = 1; // the meaning of "all"
};

// Strict JSON in UTF-8: no NaN, no duplicate keys; unknown values are the string "unknown".
std::string result_json(const Results& results, const RunInfo& run, const Options& options,
                        const Machine& machine);

} // namespace workspan
