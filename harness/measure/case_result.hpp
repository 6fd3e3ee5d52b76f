// SPDX-License-Identifier: Apache-2.0
// The result of one case in memory: plain values that planning and measuring fill, and that table
// and file show. Facts only; judgements that compare cases are made where files are read.
#pragma once

#include "harness/machine/gpu_moment.hpp"
#include "harness/support/statistics.hpp"
#include "harness/workload.hpp"

#include <optional>

namespace workspan {

enum class Status { ok, failed, skipped, planned }; // planned: of a dry run, would be measured

// Why a case failed or was skipped, beside the sentence for people.
enum class Cause {
    none,
    memory,
    unavailable,
    too_slow,
    interrupted,
    wrong_result,
    device_lost,
    error
};

// The level of the memory hierarchy that holds the working set; none: no working set, or unknown.
enum class Level { none, l1, l2, shared, memory };

// Wall and CPU time of one run, as means over the iterations of the sample; cpu: of all threads of
// the process. gpu: of device variants if the driver can be asked.
struct Sample {
    Seconds wall = 0, cpu = 0;
    std::optional<GpuMoment> gpu = {};
};

// A measured fact that casts doubt on a time: a code, and the details of this case.
struct Warning {
    std::string code, detail;
    bool operator==(const Warning&) const = default;
};

struct CaseResult {
    std::string name, workload, variant;
    Problem problem;

    // Facts of the suite's row.
    std::string ceiling; // the workload whose measured rate bounds this one; empty: none
    Rate rate = Rate::items;
    Scope scope = Scope::host;
    Threading threading = Threading::one;
    Role role = Role::main;
    bool ours = true; // false: a library's code

    Bytes footprint;
    Level level = Level::none;

    Status status = Status::skipped;
    Cause cause = Cause::none; // of a failed or skipped case
    std::string reason;        // the same as a sentence
    CheckResult verdict;       // the last one
    Cost cost;

    std::vector<Sample> samples; // of one invocation; empty unless ok
    // Runs per sample; fewer in a sample during which all runs became far slower.
    std::int64_t iterations = 0;
    // Of a cache line between neighbouring CPUs, before and after the samples of several threads.
    std::vector<Seconds> round_trips;
    Seconds time = 0; // median wall time of a run
    std::optional<Interval> interval;
    // Why sampling ended: "target", "budget", "repetitions", "slow" or "interrupted".
    std::string stopped;
    Counters counters;
    std::vector<Warning> warnings;

    // The baseline's median in the same group, for the table; empty if it was not measured.
    std::optional<Seconds> baseline;
};

// The relative half width of a case's interval; empty if it has none.
inline std::optional<double> noise(const CaseResult& c)
{
    if (!c.interval)
        return std::nullopt;
    return relative_half_width(*c.interval, c.time);
}

} // namespace workspan
