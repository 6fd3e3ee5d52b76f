// SPDX-License-Identifier: Apache-2.0
// Times cases: verified before the first sample and after every round, in interleaved rounds until
// their intervals are narrow.
#pragma once

#include "harness/measure/case_result.hpp"

#include <atomic>

namespace workspan {

struct Rules {
    double target = 0.02;  // wanted half width of the 95 % interval of the median, relative
    Seconds sample = 0.01; // a sample takes at least so long, or is one run
    Seconds run_limit = 0; // a case whose single run takes longer is skipped; 0: no limit
    Seconds host_limit =
        0; // a host case whose run would take longer, by the size before, is skipped; 0: no limit
    int repetitions = 0; // so many samples of every case, whatever the interval and the budget; 0:
                         // as many as needed
    std::vector<std::string> benchmark_flags = {}; // passed on to Google Benchmark as they are
    std::function<GpuMoment()> gpu =
        {}; // the state of the GPU, asked for after each of its samples; empty: unknown
};

// A case that is ready: what to run, and where its result goes.
struct Live {
    CaseResult* result;
    Seconds (*clock)(const Trial&, int);
    Trial trial;
    Seconds estimate = 0; // of one run
    Seconds took = 0;     // the last sample, with all that it needed beside its runs
};

// Told before every sample, of which case it is.
using OnSample = std::function<void(const CaseResult& next)>;

// Poisons, runs once and verifies; false, with the result marked failed, where that goes wrong.
bool prove(Live& live);

// Takes samples of all cases until their intervals are within the target or `deadline` (steady
// clock, seconds) has passed. Cases are those that prove() accepted; one that fails later loses all
// its samples. Stops soon after `stop` becomes true.
void measure(std::vector<Live>& cases, Seconds deadline, const Rules& rules,
             const OnSample& on_sample, const std::atomic<bool>& stop);

Seconds now(); // the steady clock

} // namespace workspan
