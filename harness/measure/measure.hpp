// SPDX-License-Identifier: Apache-2.0
// Times the cases of a group in blocks until their intervals are narrow, and verifies them before
// the first sample and after every round of blocks.
//
// A block is one sample of every case, in random order: a randomised complete block design (Fisher,
// The Design of Experiments, 1935). What moves the machine between two blocks moves both samples of
// a pair, so a ratio of samples of the same block is steadier than a ratio of medians.
#pragma once

#include "harness/measure/sampling.hpp"

#include <atomic>

namespace workspan {

// Verifies the output of the last run; a wrong one fails the case. `when`: "before timing", ...
bool verify(PreparedCase& prepared, const std::string& when);

// Poisons the output, runs once for the estimate and verifies.
bool verify_and_time_once(PreparedCase& prepared);

// Called before every sample, with its case.
using OnSample = std::function<void(const CaseResult& next)>;

// Teaching variants are in the first of this many blocks only, unless a group has no others.
constexpr int kTeachingEvery = 4;

// What ends sampling besides the policy. blocks_before: of the same group in this process.
struct SamplingLimits {
    Seconds deadline;              // on the steady clock
    const std::atomic<bool>& stop; // true: stop soon
    int blocks_before = 0;
};

// Samples all cases until the intervals of the main variants are within the target and the clean
// samples of each are enough, or the deadline has passed. The cases have passed
// verify_and_time_once(); one that fails later loses all its samples. Returns the number of blocks.
int measure(std::vector<PreparedCase>& cases, const SamplingLimits& limits,
            const SamplingPolicy& policy, const OnSample& on_sample);

} // namespace workspan
