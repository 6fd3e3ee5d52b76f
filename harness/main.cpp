// SPDX-License-Identifier: Apache-2.0
// bench: options, then the loop over the suite, then the table and the file.
#include "harness/machine/build_info.hpp"
#include "harness/machine/devices.hpp"
#include "harness/machine/nvml.hpp"
#include "harness/measure/budget.hpp"
#include "harness/measure/core_pairs.hpp"
#include "harness/openmp.hpp"
#include "harness/report/machine_text.hpp"
#include "harness/report/output.hpp"
#include "harness/report/plan_text.hpp"
#include "harness/report/progress.hpp"
#include "harness/report/result_file.hpp"
#include "harness/report/suite_text.hpp"
#include "harness/support/clock.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <limits>
#include <set>

namespace workspan {

namespace {

std::atomic<bool> stop_requested = false;

void on_signal(int signal)
{
    stop_requested = true;
    std::signal(signal, SIG_DFL); // a second one ends the process at once
}

std::string names_text(const Plan& plan)
{
    std::string text;
    for (const PlannedCase* c : plan.to_measure())
        text += c->name + "\n";
    return text;
}

// Infinity without a GPU: the variants themselves report why they cannot run.
double free_device_memory(const Machine& machine)
{
    return machine.devices.gpus.empty() ? std::numeric_limits<double>::infinity()
                                        : machine.devices.gpus.front().free_memory;
}

// With OMP_PROC_BIND the main thread, whose affinity mask was read, is already bound to one CPU;
// OpenMP knows the others.
Machine machine_with_all_cpus()
{
    Machine machine = this_machine();
    if (std::vector<int> cpus = openmp_cpus(); !cpus.empty())
        machine.allowed_cpus = std::move(cpus);
    return machine;
}

int list(const std::vector<Workload>& chosen, const Options& options)
{
    if (chosen.empty())
        return complain(kNothing,
                        "no workload has such a variant; --list alone shows all variants");
    return print(list_text(chosen, options.list_long), kGood);
}

// The reasons why no case could be measured.
std::string reasons_text(const std::vector<CaseResult>& cases)
{
    std::set<std::string> reasons;
    for (const CaseResult& c : cases)
        reasons.insert(c.reason);
    const std::string first = cases.empty() ? "" : cases.front().reason;
    return reasons.size() < 2 ? first
                              : fmt::format("{}; other reasons: {}", first, reasons.size() - 1);
}

bool any(const std::vector<CaseResult>& cases, Status status)
{
    return std::any_of(cases.begin(), cases.end(),
                       [&](const CaseResult& c) { return c.status == status; });
}

// Nothing is measured: the plan as text, or as a result file.
int show_plan(const Plan& plan, const Options& options, const Machine& machine, const RunInfo& info)
{
    const std::vector<CaseResult> cases = planned_results(plan);
    const int code = any(cases, Status::planned)
                         ? kGood
                         : complain(kNothing, "nothing would be measured: every case is skipped: " +
                                                  reasons_text(cases));
    return print(options.format == "json" ? result_json({cases}, info, options, machine)
                                          : plan_text(cases, time_limit(plan, options)),
                 code);
}

int exit_code(const std::vector<CaseResult>& cases)
{
    if (stop_requested)
        return complain(kInterrupted, "interrupted: the results below are incomplete");
    if (any(cases, Status::failed))
        return kFailed;
    return any(cases, Status::ok)
               ? kGood
               : complain(kNothing, "nothing could be measured: every case was skipped: " +
                                        reasons_text(cases));
}

Results run_cases(const Plan& plan, const Options& options, const Machine& machine)
{
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGPIPE, SIG_IGN); // if a reader of stdout ends, the result file is still written
    ProgressLine line;
    const ProgressFile file =
        name_option("--progress-file", [&] { return ProgressFile(options.progress_file); });
    const auto show_progress = [&](const Progress& progress) {
        line.show(progress);
        file.show(progress);
    };
    const auto& gpus = machine.devices.gpus;
    const auto gpu = gpus.empty() ? std::function<GpuMoment()>()
                                  : watch_gpu(Sources().nvml, gpus.front().bus_id);
    return run_invocation(plan, options,
                          {machine.allowed_cpus, show_progress, stop_requested, gpu});
}

int run(const Plan& plan, const std::vector<Workload>& suite, const Options& options,
        const Machine& machine, RunInfo info)
{
    check_outputs(options);
    Results results = run_cases(plan, options, machine);
    std::vector<CaseResult>& cases = results.cases;
    const int traced = write_trace(plan, options, machine, cases, stop_requested);
    info.ended = utc_now();
    info.complete = !stop_requested;
    const Output output = {cases, options, result_json(results, info, options, machine)};
    const int code = exit_code(cases);
    return show(output, machine, suite, save(output, code == kGood ? traced : code));
}

void require_cpu_features(const Machine& machine)
{
    if (const std::string missing = missing_cpu_features(machine, build_info.cpu_features);
        !missing.empty())
        throw UsageError("this CPU lacks features that the kernels were built for (" + missing +
                         "); build here, or set WORKSPAN_ARCH");
}

int plan_and_run(const std::vector<Workload>& workloads, const Options& options,
                 const Machine& machine, const std::vector<std::string>& arguments)
{
    const int threads = usable_threads(machine);
    const Plan plan =
        make_plan(workloads, options, threads,
                  {usable_memory(machine), free_device_memory(machine), cache_sizes(machine)});
    if (plan.groups.empty() && plan.skipped.empty())
        return complain(kNothing,
                        fmt::format("no case matches{}{}; --benchmark_list_tests prints their "
                                    "names, --list the workloads",
                                    options.cold   ? ", of kernels on a GPU (--cold)"
                                    : options.weak ? ", of codes of the host on several threads, "
                                                     "whose work follows from n (--weak)"
                                                   : "",
                                    plan.unsuited == 0
                                        ? ""
                                        : fmt::format("; {} would have problems that their variant "
                                                      "does not suit",
                                                      plan.unsuited)));
    check_trace(plan, options);
    if (options.list_tests)
        return print(names_text(plan), kGood);
    const RunInfo info = {utc_now(), utc_now(), !options.dry_run, arguments, threads};
    return options.dry_run ? show_plan(plan, options, machine, info)
                           : run(plan, workloads, options, machine, info);
}

void choose_gpu(int index)
{
    const std::string why = use_device(index);
    if (why.empty())
        return;
    const bool none = devices().gpus.empty();
    throw UsageError("--device: " + why +
                     (none ? "; leave the option out to measure on the host" : ""));
}

int bench(const std::vector<std::string>& arguments)
{
    const std::vector<Workload> workloads = suite();
    const Options options = parse_options({arguments.begin() + 1, arguments.end()}, workloads);
    if (options.device)
        choose_gpu(*options.device);
    Machine machine = machine_with_all_cpus();
    require_cpu_features(machine);
    if (options.help)
        return print(help_text(), kGood);
    if (options.version)
        return print(fmt::format("workspan {} ({})\n", build_info.version, commit_text(build_info)),
                     kGood);
    if (options.list)
        return list(chosen_workloads(workloads, options), options);
    if (options.pairs)
        machine.pairs = core_pairs(workloads, machine.allowed_cpus);
    if (options.info)
        return print(machine_text(machine), kGood);
    return plan_and_run(workloads, options, machine, arguments);
}

} // namespace

} // namespace workspan

int main(int argc, char** argv)
{
    try {
        return workspan::bench({argv, argv + argc});
    } catch (const workspan::UsageError& e) {
        return workspan::complain(workspan::kUsage, e.what());
    } catch (const workspan::WriteError& e) {
        return workspan::complain(workspan::kUsage, e.what());
    } catch (const std::exception& e) {
        return workspan::complain(workspan::kFailed, e.what());
    }
}
