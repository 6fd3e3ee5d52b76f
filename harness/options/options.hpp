// SPDX-License-Identifier: Apache-2.0
// The command line.
#pragma once

#include "harness/options/option_values.hpp"

#include <array>
#include <optional>

namespace workspan {

enum class Preset { smoke, quick, full, concurrency, scaling };
// In the order of Preset.
inline constexpr std::array kPresetWords = {"smoke", "quick", "full", "concurrency", "scaling"};

// Whether slow cases are left out, and inputs and the like are few.
constexpr bool is_short(Preset preset)
{
    return preset == Preset::smoke || preset == Preset::quick || preset == Preset::scaling;
}

inline constexpr double kDefaultTarget = 0.02; // of --target

// Exit codes, the same in every tool of the suite.
enum Exit { kGood = 0, kFailed = 1, kUsage = 2, kNothing = 3, kInterrupted = 130 };

struct Options {
    bool list = false, list_long = false, info = false, help = false, version = false;
    bool dry_run = false;                         // list the cases, measure nothing
    bool pairs = false;                           // find out which CPUs share a core
    std::vector<std::string> workloads, variants; // empty: all
    std::vector<std::size_t> sizes;               // empty: the preset's
    std::vector<int> threads;                     // empty: the preset's; 0 stands for all
    std::map<std::string, std::string> axes;      // values of further axes, instead of the preset's
    Preset preset = Preset::quick;
    double target = kDefaultTarget;      // relative half width of the 95 % interval
    std::optional<Seconds> budget;       // per workload
    std::optional<Seconds> host_limit;   // of a single run on the host
    std::filesystem::path out;           // empty: no file
    std::filesystem::path trace;         // empty: no trace
    std::filesystem::path progress_file; // empty: none
    std::uint64_t seed = 1;
    std::optional<int> device; // CUDA's number of the GPU to use; empty: CUDA's choice
    bool cold = false;         // only kernels that can be timed with a cold cache
    bool weak = false;         // weak scaling: the sizes are of one thread, and grow with the team

    // Google Benchmark's flags, by their meaning there.
    std::string filter; // a regular expression on case names; a leading '-' negates; empty: all
    bool list_tests = false;
    int repetitions = 0;             // samples per case; 0: adaptive
    std::optional<Seconds> min_time; // of a sample
    std::string format = "console";  // of stdout: console, json or csv
    std::string out_format = "json"; // of `out`: json or csv
    std::string color = "auto";
    std::string time_unit; // of the file's rows: ns, us, ms or s
    bool aggregates_only = false;
    std::map<std::string, std::string> context;
    std::vector<std::string> benchmark_flags; // passed on to Google Benchmark
};

// Throws UsageError with one line: the option, the mistake and the remedy. Names are checked
// against the suite.
Options parse_options(const std::vector<std::string>& arguments,
                      const std::vector<Workload>& suite);

std::string help_text();

} // namespace workspan
