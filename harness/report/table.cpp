// SPDX-License-Identifier: Apache-2.0
#include "harness/report/table.hpp"

#include "harness/support/format.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

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

std::string number(const std::optional<Ratio>& ratio)
{
    return ratio ? format_number(ratio->value) : "-";
}

struct Rate {
    const char* unit;
    double Cost::*work;
};

// Flops for workloads that a compute ceiling bounds, bytes for the others, items where no bytes
// need to move.
Rate rate_of(const CaseResult& c)
{
    if (c.bound == "fma" || c.bound == "dfma")
        return {"GFLOP/s", &Cost::flops};
    return c.cost.bytes > 0 ? Rate{"GB/s", &Cost::bytes} : Rate{"Gitem/s", &Cost::items};
}

std::string noise_cell(const CaseResult& c, const TableStyle& style)
{
    const auto half_width = noise(c);
    if (!half_width)
        return "none~";
    const char* const mark = *half_width > style.target ? "~" : " ";
    return *half_width < 1 ? fmt::format("{:.1f}%{}", 100 * *half_width, mark)
                           : fmt::format("{:.0f}%{}", std::min(100 * *half_width, 9999.0), mark);
}

std::string row(const CaseResult& c, const TableStyle& style)
{
    const double rate = c.cost.*rate_of(c).work / c.time / 1e9;
    const Comparison& k = c.comparison;
    return fmt::format("ok {:<11}{:>8}{:>9}{:>7}{:>9}{:>8}{:>8}{:>12}{:>11}{:>13}\n", c.variant,
                       c.problem.threads, format_time(c.time), noise_cell(c, style),
                       format_number(rate), number(k.of_ceiling), number(k.vs_seq),
                       number(k.vs_one_thread), number(k.efficiency), number(k.vs_all_cores));
}

std::string head(const CaseResult& c, const TableStyle& style)
{
    return bold(fmt::format("   {:<11}{:>8}{:>9}{:>7}{:>9}{:>8}{:>8}{:>12}{:>11}{:>13}", "variant",
                            "threads", "time", "+-  ", rate_of(c).unit, "ceiling", "vs seq",
                            "vs 1 thread", "efficiency", "vs all cores"),
                style) +
           "\n";
}

constexpr double kWorthTelling =
    1000; // bytes: less is no working set, but what a workload without memory keeps its answer in

// The problem of a table: n and the further axes.
std::string problem_text(const CaseResult& c)
{
    std::string text = fmt::format("n = {}", format_size(c.problem.n));
    for (const auto& [key, value] : c.problem.keys)
        text += fmt::format(", {} {}", key, value);
    return text;
}

// How large it is: for the first case of its table, since some take memory for each thread besides.
std::string size_text(const CaseResult& c)
{
    const double bytes = c.footprint.kernel_on_host();
    return bytes < kWorthTelling ? "" : fmt::format(" ({})", format_bytes(bytes));
}

std::string tables(const std::vector<CaseResult>& cases, const Workload& workload,
                   const TableStyle& style)
{
    std::string text, problem;
    for (const CaseResult& c : cases) {
        if (c.workload != workload.name || c.status != Status::ok)
            continue;
        if (text.empty())
            text = "\n" + bold(workload.name, style) + ": " + workload.contract.summary + "\n";
        if (problem_text(c) != problem) {
            problem = problem_text(c);
            text += problem + size_text(c) + "\n" + head(c, style);
        }
        text += row(c, style);
    }
    return text;
}

// Words filled into lines, each line after the first indented.
std::string filled_lines(const std::string& first, const std::vector<std::string>& words)
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

// Many cases of one saying are named by workload and variant only.
std::vector<std::string> shortened(const std::vector<std::string>& names)
{
    constexpr std::size_t few = 6;
    if (names.size() <= few)
        return names;
    std::vector<std::string> kinds;
    for (const std::string& name : names) {
        const std::string kind = name.substr(0, name.find("/n:"));
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
            kinds.push_back(kind);
    }
    return kinds;
}

// Names that share what is said of them, under one heading per saying.
std::string grouped(const std::string& label,
                    const std::vector<std::pair<std::string, std::string>>& saying_and_name)
{
    std::map<std::string, std::vector<std::string>> names;
    for (const auto& [saying, name] : saying_and_name)
        names[saying].push_back(name);
    std::string text;
    for (const auto& [saying, of] : names)
        text += filled_lines(fmt::format("{}: {} ({}):", label, saying, of.size()), shortened(of));
    return text;
}

std::string untimed(const std::vector<CaseResult>& cases, Status status, const char* label)
{
    std::vector<std::pair<std::string, std::string>> said;
    for (const CaseResult& c : cases)
        if (c.status == status)
            said.emplace_back(c.reason, c.name);
    return grouped(label, said);
}

std::string warnings(const std::vector<CaseResult>& cases)
{
    std::vector<std::pair<std::string, std::string>> said;
    for (const CaseResult& c : cases)
        for (const std::string& warning : c.warnings)
            said.emplace_back(warning, c.name);
    return grouped("note", said);
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

constexpr auto kLegend = "ok: verified before and after timing. +-: half the 95 % interval of the "
                         "median; ~ above the target,\n"
                         "or none, from too few samples.\n"
                         "ceiling: rate / the highest rate measured here of what bounds the "
                         "workload (copy, read, triad, fma,\n"
                         "dfma). vs seq: T_seq / T. vs 1 thread: the same code on one thread. "
                         "efficiency: vs 1 thread /\n"
                         "threads. vs all cores: T_omp,best / T. A \"-\": not measured in this "
                         "run, or without meaning for the\n"
                         "row.\n";

} // namespace

std::string results_text(const std::vector<CaseResult>& cases, const std::vector<Workload>& suite,
                         const TableStyle& style)
{
    std::string text;
    for (const Workload& workload : suite)
        text += tables(cases, workload, style);
    if (!text.empty())
        text += std::string("\n") + kLegend;
    const std::string said = untimed(cases, Status::skipped, "skipped") + warnings(cases);
    const std::string failed = untimed(cases, Status::failed, "FAILED");
    return text + (said.empty() ? "" : "\n" + said) +
           (failed.empty() ? "" : "\n" + red(failed, style)) + "\n" + totals(cases);
}

} // namespace workspan
