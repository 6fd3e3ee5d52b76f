// SPDX-License-Identifier: Apache-2.0
#include "harness/report/suite_text.hpp"

#include "harness/report/prose.hpp"
#include "harness/support/format.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <sstream>

namespace workspan {

namespace {

std::string sizes_text(const std::vector<std::size_t>& sizes)
{
    std::vector<std::string> words;
    for (const std::size_t n : sizes)
        words.push_back(format_size(n));
    return join(words, " ");
}

std::vector<std::string> variant_names(const Workload& w)
{
    std::vector<std::string> names;
    for (const Variant& v : w.variants)
        names.push_back(v.name);
    return names;
}

std::string axes_text(const std::vector<Axis>& axes)
{
    std::string text;
    for (const Axis& axis : axes) {
        std::vector<std::string> values = axis.values;
        std::replace(values.begin(), values.end(), std::string(), std::string("(none)"));
        if (axis.takes == Axis::Takes::sizes)
            values.emplace_back("or any number");
        text += fmt::format("; {} {}", axis.key, join(values, " "));
    }
    return text;
}

// Below the name of a workload, in lines of at most 100 columns; each but the first is indented.
std::string fact_text(const std::string& words)
{
    constexpr std::size_t columns = 100, indent = 12;
    std::istringstream stream(words);
    std::string text, line(indent - 1, ' ');
    for (std::string word; stream >> word;) {
        if (line.size() + 1 + word.size() > columns) {
            text += line + "\n";
            line.assign(indent + 1, ' ');
        }
        line += " " + word;
    }
    return text + line + "\n";
}

std::string row_text(const Workload& w)
{
    return fmt::format("{:<12}{}\n", w.name, w.contract.summary) +
           fact_text("sizes " + sizes_text(w.contract.sizes) + axes_text(w.contract.axes)) +
           fact_text("variants " + join(variant_names(w), " "));
}

std::string indent(std::string_view lines)
{
    std::string text;
    std::istringstream stream{std::string(lines)};
    for (std::string line; std::getline(stream, line);)
        text += (line.empty() ? "" : "  ") + line + "\n";
    return text;
}

// The variants with the same meaning in every workload.
constexpr std::pair<std::string_view, std::string_view> kVariants[] = {
    {"seq", "the best verified single-threaded code here, SIMD included"},
    {"seq_plain", "the formula in a plain loop, to compare with seq"},
    {"omp", "OpenMP across the cores"},
    {"omp_plain", "the formula in a plain OpenMP loop, to compare with omp"},
    {"cuda", "the kernel with its data resident on the GPU"},
    {"cuda_naive", "the textbook kernel, one thread per element, to compare with cuda"},
    {"cuda_e2e", "cuda with both transfers inside the time, from and to pageable memory"},
    {"cuda_pinned", "cuda_e2e from and to page-locked (pinned) memory"},
};

// The meaning of each variant in the list, once.
std::string variant_words(const std::vector<Workload>& shown)
{
    std::set<std::string_view> names;
    for (const Workload& w : shown)
        for (const Variant& v : w.variants)
            names.insert(v.name);
    std::string text = "variants\n";
    for (const auto& [name, meaning] : kVariants)
        if (names.erase(name) > 0)
            text += fmt::format("  {:<13}{}\n", name, meaning);
    if (names.empty())
        return text;
    return text + fmt::format("  {:<13}described above, or the library of that name\n", "others");
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
            text += indent(comment) + "\n";
    }
    return text + (with_prose ? variant_words(suite) : "");
}

} // namespace workspan
