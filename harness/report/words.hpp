// SPDX-License-Identifier: Apache-2.0
// The names of enumeration values in the result file.
#pragma once

#include "harness/options/options.hpp"
#include "harness/plan/case_result.hpp"

#include <array>

namespace workspan {

// In the order of each enumeration; those of Preset are in options.hpp.
inline constexpr std::array kStatusWords = {"ok", "failed", "skipped", "planned"};
inline constexpr std::array kCauseWords = {
    "", "memory", "unavailable", "too_slow", "interrupted", "wrong_result", "device_lost", "error"};
inline constexpr std::array kLevelWords = {"none", "l1", "l2", "shared", "memory"};
inline constexpr std::array kScopeWords = {"host", "kernel", "e2e"};
inline constexpr std::array kThreadingWords = {"one", "team", "own", "per_task"};
inline constexpr std::array kRoleWords = {"main", "teaching"};
inline constexpr std::array kRateWords = {"flops", "bytes", "items"};
inline constexpr std::array kSubjectWords = {"computing", "concurrency", "transfers"};

constexpr const char* word(Status s) { return kStatusWords.at(std::size_t(s)); }
constexpr const char* word(Cause c) { return kCauseWords.at(std::size_t(c)); }
constexpr const char* word(Level l) { return kLevelWords.at(std::size_t(l)); }
constexpr const char* word(Scope s) { return kScopeWords.at(std::size_t(s)); }
constexpr const char* word(Threading t) { return kThreadingWords.at(std::size_t(t)); }
constexpr const char* word(Role r) { return kRoleWords.at(std::size_t(r)); }
constexpr const char* word(Rate r) { return kRateWords.at(std::size_t(r)); }
constexpr const char* word(Subject s) { return kSubjectWords.at(std::size_t(s)); }
constexpr const char* word(Preset p) { return kPresetWords.at(std::size_t(p)); }

} // namespace workspan
