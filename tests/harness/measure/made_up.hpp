// SPDX-License-Identifier: Apache-2.0
// Trials and clocks that tests of measuring make up, so that nothing depends on this machine's
// speed.
#pragma once

#include "harness/measure/measure.hpp"
#include "harness/options/options.hpp"
#include "harness/support/clock.hpp"

#include <random>

namespace workspan {

inline const std::atomic<bool> kNeverStop = false;
inline const OnSample kQuiet = [](const CaseResult&) {};

inline SamplingPolicy quick_policy()
{
    SamplingPolicy policy;
    policy.target = kDefaultTarget;
    policy.sample = 1e-4;
    return policy;
}

// Proves and measures one trial, as an invocation does.
inline CaseResult measured(Trial trial, Clock clock = wall_clock,
                           SamplingPolicy policy = quick_policy(), Seconds budget = 0.05)
{
    CaseResult result;
    result.name = "a/case/n:1/threads:1";
    result.threading = Threading::own; // whatever else this machine does disturbs no sample
    std::vector<PreparedCase> prepared;
    prepared.push_back({&result, clock, std::move(trial)});
    if (!verify_and_time_once(prepared.back()))
        prepared.clear();
    measure(prepared, {now() + budget, kNeverStop}, policy, kQuiet);
    return result;
}

inline Trial idle()
{
    return {.run = [] {},
            .verify = [] { return CheckResult{.ok = true}; },
            .poison = [] {},
            .check = {},
            .cost = {1, 1, 1}};
}

// Of made_up_clock: its relative size, and its source.
inline double noise_share = 0;
inline std::mt19937 noise_source;

// The same noise in each test, whichever tests have drawn from it before.
inline void make_noise(double share)
{
    noise_share = share;
    noise_source.seed(1);
}

// A clock that reads 1 ms a run, with normally distributed noise.
inline Seconds made_up_clock(const Trial&, int times)
{
    return times * 0.001 * (1 + noise_share * std::normal_distribution<double>()(noise_source));
}

} // namespace workspan
