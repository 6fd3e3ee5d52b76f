// SPDX-License-Identifier: Apache-2.0
// bench: options, then the loop over the suite, then the table and the file.
#include "harness/machine/build_info.hpp"
#include "harness/machine/nvml.hpp"
#include "harness/openmp.hpp"
#include "harness/report/google_benchmark_rows.hpp"
#include "harness/report/judge.hpp"
#include "harness/report/progress.hpp"
#include "harness/report/result_file.hpp"
#include "harness/report/table.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>
#include <unistd.h>

namespace workspan {

namespace {

std::atomic<bool> stop_asked = false;

void on_signal(int signal)
{
    stop_asked = true;
    std::signal(signal, SIG_DFL); // a second one ends the process at once
}

int say(Exit code, const std::string& line)
{
    fmt::print(stderr, "bench: {}\n", line);
    return code;
}

// stdout may be a full disk too.
int print(const std::string& text, int code)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return say(kUsage, "cannot write to stdout");
    return code;
}

bool wants_color(const Options& options)
{
    const char* const no_color = std::getenv("NO_COLOR");
    if (options.color == "auto")
        return isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0');
    return options.color != "no" && options.color != "false" && options.color != "0";
}

std::string names_text(const Plan& plan)
{
    std::string text;
    for (const Group& group : plan.groups)
        for (const PlannedCase& c : group)
            text += c.name + "\n";
    return text;
}

double free_device_memory(const Machine& machine)
{
    if (machine.devices.gpus.empty())
        return std::numeric_limits<double>::infinity(); // the variants themselves say why they
                                                        // cannot run
    return machine.devices.gpus.front().free_memory;
}

// Where OMP_PROC_BIND is set the main thread, whose affinity is asked for, is bound to one CPU
// already; OpenMP knows the others.
Machine machine_for_all()
{
    Machine machine = this_machine();
    if (std::vector<int> cpus = openmp_cpus(); !cpus.empty())
        machine.allowed_cpus = std::move(cpus);
    return machine;
}

int list(const std::vector<Workload>& chosen, const Options& options)
{
    if (chosen.empty())
        return say(kNothing, "no workload has such a variant; --list alone shows which have");
    return print(list_text(chosen, options.list_long), kGood);
}

// Nothing is measured: the plan as text, or as a result file of skipped cases.
int show_plan(const Plan& plan, const Options& options, const Machine& machine, const RunInfo& info)
{
    const std::vector<CaseResult> cases = planned_results(plan);
    return print(options.format == "json" ? result_json(cases, info, options, machine)
                                          : plan_text(cases, most_seconds(plan, options)),
                 kGood);
}

CacheSizes cache_sizes(const Machine& machine)
{
    const auto bytes = [&](int level) {
        const Cache* const cache = cache_of_level(machine, level);
        return cache == nullptr ? 0 : cache->bytes;
    };
    return {bytes(1), bytes(2), machine.devices.gpus.empty() ? 0 : machine.devices.gpus.front().l2};
}

std::string shown(const std::vector<CaseResult>& cases, const std::string& json,
                  const Options& options, const Machine& machine,
                  const std::vector<Workload>& workloads)
{
    if (options.format == "json")
        return json;
    if (options.format == "csv")
        return result_csv(cases, options.time_unit, options.aggregates_only);
    return machine_line(machine) +
           results_text(cases, workloads, {wants_color(options), options.target});
}

// Writes the file; where its place has become unwritable, into the folder for temporary files, so
// that nothing measured is lost.
int save(const std::string& text, const Options& options, int code)
{
    if (options.out.empty())
        return code;
    try {
        write_atomically(options.out, text);
        return code;
    } catch (const WriteError& e) {
        std::error_code none;
        const auto rescue =
            std::filesystem::temp_directory_path(none) / fmt::format("workspan-{}.json", getpid());
        try {
            write_atomically(rescue, text);
            return say(kUsage, fmt::format("{}; the results are in {}", e.what(), rescue.string()));
        } catch (const WriteError&) {
            return say(kUsage, e.what());
        }
    }
}

int exit_code(const std::vector<CaseResult>& cases)
{
    const auto any = [&](Status s) {
        return std::any_of(cases.begin(), cases.end(),
                           [s](const CaseResult& c) { return c.status == s; });
    };
    if (stop_asked)
        return kInterrupted;
    if (any(Status::failed))
        return kFailed;
    return any(Status::ok) ? kGood : kNothing;
}

int run(const Plan& plan, const std::vector<Workload>& workloads, const Options& options,
        const Machine& machine, RunInfo info)
{
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGPIPE, SIG_IGN); // a reader that goes away must not cost the result file
    std::vector<CaseResult> cases;
    {
        Progress progress;
        const ProgressFile file(options.progress_file);
        const auto show = [&](const Standing& standing) {
            progress.show(standing);
            file.show(standing);
        };
        const auto& gpus = machine.devices.gpus;
        const auto gpu = gpus.empty() ? std::function<GpuMoment()>()
                                      : watch_gpu(Sources().nvml, gpus.front().bus_id);
        cases = run_session(plan, options, machine.allowed_cpus, show, stop_asked, gpu);
    }
    judge(cases, cache_sizes(machine), info.all_threads);
    info.ended = utc_now();
    info.complete = !stop_asked;
    const std::string json = result_json(cases, info, options, machine);
    int code = exit_code(cases);
    if (code == kNothing)
        say(kNothing, "nothing could be measured: every case was skipped");
    if (code == kInterrupted)
        say(kInterrupted, "interrupted: what follows is incomplete");
    code = save(options.out_format == "csv"
                    ? result_csv(cases, options.time_unit, options.aggregates_only)
                    : json,
                options, code);
    return print(shown(cases, json, options, machine, workloads), code);
}

