// SPDX-License-Identifier: Apache-2.0
// The rows for Google Benchmark's tools, in JSON and in CSV.
#pragma once

#include "harness/plan/case_result.hpp"

namespace workspan {

struct Unit {
    std::string name;
    double per_second;
};
Unit unit_of(const std::string& name); // ns, us, ms or s; empty: ns

struct Row {
    std::string name, aggregate; // aggregate: mean, median, stddev or cv; empty for a plain row
    double real, cpu;            // seconds; a share for cv
};

// One row with the median of the invocation, or Google Benchmark's four aggregates of the samples.
std::vector<Row> rows_of(const CaseResult& c, bool aggregates);

// Google Benchmark's CSV of all finished cases.
std::string result_csv(const std::vector<CaseResult>& cases, const std::string& time_unit,
                       bool aggregates);

} // namespace workspan
