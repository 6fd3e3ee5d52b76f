// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind, in memory: plain values that measuring fills, judging completes, and
// table and file show.
#pragma once

#include "harness/support/statistics.hpp"
#include "harness/workload.hpp"

#include <optional>

namespace workspan {

enum class Status { ok, failed, skipped };

// A GPU right after a sample, as far as it tells.
struct GpuMoment {
    std::optional<double> sm_mhz;
    std::vector<std::string> throttled = {}; // why its clock is held down; empty where it is not
};

struct Sample {
    Seconds wall = 0, cpu = 0; // of one run, a mean over the iterations of the sample; cpu: all
                               // threads of the process
    std::optional<GpuMoment> gpu = {}; // of variants on a GPU whose driver can be asked
};

// What a case is compared with, each empty where the other side was not measured in this run.
struct Comparison {
    std::optional<Ratio> vs_seq, vs_one_thread, efficiency, vs_all_cores;
    std::optional<Ratio> of_ceiling;
    std::string ceiling; // the name of the case that is the ceiling
};

struct CaseResult {
    std::string name, workload, variant;
    std::string bound; // the workload whose measured rate is the ceiling of this one
    Problem problem;
    Scope scope = Scope::host;
    Bytes footprint;

    Status status = Status::skipped;
    std::string reason; // of a failed or skipped case
    Verdict verdict;    // the last one
    Cost cost;

    std::vector<Sample> samples; // of one invocation; empty unless ok
    std::int64_t iterations =
        0; // runs per sample; a sample in which all became far slower has fewer
    std::vector<Seconds> round_trips; // of a cache line between neighbouring CPUs, before and after
                                      // the samples of several threads
    Seconds time = 0;                 // median wall time of a run
    std::optional<Interval> interval;
    std::string
        stopped; // why sampling ended: "target", "budget", "repetitions", "slow" or "interrupted"
    Counters counters;

    Comparison comparison;
    std::vector<std::string> warnings;
};

// The relative half width of a case's interval; empty where it has none.
inline std::optional<double> noise(const CaseResult& c)
{
    if (!c.interval)
        return std::nullopt;
    return relative_half_width(*c.interval, c.time);
}

} // namespace workspan
