// SPDX-License-Identifier: Apache-2.0
// The result file: a superset of Google Benchmark's JSON, whose `benchmarks` holds only verified,
// finished rows, and whose `workspan` holds everything else: run, machine, build, environment and
// all cases with their samples.
#pragma once

#include "harness/machine/machine.hpp"
#include "harness/measure/case_result.hpp"
#include "harness/options.hpp"

namespace workspan {

struct RunInfo {
    std::string started, ended; // UTC, ISO 8601
    bool complete = true;       // false: interrupted
    std::vector<std::string> arguments;
    int all_threads = 1; // what "all" means
};

// Strict JSON in UTF-8: no NaN, no duplicate keys; what is not known is the string "unknown".
std::string result_json(const std::vector<CaseResult>& cases, const RunInfo& run,
                        const Options& options, const Machine& machine);

struct WriteError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws WriteError, with the reason, where a file could not be written at `path`; leaves nothing
// behind.
void check_writable(const std::filesystem::path& path);

// A temporary file beside it, fsync, rename: either the whole text is at `path`, or what was there
// before. A device or a pipe is written to directly. Throws WriteError.
void write_atomically(const std::filesystem::path& path, const std::string& text);

std::string utc_now();

} // namespace workspan
