// SPDX-License-Identifier: Apache-2.0
// Suggestions for misspelled names.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace workspan {

// The name with the smallest edit distance (Levenshtein 1966), if it is at most a third of the
// word's length, at least 2; else empty.
std::string nearest(std::string_view word, std::span<const std::string> names);

// "; did you mean X?", or the list of names if none is near.
std::string suggestion(std::string_view word, std::span<const std::string> names);

} // namespace workspan
