// SPDX-License-Identifier: Apache-2.0
// Trials and clocks that tests of measuring make up, so that nothing depends on this machine's
// speed.
#pragma once

#include "harness/measure/measure.hpp"

#include <random>

namespace workspan {

inline const std::atomic<bool> kNeverStop = false;
inline const OnSample kQuiet = [](const CaseResult&) {};

inline Rules quick_rules()
{
    Rules rules;
    rules.sample = 1e-4;
    return rules;
}

// Proves and measures one trial, as an invocation does.
inline CaseResult measured(Trial trial, Seconds (*clock)(const Trial&, int) = wall_clock,
                           Rules rules = quick_rules(), Seconds budget = 0.05)
{
    CaseResult result;
    result.name = "a/case/n:1/threads:1";
    std::vector<Live> live;
    live.push_back({&result, clock, std::move(trial)});
    if (!prove(live.back()))
        live.clear();
    measure(live, now() + budget, rules, kQuiet, kNeverStop);
    return result;
}

inline Trial idle()
{
    return {.run = [] {},
            .verify = [] { return Verdict{.ok = true}; },
            .poison = [] {},
            .check = {},
            .cost = {1, 1, 1}};
}

// A clock that reads 1 ms a run, with normally distributed noise of this relative size.
inline double noise_share = 0;
inline Seconds made_up_clock(const Trial&, int times)
{
    static std::mt19937 generator(1);
    return times * 0.001 * (1 + noise_share * std::normal_distribution<double>()(generator));
}

} // namespace workspan
