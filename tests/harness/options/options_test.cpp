// SPDX-License-Identifier: Apache-2.0
// The command line: our options, those of Google Benchmark, and one helpful line for each mistake.
#include "harness/options/options.hpp"

#include <gtest/gtest.h>
#include <sstream>

namespace workspan {
namespace {

Options parsed(const std::vector<std::string>& arguments)
{
    return parse_options(arguments, suite());
}

// The one line that explains a wrong command line.
std::string complaint(const std::vector<std::string>& arguments)
{
    try {
        parsed(arguments);
        return "accepted";
    } catch (const UsageError& e) {
        EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
        return e.what();
    }
}

TEST(Options, Defaults)
{
    const Options o = parsed({});
    EXPECT_EQ(o.preset, Preset::quick);
    EXPECT_EQ(o.target, kDefaultTarget);
    EXPECT_TRUE(o.workloads.empty() && o.variants.empty() && o.sizes.empty() && o.threads.empty());
    EXPECT_FALSE(o.budget);
}

TEST(Options, OurOptionsAreRead)
{
    const Options o =
        parsed({"--workload", "gemm,triad", "--variant=seq", "--sizes",  "2^20,1000", "--threads",
                "1,2,all",    "--preset",   "full",          "--target", "5%",        "--budget",
                "2m",         "--out",      "x.json",        "--seed",   "7",         "--device",
                "1",          "--cold",     "--weak"});
    EXPECT_EQ(o.device, 1);
    EXPECT_TRUE(o.cold);
    EXPECT_TRUE(o.weak);
    EXPECT_EQ(o.workloads, (std::vector<std::string>{"gemm", "triad"}));
    EXPECT_EQ(o.variants, (std::vector<std::string>{"seq"}));
    EXPECT_EQ(o.sizes, (std::vector<std::size_t>{1 << 20, 1000}));
    EXPECT_EQ(o.threads, (std::vector<int>{1, 2, 0}));
    EXPECT_EQ(o.preset, Preset::full);
    EXPECT_DOUBLE_EQ(o.target, 0.05);
    EXPECT_EQ(o.budget, 120);
    EXPECT_EQ(o.out, "x.json");
    EXPECT_EQ(o.seed, 7U);
}

TEST(Options, AxesAreReadAsTheyStandInNames)
{
    const Options o =
        parsed({"--axis", "grain:2^20,cpus:1", "--axis", "tau:200us", "--trace", "t.json"});
    EXPECT_EQ(o.axes, (std::map<std::string, std::string>{
                          {"grain", "1048576"}, {"cpus", "1"}, {"tau", "200us"}}));
    EXPECT_EQ(o.trace, "t.json");
    EXPECT_EQ(parsed({"--axis", "cpus:,grain:4"}).axes.at("cpus"), "") << "left out";
}

TEST(Options, AnAxisAndItsValueAreCheckedAgainstTheSuite)
{
    EXPECT_EQ(complaint({"--axis", "grian:4"}),
              "--axis: unknown axis 'grian'; did you mean grain?");
    EXPECT_EQ(complaint({"--workload", "busy", "--axis", "tau:1ms"}).find("--axis: unknown axis"),
              0U);
    EXPECT_EQ(complaint({"--workload", "gemm", "--axis", "grain:4"})
                  .find("--axis: the chosen workloads have no further axes"),
              0U);
    EXPECT_EQ(complaint({"--axis", "grain:4,grain:8"}),
              "--axis: grain is given twice; give it one value");
    EXPECT_EQ(complaint({"--axis", "grain"}),
              "--axis: 'grain' has no value; for example: --axis grain:2^20");
    EXPECT_EQ(complaint({"--axis", "cpus:2"}).find("--axis: '2' is not a value of cpus"), 0U);
    EXPECT_EQ(
        complaint({"--workload", "busy", "--axis", "grain:"}).find("--axis: '' is not a size"), 0U);
    EXPECT_EQ(complaint({"--axis", "grain:0"}).find("--axis: '0' is not a size"), 0U);
    for (const char* tau : {"tau:10", "tau:0ms", "tau:-1ms", "tau:1.5ms", "tau:10 ms", "tau:1h"})
        EXPECT_NE(
            complaint({"--axis", tau}).find("is not a whole number, 1 to 999999, of us, ms or s"),
            std::string::npos)
            << tau;
}

TEST(Options, TimesHaveTheUnitsOfTheRunner)
{
    EXPECT_EQ(parsed({"--budget", "500ms"}).budget, 0.5);
    EXPECT_EQ(parsed({"--budget", "90s"}).budget, 90);
    EXPECT_EQ(parsed({"--budget", "2min"}).budget, 120);
    EXPECT_EQ(parsed({"--budget", "2h"}).budget, 7200);
}

TEST(Options, OptionsOfGoogleBenchmarkAreRead)
{
    const Options o = parsed(
        {"--benchmark_filter=-gemm", "--benchmark_repetitions=5", "--benchmark_min_time=0.25",
         "--benchmark_list_tests=true", "--benchmark_format=json", "--benchmark_out=y.json",
         "--benchmark_out_format=csv", "--benchmark_time_unit=ms", "--benchmark_context=a=b,c=d",
         "--benchmark_report_aggregates_only=true", "--benchmark_enable_random_interleaving=false",
         "--benchmark_color=no"});
    EXPECT_EQ(o.filter, "-gemm");
    EXPECT_EQ(o.repetitions, 5);
    EXPECT_EQ(o.min_time, 0.25);
    EXPECT_TRUE(o.list_tests);
    EXPECT_EQ(o.format, "json");
    EXPECT_EQ(o.out, "y.json");
    EXPECT_EQ(o.out_format, "csv");
    EXPECT_EQ(o.time_unit, "ms");
    EXPECT_EQ(o.context, (std::map<std::string, std::string>{{"a", "b"}, {"c", "d"}}));
    EXPECT_TRUE(o.aggregates_only);
    EXPECT_EQ(o.benchmark_flags,
              (std::vector<std::string>{"--benchmark_enable_random_interleaving=false"}));
}

TEST(Options, TheLastScalarWinsListsAccumulate)
{
    const Options o = parsed({"--preset", "smoke", "--out", "a", "--preset", "full", "--out", "b",
                              "--workload", "gemm", "--workload", "read"});
    EXPECT_EQ(o.preset, Preset::full);
    EXPECT_EQ(o.out, "b");
    EXPECT_EQ(o.workloads, (std::vector<std::string>{"gemm", "read"}));
}

TEST(Options, NewerSpellingOfTheMinimumTimeIsRead)
{
    EXPECT_EQ(parsed({"--benchmark_min_time=0.25s"}).min_time, 0.25);
}

TEST(Options, AMistakeGetsOneLineWithTheNearestName)
{
    EXPECT_NE(complaint({"--sizez", "3"}).find("did you mean --sizes?"), std::string::npos);
    EXPECT_NE(complaint({"--benchmark_filtre=x"}).find("did you mean --benchmark_filter?"),
              std::string::npos);
    EXPECT_NE(complaint({"--workload", "gem"}).find("did you mean gemm?"), std::string::npos);
    EXPECT_NE(complaint({"--variant", "opm"}).find("did you mean omp?"), std::string::npos);
    EXPECT_NE(complaint({"--preset", "quik"}).find("did you mean quick?"), std::string::npos);
    EXPECT_NE(complaint({"--workload", "zzzzzzzz"}).find("; choose copy, "), std::string::npos);
    EXPECT_EQ(complaint({"--preset", "zzzz"}),
              "--preset: unknown preset 'zzzz'; choose smoke, quick, full, "
              "concurrency or scaling");
    EXPECT_EQ(complaint({"--preset", "gate"}),
              "--preset: gate is a preset of workspan run; choose smoke, quick, full, "
              "concurrency or scaling");
    EXPECT_NE(complaint({"stray"}).find("stray"), std::string::npos);
}

TEST(Options, AnInvalidValueIsNamedWithAnExample)
{
    for (const char* bad : {"2^", "2^48", "-1", "1.5", "abc", "2^2^2", "99999999999999999999", ""})
        EXPECT_NE(complaint({"--sizes", bad}), "accepted") << bad;
    for (const char* bad : {"0", "-2", "x", "1.5", "99999"})
        EXPECT_NE(complaint({std::string("--threads=") + bad}).find("--threads"), std::string::npos)
            << bad;
    for (const char* bad : {"0", "100%", "-1%", "nan", "inf", "two"})
        EXPECT_NE(complaint({std::string("--target=") + bad}).find("--target"), std::string::npos)
            << bad;
    for (const char* bad : {"0", "0s", "2x", "1d", "nan", "-3s", "s", "1e300"})
        EXPECT_NE(complaint({std::string("--budget=") + bad}).find("--budget"), std::string::npos)
            << bad;
    EXPECT_EQ(complaint({"--benchmark_context=novalue"}),
              "--benchmark_context: 'novalue' is not a key=value pair; for example: host=node7");
    EXPECT_NE(complaint({"--benchmark_context=caches=5"}), "accepted");
    EXPECT_EQ(complaint({"--benchmark_min_time=x"}),
              "--benchmark_min_time: 'x' is not a time; for example: 0.5s");
    EXPECT_EQ(complaint({"--host-limit=x"}), "--host-limit: 'x' is not a time; for example: 1s");
}

TEST(Options, WholeNumbersNameTheirBounds)
{
    const std::string every = "18446744073709551615";
    for (const char* bad : {"abc", "-1", "1.5", "18446744073709551616"})
        EXPECT_EQ(complaint({"--seed", bad}), "--seed: '" + std::string(bad) +
                                                  "' is not a whole number from 0 to " + every +
                                                  "; for example: 1");
    EXPECT_EQ(complaint({"--benchmark_repetitions=0"}),
              "--benchmark_repetitions: '0' is not a whole number from 1 to 1000000; "
              "for example: 1");
    EXPECT_EQ(complaint({"--device=1024"}),
              "--device: '1024' is not a whole number from 0 to 1023; for example: 1");
    EXPECT_EQ(complaint({"--v=abc"}),
              "--v: 'abc' is not a whole number from 0 to 1000; for example: 1");
    EXPECT_EQ(parsed({"--seed=" + every}).seed, UINT64_MAX);
    setenv("BENCHMARK_REPETITIONS", "x", 1);
    EXPECT_NE(complaint({}).find("--benchmark_repetitions: 'x'"), std::string::npos);
    unsetenv("BENCHMARK_REPETITIONS");
}

TEST(Options, ChoicesAreNamed)
{
    const std::vector<std::pair<std::string, std::string>> choices = {
        {"--benchmark_format", "console, json, csv"},
        {"--benchmark_out_format", "json, csv"},
        {"--benchmark_color", "auto, yes, no, true, false, 1, 0"},
        {"--benchmark_time_unit", "ns, us, ms, s"},
        {"--benchmark_enable_random_interleaving", "true, false, 1, 0"}};
    for (const auto& [option, known] : choices)
        EXPECT_EQ(complaint({option + "=xml"}), option + ": 'xml' is not one of: " + known);
}

TEST(Options, AMissingOrNeedlessValueIsExplainedInOurWords)
{
    for (const char* option : {"--out", "--sizes", "--seed", "--progress-file"})
        EXPECT_EQ(complaint({option}),
                  std::string(option) + ": needs a value; --help describes it");
    for (const char* flag : {"--dry-run", "--cold", "--help"})
        EXPECT_EQ(complaint({std::string(flag) + "=banana"}),
                  std::string(flag) + ": takes no value, or true or false");
    EXPECT_EQ(complaint({"--long"}), "--long: requires --list; for example: --list --long");
}

TEST(Options, AnEmptyFileNameIsRefused)
{
    for (const std::string option : {"--out", "--progress-file", "--benchmark_out"}) {
        EXPECT_NE(complaint({option, ""}).find(option + ": the name is empty"), std::string::npos)
            << complaint({option, ""});
        EXPECT_NE(complaint({option + "="}), "accepted");
    }
    setenv("BENCHMARK_OUT", "", 1);
    EXPECT_EQ(complaint({}), "accepted") << "an empty variable is like none";
    unsetenv("BENCHMARK_OUT");
}

TEST(Options, OneResultFileHasOneName)
{
    EXPECT_EQ(complaint({"--benchmark_out=a", "--out", "b"}),
              "--out and --benchmark_out: name two files; leave one of them out");
    EXPECT_EQ(parsed({"--benchmark_out=a", "--out", "a"}).out, "a");
    setenv("BENCHMARK_OUT", "a", 1);
    EXPECT_EQ(parsed({}).out, "a");
    EXPECT_EQ(parsed({"--out", "b"}).out, "b") << "the command line beats the environment";
    EXPECT_EQ(parsed({"--benchmark_out=b"}).out, "b");
    unsetenv("BENCHMARK_OUT");
}

TEST(Options, ListRejectsOptionsThatDoNotApply)
{
    const Options o = parsed({"--list", "--long", "--workload=gemm", "--variant", "seq"});
    EXPECT_TRUE(o.list && o.list_long);
    for (const char* word : {"--sizes=2^10", "--threads=1", "--budget=3s", "--preset=full",
                             "--benchmark_filter=x", "--dry-run", "--info"})
        EXPECT_NE(complaint({"--list", word})
                      .find("not " + std::string(word).substr(0, std::string(word).find('='))),
                  std::string::npos)
            << word;
    EXPECT_TRUE(parsed({"--list", "--sizes=3", "--help"}).help);
    setenv("BENCHMARK_FILTER", "x", 1);
    EXPECT_EQ(complaint({"--list"}), "accepted") << "the environment is for measurements";
    unsetenv("BENCHMARK_FILTER");
}

TEST(Options, InfoRejectsOptionsThatDoNotApply)
{
    EXPECT_TRUE(parsed({"--info", "--pairs"}).pairs);
    for (const char* word : {"--workload=gemm", "--out=x", "--dry-run", "--cold"})
        EXPECT_NE(complaint({"--info", word}).find("--info: takes"), std::string::npos) << word;
    EXPECT_TRUE(parsed({"--info", "--out=x", "--version"}).version);
}

TEST(Options, PairsAreRefusedWhereNothingWouldShowThem)
{
    const char* const json = "--benchmark_format=json";
    for (const std::vector<std::string>& good : {std::vector<std::string>{"--info"},
                                                 {"--out=x"},
                                                 {json},
                                                 {"--dry-run", json},
                                                 {"--help"}}) {
        std::vector<std::string> words = good;
        words.push_back("--pairs");
        EXPECT_TRUE(parsed(words).pairs) << good.front();
    }
    for (const std::vector<std::string>& bad : {std::vector<std::string>{},
                                                {"--dry-run"},
                                                {"--dry-run", "--out=x"},
                                                {"--benchmark_list_tests", json},
                                                {"--list"}}) {
        std::vector<std::string> words = bad;
        words.push_back("--pairs");
        EXPECT_NE(complaint(words), "accepted") << (bad.empty() ? "alone" : bad.front());
    }
}

TEST(Options, HelpNamesEveryOptionAndExitCode)
{
    const std::string help = help_text();
    for (const char* name :
         {"--list", "--long", "--workload", "--variant", "--sizes", "--threads", "--preset",
          "--target", "--budget", "--out", "--seed", "--info", "--benchmark_filter",
          "--benchmark_min_time", "130 interrupted", "1 a case failed, or an internal error", "2%"})
        EXPECT_NE(help.find(name), std::string::npos) << name;
}

TEST(Options, HelpHasLinesOfAtMostAHundredColumns)
{
    std::istringstream lines(help_text());
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count)
        EXPECT_LE(line.size(), 100U) << line;
    EXPECT_GT(count, 40U);
}

} // namespace
} // namespace workspan
