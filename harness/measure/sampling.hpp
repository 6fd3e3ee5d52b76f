// SPDX-License-Identifier: Apache-2.0
// One sample of a case: a reading around as many runs as make it long enough, and whether its
// threads had their cores meanwhile.
#pragma once

#include "harness/plan/case_result.hpp"

namespace workspan {

// A case that is set up and ready to run.
struct PreparedCase {
    CaseResult* result;
    Clock clock;
    Trial trial;
    Seconds estimate = 0; // of one run
    bool beside = false;  // a ceiling, not a case of the group
    int team_ends = 0;    // IdleTeam::ends when it last ran
};

// OpenMP's threads between two samples.
struct IdleTeam {
    int awake = 0; // size of the team, if only the last sample's is awake; 1: none; 0: unknown
    int ends = 0;  // how often its threads were ended, so that others start for the next team
};

// When to sample, and when to stop.
struct SamplingPolicy {
    double target = 0;      // relative half width of the 95 % interval of the median
    Seconds sample = 0.002; // the least duration of a sample, unless a single run takes longer
    Seconds run_limit = 0;  // cases whose single run takes longer are skipped; 0: no limit
    Seconds host_limit = 0; // host cases expected to exceed it are skipped; 0: no limit
    int repetitions = 0;    // blocks, regardless of interval and budget; 0: adaptive
    std::vector<std::string> benchmark_flags = {}; // passed on to Google Benchmark
    std::function<GpuMoment()> gpu = {}; // if set, reads the GPU's state after each of its samples
};

// Whether a sample can tell that its threads lacked a CPU: those of host cases with one thread or a
// team. Tasks that wait by design, and threads that share one CPU, wait all the time.
bool is_judged(const CaseResult& c);

// Whether no thread waited for a CPU for longer than a wake-up takes, or half a percent of the
// time.
bool is_clean(Seconds waited, Seconds wall);

// Sets the number of runs that make a sample long enough.
void calibrate(PreparedCase& prepared, const SamplingPolicy& policy);

// Takes one sample of `enough` runs; fewer if all runs have become far slower. Sets the estimate of
// a run. The caller sets the block; `team` is as the sample before left it.
Sample take_sample(PreparedCase& prepared, std::int64_t enough, const SamplingPolicy& policy,
                   IdleTeam& team);

} // namespace workspan
