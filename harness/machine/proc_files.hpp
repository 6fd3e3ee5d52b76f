// SPDX-License-Identifier: Apache-2.0
// The small text files in which the kernel describes itself and the machine. Nothing here throws: a
// missing or malformed value is empty.
#pragma once

#include "harness/machine/machine.hpp"

#include <string_view>

namespace workspan {

std::string contents(const std::filesystem::path& file);

// The first line without surrounding blanks; nothing if it is empty or holds control characters.
Known<std::string> line(const std::filesystem::path& file);

// The text after `key` and the separator on the first line that begins with them:
// value("a : b", "a", ':') is "b".
Known<std::string> value(std::string_view text, std::string_view key, char separator);

// The whole text as a finite number >= 0.
Known<double> number(std::string_view text);
Known<double> number_in(const std::filesystem::path& file);

std::vector<std::string> split(std::string_view text, char separator); // without empty parts
std::vector<std::string> words(std::string_view text);

bool contains(const std::vector<std::string>& all, std::string_view one);

// "0-3,8" is 0 1 2 3 8; empty if any part is malformed.
std::vector<int> cpu_list(std::string_view text);

// The folders PREFIX0, PREFIX1, ... of a folder.
std::vector<std::filesystem::path> numbered_folders(const std::filesystem::path& folder,
                                                    std::string_view prefix);

} // namespace workspan
