// SPDX-License-Identifier: Apache-2.0
#include "harness/options/options.hpp"

#include "harness/options/option_choices.hpp"
#include "harness/support/format.hpp"
#include "harness/support/suggest.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace workspan {

namespace {

// The command line as text, not yet interpreted.
struct Raw {
    std::vector<std::string> workloads, variants, sizes, threads, axes, context;
    std::string preset = "quick", target = fmt::format("{:g}%", 100 * kDefaultTarget), budget,
                host_limit, out, min_time, benchmark_out, perf_counters, warmup, interleaving,
                verbosity, device, seed = "1", repetitions;
    bool tabular = false, report_aggregates = false, display_aggregates = false;
};

std::string fault_of_file_name(const std::string& name)
{
    return name.empty() ? "the name is empty" : "";
}

void add_questions(CLI::App& app, Options& options)
{
    app.add_flag("-h,--help", options.help, "Print this help and exit");
    app.add_flag("--version", options.version, "Print the version and exit");
    app.add_flag("--list", options.list,
                 "List the workloads (of --workload, --variant if given) and exit");
    app.add_flag("--long", options.list_long,
                 "With --list: formula, algorithm and check of each workload");
    app.add_flag("--dry-run", options.dry_run, "List the cases with their memory and exit");
    app.add_flag("--info", options.info, "Describe this machine and the build, and exit");
    app.add_flag("--pairs", options.pairs,
                 "First detect SMT siblings (takes about 1 s; --info shows them)");
}

void add_measuring(CLI::App& app, Options& options, Raw& raw)
{
    app.add_option("--workload", raw.workloads, "Only these workloads: gemm,triad")->delimiter(',');
    app.add_option("--variant", raw.variants, "Only these variants: seq,omp")->delimiter(',');
    app.add_option("--sizes", raw.sizes, "Only these sizes: 2^20,2^24")->delimiter(',');
    app.add_option("--threads", raw.threads, "Thread counts of the parallel variants: 1,2,4,all")
        ->delimiter(',');
    app.add_option("--axis", raw.axes,
                   "Only this value of a key: grain:2^20,cpus:1; 'cpus:' leaves it unset")
        ->delimiter(',');
    app.add_option("--preset", raw.preset, "One of " + join(preset_names(), ", "))
        ->capture_default_str();
    app.add_option("--target", raw.target, "Target half-width of each 95 % interval")
        ->capture_default_str();
    app.add_option("--budget", raw.budget, "Time limit per workload: 60s, 2m, 1h");
    app.add_option("--host-limit", raw.host_limit,
                   "Skip sizes at which a host run would take longer, for example 1s");
    app.add_option("--out", raw.out, "Write the results to this file (JSON)")
        ->check(fault_of_file_name);
    app.add_option("--trace", options.trace,
                   "Run each case once more and write its tasks to this file (Chrome JSON)")
        ->check(fault_of_file_name);
    app.add_option("--progress-file", options.progress_file,
                   "Keep the current case in this file, as one line of JSON")
        ->check(fault_of_file_name);
    app.add_option("--device", raw.device, "Run CUDA variants on this GPU; --info lists them");
    app.add_flag("--cold", options.cold, "Only GPU kernels, each run with a cold L2 (key l2:cold)");
    app.add_flag("--weak", options.weak,
                 "Weak scaling: n grows so that each thread has the work of --sizes");
    app.add_option("--seed", raw.seed, "Seed of the random inputs")->capture_default_str();
}

void add_selection_and_sampling(CLI::App* group, Options& options, Raw& raw)
{
    group
        ->add_option("--benchmark_filter", options.filter,
                     "Only cases matching this regular expression; a leading - negates")
        ->envname("BENCHMARK_FILTER");
    group->add_flag("--benchmark_list_tests", options.list_tests,
                    "Print the names of the cases and exit");
    group
        ->add_option("--benchmark_repetitions", raw.repetitions,
                     "Measure exactly N blocks: N samples of each main variant")
        ->envname("BENCHMARK_REPETITIONS");
    group
        ->add_option("--benchmark_min_time", raw.min_time,
                     "Minimum duration of a sample, in seconds")
        ->envname("BENCHMARK_MIN_TIME");
    group->add_option("--benchmark_min_warmup_time", raw.warmup, "Warm-up per round, in seconds");
    group->add_option("--benchmark_enable_random_interleaving", raw.interleaving,
                      "true (the default here) or false");
}

void add_output(CLI::App* group, Options& options, Raw& raw)
{
    group
        ->add_option("--benchmark_format", options.format, "Format of stdout: console, json or csv")
        ->envname("BENCHMARK_FORMAT");
    group->add_option("--benchmark_out", raw.benchmark_out, "Same as --out")
        ->envname("BENCHMARK_OUT")
        ->check(fault_of_file_name);
    group->add_option("--benchmark_out_format", options.out_format, "json or csv")
        ->envname("BENCHMARK_OUT_FORMAT");
    group->add_option("--benchmark_color", options.color, "auto, yes or no");
    group->add_flag("--benchmark_counters_tabular", raw.tabular,
                    "Accepted for compatibility; no effect");
    group->add_flag("--benchmark_report_aggregates_only", raw.report_aggregates,
                    "Rows: mean, median, stddev, cv of the samples");
    group->add_flag("--benchmark_display_aggregates_only", raw.display_aggregates,
                    "Accepted for compatibility; no effect");
    group->add_option("--benchmark_time_unit", options.time_unit,
                      "Unit of the rows: ns, us, ms or s");
    group->add_option("--benchmark_context", raw.context, "key=value pairs for the file's context")
        ->delimiter(',');
    group->add_option("--benchmark_perf_counters", raw.perf_counters,
                      "Hardware counters, if Google Benchmark was built with them");
    group->add_option("--v", raw.verbosity, "Google Benchmark's verbosity");
}

void add_google_benchmarks(CLI::App& app, Options& options, Raw& raw)
{
    auto* const group =
        app.add_option_group("Google Benchmark", "Google Benchmark's flags, with the same meaning");
    add_selection_and_sampling(group, options, raw);
    add_output(group, options, raw);
}

std::vector<std::string> option_names(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    for (const CLI::App* group : app.get_subcommands([](const CLI::App*) { return true; }))
        for (const std::string& name : option_names(*group))
            names.push_back(name);
    return names;
}

void forward(Options& options, const std::string& flag, const std::string& value)
{
    if (!value.empty())
        options.benchmark_flags.push_back("--" + flag + "=" + value);
}

void interpret_ours(Options& options, const Raw& raw)
{
    for (const std::string& size : raw.sizes)
        options.sizes.push_back(parse_size(size));
    for (const std::string& threads : raw.threads)
        options.threads.push_back(parse_threads(threads));
    options.preset = parse_preset(raw.preset);
    options.target = parse_share(raw.target, "--target");
    if (!raw.budget.empty())
        options.budget = parse_positive_seconds(raw.budget, "--budget", "60s");
    if (!raw.host_limit.empty())
        options.host_limit = parse_seconds(raw.host_limit, "--host-limit", "1s");
    options.out = raw.out.empty() ? raw.benchmark_out : raw.out;
    options.seed = parse_whole_number(raw.seed, "--seed", 0, UINT64_MAX);
    if (!raw.device.empty())
        options.device = static_cast<int>(parse_whole_number(raw.device, "--device", 0, 1023));
    if (options.list_long && !options.list)
        throw UsageError("--long: requires --list; for example: --list --long");
}

void check_google_benchmarks(const Options& options, const Raw& raw)
{
    check_choice(raw.interleaving, "--benchmark_enable_random_interleaving",
                 {"true", "false", "1", "0"});
    check_choice(options.format, "--benchmark_format", {"console", "json", "csv"});
    check_choice(options.out_format, "--benchmark_out_format", {"json", "csv"});
    check_choice(options.color, "--benchmark_color",
                 {"auto", "yes", "no", "true", "false", "1", "0"});
    check_choice(options.time_unit, "--benchmark_time_unit", {"ns", "us", "ms", "s"});
    if (!raw.verbosity.empty())
        parse_whole_number(raw.verbosity, "--v", 0, 1000);
}

void interpret_google_benchmarks(Options& options, const Raw& raw)
{
    if (!raw.min_time.empty())
        options.min_time = parse_positive_seconds(raw.min_time, "--benchmark_min_time", "0.5s");
    check_google_benchmarks(options, raw);
    if (!raw.repetitions.empty())
        options.repetitions = static_cast<int>(
            parse_whole_number(raw.repetitions, "--benchmark_repetitions", 1, 1000000));
    if (!raw.warmup.empty())
        parse_number(raw.warmup, "--benchmark_min_warmup_time", "0.1");
    options.aggregates_only = raw.report_aggregates;
    for (const std::string& text : raw.context) {
        const auto [key, value] = parse_pair(text);
        options.context[key] = value;
    }
    forward(options, "benchmark_min_warmup_time", raw.warmup);
    forward(options, "benchmark_enable_random_interleaving", raw.interleaving);
    forward(options, "benchmark_perf_counters", raw.perf_counters);
    forward(options, "v", raw.verbosity);
}

// Questions take few options, and what --pairs measures must be shown by something.
void check_questions(const Options& options, const std::vector<std::string>& arguments)
{
    if (options.help || options.version)
        return;
    if (options.list)
        check_list(arguments);
    if (options.info)
        check_info(arguments);
    const bool in_file = options.format == "json" || (!options.dry_run && !options.out.empty());
    if (options.pairs && !options.info && (options.list_tests || !in_file))
        throw UsageError("--pairs: nothing would show which CPUs share a core; "
                         "add --info, --out FILE or --benchmark_format=json");
}

// If an option is given twice, the last one counts, so scripts can append options.
void take_last(CLI::App& app)
{
    for (CLI::Option* option : app.get_options())
        if (option->get_items_expected_max() == 1)
            option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    for (CLI::App* group : app.get_subcommands([](CLI::App*) { return true; }))
        take_last(*group);
}

// The option that a message of CLI11 names.
std::string option_in(const std::string& message)
{
    const std::size_t start = std::min(message.find("--"), message.size());
    return message.substr(start, message.find_first_of(" :=", start) - start);
}

void define(CLI::App& app, Options& options, Raw& raw)
{
    app.set_help_flag();
    app.allow_extras();
    add_questions(app, options);
    add_measuring(app, options, raw);
    add_google_benchmarks(app, options, raw);
    take_last(app);
}

} // namespace

