// SPDX-License-Identifier: Apache-2.0
#include "harness/report/output.hpp"

#include "harness/report/google_benchmark_rows.hpp"
#include "harness/report/machine_text.hpp"
#include "harness/report/table.hpp"
#include "harness/report/trace_file.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

namespace workspan {

namespace {

bool wants_color(const Options& options)
{
    const char* const no_color = std::getenv("NO_COLOR");
    if (options.color == "auto")
        return isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0');
    return options.color != "no" && options.color != "false" && options.color != "0";
}

} // namespace

std::string Output::text_in(const std::string& format) const
{
    return format == "csv" ? result_csv(cases, options.time_unit, options.aggregates_only) : json;
}

int complain(Exit code, const std::string& line)
{
    fmt::print(stderr, "bench: {}\n", line);
    return code;
}

int print(const std::string& text, int code)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return complain(kUsage, "cannot write to stdout");
    return code;
}

int save(const Output& output, int code)
{
    const Options& options = output.options;
    if (options.out.empty())
        return code;
    const std::string text = output.text_in(options.out_format);
    try {
        write_atomically(options.out, text);
        return code;
    } catch (const WriteError& e) {
        std::error_code none;
        const auto rescue =
            std::filesystem::temp_directory_path(none) / fmt::format("workspan-{}.json", getpid());
        try {
            write_atomically(rescue, text);
            return complain(kUsage,
                            fmt::format("{}; the results are in {}", e.what(), rescue.string()));
        } catch (const WriteError&) {
            return complain(kUsage, e.what());
        }
    }
}

int show(const Output& output, const Machine& machine, const std::vector<Workload>& suite, int code)
{
    const Options& options = output.options;
    if (options.format != "console")
        return print(output.text_in(options.format), code);
    TableStyle style = {wants_color(options), options.target};
    if (options.out_format == "json" && code != kUsage) // else no file that can be judged
        style.file = options.out;
    return print(machine_line(machine) + results_text(output.cases, suite, style), code);
}

void check_trace(const Plan& plan, const Options& options)
{
    if (options.trace.empty())
        return;
    if (!has_tasks(plan))
        throw UsageError("--trace: none of the cases has tasks on the host; choose a workload that "
                         "has: --workload dispatch, busy, waiters, futures or pipeline");
    for (const auto& [name, other] :
         {std::pair("--out", options.out), std::pair("--progress-file", options.progress_file)})
        if (options.trace.lexically_normal() == other.lexically_normal())
            throw UsageError(fmt::format("--trace and {}: name two files, not {} twice", name,
                                         options.trace.string()));
}

void check_outputs(const Options& options)
{
    if (!options.out.empty())
        name_option("--out", [&] { check_writable(options.out); });
    if (!options.trace.empty())
        name_option("--trace", [&] { check_writable(options.trace); });
}

int write_trace(const Plan& plan, const Options& options, const Machine& machine,
                std::vector<CaseResult>& cases, const std::atomic<bool>& stop)
{
    if (options.trace.empty())
        return kGood;
    const Traces traces = trace_cases(plan, cases, stop);
    for (const auto& [name, why] : traces.refused)
        complain(kGood, fmt::format("no trace of {}: {}", name, why));
    if (traces.cases.empty())
        return complain(kGood, fmt::format("no trace in {}: {}", options.trace.string(),
                                           stop ? "interrupted" : "no case could be traced"));
    const double cost = cost_of_a_span();
    try {
        write_atomically(options.trace, trace_json(traces.cases, machine, cost));
    } catch (const WriteError& e) { // what was measured is still shown and written
        return complain(kUsage, fmt::format("--trace: {}", e.what()));
    }
    return complain(kGood, fmt::format("{} traced run{} in {}, {:.0f} ns a span; workspan plot "
                                       "timeline draws it, Perfetto opens it",
                                       traces.cases.size(), traces.cases.size() == 1 ? "" : "s",
                                       options.trace.string(), cost));
}

} // namespace workspan
