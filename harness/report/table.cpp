// SPDX-License-Identifier: Apache-2.0
#include "harness/report/table.hpp"

#include "harness/support/format.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace workspan {

namespace {

constexpr std::size_t kColumns = 100;

std::string bold(const std::string& text, const TableStyle& style)
{
    return style.color ? "\x1b[1m" + text + "\x1b[0m" : text;
}
std::string red(const std::string& text, const TableStyle& style)
{
    return style.color ? "\x1b[31m" + text + "\x1b[0m" : text;
}

// The unit of the rates of a workload, the work that it counts, and how much of it.
struct Scale {
    const char* unit;
    double Cost::*work;
    double per;
};

// Rates of items differ by many orders of magnitude: theirs is the largest unit in which the lowest
// is at least 1, unless the highest is 10^6 or more in it. The judged table of
// scripts/workspan/report has the same rule.
Scale scale_of_items(double lowest, double highest)
{
    constexpr std::array<Scale, 4> scales = {{{"Gitem/s", &Cost::items, 1e9},
                                              {"Mitem/s", &Cost::items, 1e6},
                                              {"kitem/s", &Cost::items, 1e3},
                                              {"item/s", &Cost::items, 1}}};
    std::size_t k = 0;
    while (k + 1 < scales.size() && lowest < scales[k].per && highest < 1e6 * scales[k + 1].per)
        ++k;
    return scales[k];
}

// Of cases of one workload.
Scale scale_of(const std::vector<const CaseResult*>& cases)
{
    switch (cases.front()->rate) {
    case Rate::flops:
        return {"GFLOP/s", &Cost::flops, 1e9};
    case Rate::bytes:
        return {"GB/s", &Cost::bytes, 1e9};
    case Rate::items:
        break;
    }
    std::vector<double> rates;
    for (const CaseResult* c : cases)
        if (c->cost.items > 0)
            rates.push_back(c->cost.items / c->time);
    if (rates.empty())
        rates = {1e9};
    const auto [lowest, highest] = std::minmax_element(rates.begin(), rates.end());
    return scale_of_items(*lowest, *highest);
}

std::string half_width_cell(const CaseResult& c, const TableStyle& style)
{
    const auto half_width = relative_half_width(c);
    if (!half_width)
        return "none~";
    const char* const mark = *half_width > style.target ? "~" : " ";
    return *half_width < 1 ? fmt::format("{:.1f}%{}", 100 * *half_width, mark)
                           : fmt::format("{:.0f}%{}", std::min(100 * *half_width, 9999.0), mark);
}

std::string row(const CaseResult& c, const Scale& scale, const TableStyle& style)
{
    const double rate = c.cost.*scale.work / c.time / scale.per;
    return fmt::format("ok {:<14}{:>8}{:>10}{:>8}{:>10}{:>9}\n", c.variant, c.problem.threads,
                       format_time(c.time), half_width_cell(c, style), format_number(rate),
                       c.baseline ? format_number(*c.baseline / c.time) : "-");
}

std::string head(const Scale& scale, const TableStyle& style)
{
    return bold(fmt::format("   {:<14}{:>8}{:>10}{:>8}{:>10}{:>9}", "variant", "threads", "time",
                            "+-  ", scale.unit, "vs seq"),
                style) +
           "\n";
}

// Bytes: a smaller footprint is only the result of a workload without input, not a working set, so
// it is not printed. The judged table of scripts/workspan/report has the same limit.
constexpr double kSmallestWorkingSet = 1000;

// The problem of a table: n and the further axes.
std::string problem_text(const CaseResult& c)
{
    std::string text = fmt::format("n = {}", format_size(c.problem.n));
    for (const auto& [key, value] : c.problem.keys)
        text += fmt::format(", {} {}", key, value);
    return text;
}

// The working set of the first case of the table: some others need more memory per thread.
std::string size_text(const CaseResult& c)
{
    const double bytes = c.footprint.kernel_on_host();
    return bytes < kSmallestWorkingSet ? "" : fmt::format(" ({})", format_bytes(bytes));
}

std::string tables(const std::vector<CaseResult>& cases, const Workload& workload,
                   const TableStyle& style)
{
    std::vector<const CaseResult*> measured;
    for (const CaseResult& c : cases)
        if (c.workload == workload.name && c.status == Status::ok)
            measured.push_back(&c);
    if (measured.empty())
        return "";
    const Scale scale = scale_of(measured);
    std::string problem,
        text = "\n" + bold(workload.name, style) + ": " + workload.contract.summary + "\n";
    for (const CaseResult* c : measured) {
        if (problem_text(*c) != problem) {
            problem = problem_text(*c);
            text += problem + size_text(*c) + "\n" + head(scale, style);
        }
        text += row(*c, scale, style);
    }
    return text;
}

// Words wrapped into lines, each line after the first indented.
std::string wrap(const std::string& first, const std::vector<std::string>& words)
{
    std::string text, line = first;
    for (const std::string& word : words) {
        if (line.size() + 1 + word.size() > kColumns) {
            text += line + "\n";
            line = "   ";
        }
        line += " " + word;
    }
    return text + line + "\n";
}

// Up to this number of cases with the same remark are named in full: about two lines of the table.
// The judged table of scripts/workspan/report has the same limit.
constexpr std::size_t kFewNames = 6;

// More cases are named by workload and variant only.
std::vector<std::string> shorten(const std::vector<std::string>& names)
{
    if (names.size() <= kFewNames)
        return names;
    std::vector<std::string> kinds;
    for (const std::string& name : names) {
        const std::string kind = name.substr(0, name.find("/n:"));
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
            kinds.push_back(kind);
    }
    return kinds;
}

// Names of cases, by their common remark.
using Remarks = std::map<std::string, std::vector<std::string>>;

std::string remarks_text(const std::string& label, const Remarks& remarks)
{
    std::string text;
    for (const auto& [remark, names] : remarks)
        text += wrap(fmt::format("{}: {} ({}):", label, remark, names.size()), shorten(names));
    return text;
}

std::string reasons_text(const std::vector<CaseResult>& cases, Status status, const char* label)
{
    Remarks remarks;
    for (const CaseResult& c : cases)
        if (c.status == status)
            remarks[c.reason].push_back(c.name);
    return remarks_text(label, remarks);
}

std::string sentence(const Warning& warning)
{
    const std::map<std::string, std::string> words = {
        {"disturbed_samples", "threads waited for a CPU, but the samples count"},
        {"gpu_clock_held", "GPU clock held down"},
        {"gpu_clock_unsteady", "GPU clock not steady"},
        {"no_ceiling", "without its ceiling"},
        {"partly_cached", "partly cached"}};
    const auto found = words.find(warning.code);
    const std::string text = found == words.end() ? warning.code : found->second;
    return warning.code == "disturbed_samples" ? text : text + ": " + warning.detail;
}

std::string warnings_text(const std::vector<CaseResult>& cases)
{
    Remarks remarks;
    for (const CaseResult& c : cases)
        for (const Warning& warning : c.warnings)
            remarks[sentence(warning)].push_back(c.name);
    return remarks_text("note", remarks);
}

std::string totals(const std::vector<CaseResult>& cases)
{
    const auto count = [&](Status s) {
        return std::count_if(cases.begin(), cases.end(),
                             [s](const CaseResult& c) { return c.status == s; });
    };
    return fmt::format("Verified and timed: {}. Skipped: {}. Failed: {}.\n", count(Status::ok),
                       count(Status::skipped), count(Status::failed));
}

constexpr auto kLegend = "ok: verified before and after timing. time: median of the samples during "
                         "which no thread waited\n"
                         "for a CPU. +-: half the width of its 95 % interval; ~: wider than the "
                         "target, or no interval for\n"
                         "lack of samples. vs seq: T_seq / T, both medians of this process.\n";

} // namespace

std::string results_text(const std::vector<CaseResult>& cases, const std::vector<Workload>& suite,
                         const TableStyle& style)
{
    std::string text;
    for (const Workload& workload : suite)
        text += tables(cases, workload, style);
    if (!text.empty())
        text += std::string("\n") + kLegend;
    const std::string remarks =
        reasons_text(cases, Status::skipped, "skipped") + warnings_text(cases);
    const std::string failed = reasons_text(cases, Status::failed, "FAILED");
    text += (remarks.empty() ? "" : "\n" + remarks) +
            (failed.empty() ? "" : "\n" + red(failed, style)) + "\n" + totals(cases);
    return text + "Ceilings, efficiency and doubtful results: " +
           (style.file.empty() ? "repeat with --out FILE, then workspan info FILE"
                               : "workspan info " + style.file.string()) +
           "\n";
}

} // namespace workspan
