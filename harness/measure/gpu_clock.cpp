// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/gpu_clock.hpp"

#include "harness/support/clock.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace workspan {

void warm_up(Clock clock, const Trial& trial, Seconds estimate, bool cold)
{
    constexpr Seconds reading = 0.002, longest = 0.1;
    const double runs = cold ? 64 : 1e6;
    if (estimate > longest / 2)
        return;
    const auto times = static_cast<int>(std::clamp(reading / std::max(estimate, 1e-9), 1.0, runs));
    const Seconds start = now();
    for (Seconds before = 0; now() - start < longest;) {
        const Seconds time = clock(trial, times);
        if (std::abs(time - before) < 0.01 * time)
            return;
        before = time;
    }
}

void warn_of_gpu_clock(CaseResult& result)
{
    std::map<std::string, int> counts; // of samples, by reason
    double least = 0, most = 0;
    for (const Sample& sample : result.samples) {
        if (!sample.gpu)
            continue;
        for (const std::string& reason : sample.gpu->throttled)
            ++counts[reason];
        const double mhz = sample.gpu->sm_mhz.value_or(0);
        most = std::max(most, mhz);
        least = least == 0 || (mhz > 0 && mhz < least) ? mhz : least;
    }
    for (const auto& [reason, times] : counts)
        if (reason != "application clocks" &&
            reason != "display clocks") // settings, the same for all samples
            result.warnings.push_back(
                {"gpu_clock_held",
                 fmt::format("{}: after {} of {} samples", reason, times, result.samples.size())});
    if (least < 0.97 * most)
        result.warnings.push_back(
            {"gpu_clock_unsteady", fmt::format("{:.0f} to {:.0f} MHz after samples", least, most)});
}

} // namespace workspan
