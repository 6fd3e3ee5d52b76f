// SPDX-License-Identifier: Apache-2.0
// Times cases: verified before the first sample and after every round, in interleaved rounds until
// their intervals are narrow.
#pragma once

#include "harness/measure/prepared_case.hpp"

#include <atomic>

namespace workspan {

// When to sample, and when to stop.
struct SamplingPolicy {
    double target = 0.02;   // relative half width of the 95 % interval of the median
    Seconds sample = 0.01;  // the least duration of a sample, unless a single run takes longer
    Seconds run_limit = 0;  // cases whose single run takes longer are skipped; 0: no limit
    Seconds host_limit = 0; // host cases expected to exceed it are skipped; 0: no limit
    int repetitions = 0;    // samples per case, regardless of interval and budget; 0: adaptive
    std::vector<std::string> benchmark_flags = {}; // passed on to Google Benchmark
    std::function<GpuMoment()> gpu = {}; // reads the GPU's state after each of its samples, if set
};

// Called before every sample, with its case.
using OnSample = std::function<void(const CaseResult& next)>;

// Samples all cases until their intervals are within the target or `deadline` (steady clock) has
// passed. The cases have passed verify_and_time_once(); one that fails later loses all its samples.
// Stops soon after `stop` becomes true.
void measure(std::vector<PreparedCase>& cases, Seconds deadline, const SamplingPolicy& policy,
             const OnSample& on_sample, const std::atomic<bool>& stop);

} // namespace workspan
