// SPDX-License-Identifier: Apache-2.0
#include "harness/report/suite_text.hpp"

#include "harness/report/prose.hpp"
#include "harness/support/format.hpp"

#include <fmt/format.h>
#include <set>
#include <sstream>

namespace workspan {

namespace {

std::string joined(const std::vector<std::string>& words, const char* between)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

std::string sizes_text(const std::vector<std::size_t>& sizes)
{
    std::vector<std::string> words;
    for (const std::size_t n : sizes)
        words.push_back(format_size(n));
    return joined(words, " ");
}

std::vector<std::string> variant_names(const Workload& w)
{
    std::vector<std::string> names;
    for (const Variant& v : w.variants)
        names.push_back(v.name);
    return names;
}

std::string row_text(const Workload& w)
{
    return fmt::format("{:<12}{}\n", w.name, w.contract.summary) +
           fmt::format("{:<12}sizes {}{}{}\n", "", sizes_text(w.contract.sizes),
                       w.contract.inputs.empty() ? "" : "; inputs ",
                       joined(w.contract.inputs, " ")) +
           fmt::format("{:<12}variants {}\n", "", joined(variant_names(w), " "));
}

std::string indented(std::string_view lines)
{
    std::string text;
    std::istringstream stream{std::string(lines)};
    for (std::string line; std::getline(stream, line);)
        text += (line.empty() ? "" : "  ") + line + "\n";
    return text;
}

// The meaning of a variant, from the facts of its row; empty for libraries, which share a line.
std::string meaning(const Variant& variant)
{
    const bool teaching = variant.role == Role::teaching;
    if (!variant.ours)
        return "";
    switch (variant.scope) {
    case Scope::kernel:
        return teaching ? "the plain kernel, to compare with cuda"
                        : "the kernel with its data resident on the GPU";
    case Scope::e2e:
        return fmt::format("cuda with both transfers inside the time, from and to {} memory",
                           variant.transfer == Transfer::pinned ? "page-locked (pinned)"
                                                                : "pageable");
    case Scope::host:
        break;
    }
    if (variant.threading == Threading::team)
        return teaching ? "plain OpenMP, to compare with omp" : "OpenMP across the cores";
    return teaching ? "plain single-threaded code, to compare with seq"
                    : "the best verified single-threaded code here, SIMD included";
}

// The meanings of the variants that are shown, each once.
std::string variant_words(const std::vector<Workload>& shown)
{
    std::string text = "variants\n";
    std::set<std::string> seen;
    bool libraries = false;
    for (const Workload& w : shown)
        for (const Variant& v : w.variants) {
            if (const std::string words = meaning(v); words.empty())
                libraries = true;
            else if (seen.insert(v.name).second)
                text += fmt::format("  {:<13}{}\n", v.name, words);
        }
    return text + (libraries ? fmt::format("  {:<13}the library of that name\n", "others") : "");
}

} // namespace

std::string list_text(const std::vector<Workload>& suite, bool with_prose)
{
    std::string text;
    for (std::size_t k = 0; k < suite.size(); ++k) {
        text += row_text(suite[k]);
        const std::string_view comment = prose(suite[k].name);
        if (with_prose &&
            (k + 1 == suite.size() ||
             prose(suite[k + 1].name) != comment)) // once for neighbours that share a contract
            text += indented(comment) + "\n";
    }
    return text + (with_prose ? variant_words(suite) : "");
}

} // namespace workspan
