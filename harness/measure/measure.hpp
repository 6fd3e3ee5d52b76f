// SPDX-License-Identifier: Apache-2.0
// Times cases in interleaved rounds until their intervals are narrow, and verifies them before the
// first sample and after every round.
#pragma once

#include "harness/measure/case_result.hpp"

#include <atomic>

namespace workspan {

// A case that is set up and ready to run.
struct PreparedCase {
    CaseResult* result;
    Clock clock;
    Trial trial;
    Seconds estimate = 0; // of one run
    Seconds took = 0;     // the last sample, including its overhead
};

// Verifies the output of the last run; a wrong one fails the case. `when`: "before timing", ...
bool verify(PreparedCase& prepared, const std::string& when);

// Poisons the output, runs once for the estimate and verifies.
bool verify_and_time_once(PreparedCase& prepared);

// When to sample, and when to stop.
struct SamplingPolicy {
    double target = 0;      // relative half width of the 95 % interval of the median
    Seconds sample = 0.01;  // the least duration of a sample, unless a single run takes longer
    Seconds run_limit = 0;  // cases whose single run takes longer are skipped; 0: no limit
    Seconds host_limit = 0; // host cases expected to exceed it are skipped; 0: no limit
    int repetitions = 0;    // samples per case, regardless of interval and budget; 0: adaptive
    std::vector<std::string> benchmark_flags = {}; // passed on to Google Benchmark
    std::function<GpuMoment()> gpu = {}; // if set, reads the GPU's state after each of its samples
};

// Called before every sample, with its case.
using OnSample = std::function<void(const CaseResult& next)>;

// Samples all cases until their intervals are within the target or `deadline` (steady clock) has
// passed. The cases have passed verify_and_time_once(); one that fails later loses all its samples.
// Stops soon after `stop` becomes true.
void measure(std::vector<PreparedCase>& cases, Seconds deadline, const SamplingPolicy& policy,
             const OnSample& on_sample, const std::atomic<bool>& stop);

} // namespace workspan