Options parse_options(const std::vector<std::string>& arguments, const std::vector<Workload>& suite)
{
    Options options;
    Raw raw;
    CLI::App app;
    define(app, options, raw);
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(),
                                           arguments.rend())); // CLI11 takes them in reverse
    } catch (const CLI::ArgumentMismatch& e) {
        throw UsageError(option_in(e.what()) + ": needs a value; --help describes it");
    } catch (const CLI::ConversionError& e) { // of flags: all other options are texts
        throw UsageError(option_in(e.what()) + ": takes no value, or true or false");
    } catch (const CLI::ParseError& e) {
        throw UsageError(std::string(e.what()) + "; --help describes all options");
    }
    if (const auto unknown = app.remaining(); !unknown.empty()) {
        const std::string name = unknown.front().substr(0, unknown.front().find('='));
        const std::string near = nearest(name, option_names(app));
        throw UsageError("unknown option '" + name + "'" +
                         (near.empty() ? "; --help lists them" : "; did you mean " + near + "?"));
    }
    choose_from_suite(options, {raw.workloads, raw.variants, raw.axes}, suite);
    interpret_ours(options, raw);
    interpret_google_benchmarks(options, raw);
    if (is_given(arguments, "--out") && is_given(arguments, "--benchmark_out") &&
        raw.out != raw.benchmark_out)
        throw UsageError("--out and --benchmark_out: name two files; leave one of them out");
    check_questions(options, arguments);
    return options;
}

std::string help_text()
{
    Options options;
    Raw raw;
    CLI::App app("Runs workloads sequentially, with OpenMP and as CUDA kernels, and verifies and "
                 "times every case.",
                 "bench");
    define(app, options, raw);
    return app.help() + R"(
Exit codes: 0 all good; 1 a case failed, or an internal error; 2 usage, or a file that cannot be
written; 3 nothing matched, or nothing could be measured; 130 interrupted.
)";
}

} // namespace workspan
