// SPDX-License-Identifier: Apache-2.0
// Values on the command line. All functions throw UsageError with one line that names the option
// and gives an example.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// At least 0 and at most 1e9.
double parse_number(const std::string& text, const std::string& option, const std::string& example);

// 60, 60s, 500ms, 2m or 1h.
Seconds parse_seconds(const std::string& text, const std::string& option,
                      const std::string& example);
Seconds parse_positive_seconds(const std::string& text, const std::string& option,
                               const std::string& example);

// Refuses a value that is not one of `choices`; an empty value stands for an option not given.
void check_choice(const std::string& value, const std::string& option,
                  const std::vector<std::string>& choices);

std::uint64_t parse_whole_number(const std::string& text, const std::string& option,
                                 std::uint64_t least, std::uint64_t most);
double parse_share(const std::string& text, const std::string& option); // 2% or 0.02
int parse_threads(const std::string& text);                             // 4; all: 0
// 1000 or 2^20
std::size_t parse_size(const std::string& text, const std::string& option = "--sizes");
// 10ms: a whole number of us, ms or s, as it stands in names of cases.
std::string parse_duration(const std::string& text, const std::string& option);
std::pair<std::string, std::string>
parse_pair(const std::string& text); // key=value, of --benchmark_context

// Whether an option is on the command line, not only in the environment.
bool is_given(const std::vector<std::string>& arguments, const std::string& option);

// Refuse options that --list and --info cannot apply. Environment variables are meant for
// measurements, so they are ignored.
void check_list(const std::vector<std::string>& arguments);
void check_info(const std::vector<std::string>& arguments);

} // namespace workspan