int bench(const std::vector<std::string>& arguments)
{
    const std::vector<Workload> workloads = suite();
    const Options options = parse_options({arguments.begin() + 1, arguments.end()}, workloads);
    if (options.device)
        if (const std::string why = use_device(*options.device); !why.empty())
            throw UsageError("--device: " + why);
    const Machine machine = machine_for_all();
    if (const std::string missing = missing_cpu_features(machine, build_info.cpu_features);
        !missing.empty())
        return say(kUsage, "this CPU lacks what the kernels were built for (" + missing +
                               "); build here, or set WORKSPAN_ARCH");
    if (options.help)
        return print(help_text(), kGood);
    if (options.version)
        return print(fmt::format("workspan {} ({})\n", build_info.version, build_info.git_commit),
                     kGood);
    if (options.list)
        return list(chosen_workloads(workloads, options), options);
    if (options.info)
        return print(machine_text(machine), kGood);
    const Plan plan = make_plan(workloads, options, usable_threads(machine),
                                {usable_memory(machine), free_device_memory(machine)});
    if (plan.cases() == 0)
        return say(kNothing, fmt::format("no case matches{}; --benchmark_list_tests prints their "
                                         "names, --list the workloads",
                                         options.cold ? ", of kernels on a GPU (--cold)" : ""));
    if (options.list_tests)
        return print(names_text(plan), kGood);
    const RunInfo info = {utc_now(), utc_now(), !options.dry_run, arguments,
                          usable_threads(machine)};
    if (options.dry_run)
        return show_plan(plan, options, machine, info);
    if (!options.out.empty())
        check_writable(options.out);
    return run(plan, workloads, options, machine, info);
}

} // namespace

} // namespace workspan

int main(int argc, char** argv)
{
    try {
        return workspan::bench({argv, argv + argc});
    } catch (const workspan::UsageError& e) {
        return workspan::say(workspan::kUsage, e.what());
    } catch (const workspan::WriteError& e) {
        return workspan::say(workspan::kUsage, e.what());
    } catch (const std::exception& e) {
        return workspan::say(workspan::kFailed, e.what());
    }
}
