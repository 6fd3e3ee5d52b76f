// SPDX-License-Identifier: Apache-2.0
// A sample on a GPU is taken at the clock under load; a clock that moved or was limited is noted.
#include "harness/measure/gpu_clock.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

std::vector<Warning> notes(const std::vector<GpuMoment>& moments)
{
    CaseResult result;
    for (const GpuMoment& moment : moments)
        result.samples.push_back({.wall = 1, .gpu = moment});
    result.samples.push_back({.wall = 1}); // one without an answer from the driver
    warn_of_gpu_clock(result);
    return result.warnings;
}

TEST(GpuClock, ASteadyOrUnknownClockIsNotNoted)
{
    EXPECT_TRUE(notes({}).empty());
    EXPECT_TRUE(notes({{1980}, {1950}, {std::nullopt}}).empty());
    EXPECT_TRUE(notes({{1980, {"application clocks"}}}).empty());
}

TEST(GpuClock, AMovingOrLimitedClockIsNoted)
{
    EXPECT_EQ(notes({{1980}, {1700}}),
              (std::vector<Warning>{{"gpu_clock_unsteady", "1700 to 1980 MHz after samples"}}));
    EXPECT_EQ(notes({{1980, {"power cap"}}, {1980}, {1980, {"power cap"}}}),
              (std::vector<Warning>{{"gpu_clock_held", "power cap: after 2 of 4 samples"}}));
}

// A made-up clock that counts its readings.
int readings = 0;

Seconds rising(const Trial&, int)
{
    return 1.0 / (1 + std::min(readings++, 5));
} // faster and faster, then steady
Seconds never_steady(const Trial&, int) { return 1 + readings++ % 2; }

TEST(GpuClock, WarmingUpEndsWhenReadingsAgreeOrTimeIsUp)
{
    readings = 0;
    warm_up(rising, {}, 1, false);
    EXPECT_EQ(readings, 0); // a long run needs no warm-up
    warm_up(rising, {}, 1e-3, false);
    EXPECT_EQ(readings, 7); // the sixth and the seventh agree
    readings = 0;
    warm_up(never_steady, {}, 1e-3, false);
    EXPECT_GT(readings, 2);
}

// A clock that notes how many runs it is asked for.
int most_runs = 0;
Seconds counting(const Trial&, int times)
{
    most_runs = std::max(most_runs, times);
    return 1;
}

TEST(GpuClock, ColdRunsWarmUpInSmallNumbers)
{
    warm_up(counting, {}, 1e-9, true);
    EXPECT_EQ(most_runs, 64);
    warm_up(counting, {}, 1e-9, false);
    EXPECT_EQ(most_runs, 1000000);
}

} // namespace
} // namespace workspan
