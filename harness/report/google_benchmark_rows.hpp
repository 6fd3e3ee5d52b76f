// SPDX-License-Identifier: Apache-2.0
// The rows that Google Benchmark's tools read, in JSON and in CSV.
#pragma once

#include "harness/measure/case_result.hpp"

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

// One row per invocation, its median; or Google Benchmark's four aggregates of the samples.
std::vector<Row> rows_of(const CaseResult& c, bool aggregates);

std::vector<double> seconds_of(const CaseResult& c, Seconds Sample::*member);

// Google Benchmark's CSV of all finished cases.
std::string result_csv(const std::vector<CaseResult>& cases, const std::string& time_unit,
                       bool aggregates);

} // namespace workspan
