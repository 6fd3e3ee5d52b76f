// SPDX-License-Identifier: Apache-2.0
#include "harness/report/prose.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace workspan {

extern const std::span<const std::string_view> contract_comments; // generated

namespace {

bool names(std::string_view heading, std::string_view workload)
{
    const auto is_letter = [](char c) { return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9'); };
    const std::size_t from = heading.find(workload), to = from + workload.size();
    return from != std::string_view::npos && (from == 0 || !is_letter(heading[from - 1])) &&
           (to == heading.size() || !is_letter(heading[to]));
}

} // namespace

std::string_view prose(std::string_view workload)
{
    for (const std::string_view comment : contract_comments)
        if (names(comment.substr(0, comment.find(':')), workload))
            return comment;
    return "";
}

} // namespace workspan
