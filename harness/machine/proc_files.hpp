// SPDX-License-Identifier: Apache-2.0
// The small text files in which a kernel tells what it is. Nothing here throws: what is missing or
// malformed is empty.
#pragma once

#include "harness/machine/machine.hpp"

#include <set>
#include <string_view>

namespace workspan {

std::string contents(const std::filesystem::path& file);

// The first line without blanks around it; nothing if it is empty or holds control characters.
Known<std::string> line(const std::filesystem::path& file);

// What follows `key` and the separator on the first line that begins with them: value("a : b", "a",
// ':') is "b".
Known<std::string> value(std::string_view text, std::string_view key, char separator);

// A finite number >= 0, which must be all of the text.
Known<double> number(std::string_view text);
Known<double> number_in(const std::filesystem::path& file);

std::vector<std::string> split(std::string_view text, char separator); // empty parts are left out
std::vector<std::string> words(std::string_view text);

bool contains(const std::vector<std::string>& all, std::string_view one);
std::string joined(const std::set<std::string>& parts); // "a, b"

// "0-3,8" is 0 1 2 3 8; empty if any part is malformed.
std::vector<int> cpu_list(std::string_view text);

// PREFIX0, PREFIX1, ... of a folder.
std::vector<std::filesystem::path> numbered(const std::filesystem::path& folder,
                                            std::string_view prefix);

} // namespace workspan
