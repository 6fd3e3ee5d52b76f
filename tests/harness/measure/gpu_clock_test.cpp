// SPDX-License-Identifier: Apache-2.0
// A sample on a GPU is taken at the clock under load; a clock that moved or was limited is noted.
#include "harness/measure/gpu_clock.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

std::vector<std::string> notes(const std::vector<GpuMoment>& moments)
{
    CaseResult result;
    for (const GpuMoment& moment : moments)
        result.samples.push_back({1, 0, moment});
    result.samples.push_back({1, 0, {}}); // one without an answer from the driver
    note_clock(result);
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
              (std::vector<std::string>{"GPU clock not steady: 1700 to 1980 MHz after samples"}));
    EXPECT_EQ(notes({{1980, {"power cap"}}, {1980}, {1980, {"power cap"}}}),
              (std::vector<std::string>{"GPU clock held down (power cap): after 2 of 4 samples"}));
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
    CaseResult result;
    Live live{&result, rising, {}, 1};
    readings = 0;
    warm_up(live);
    EXPECT_EQ(readings, 0); // a long run needs no warm-up
    live.estimate = 1e-3;
    warm_up(live);
    EXPECT_EQ(readings, 7); // the sixth and the seventh agree
    live.clock = never_steady;
    readings = 0;
    warm_up(live);
    EXPECT_GT(readings, 2);
}

} // namespace
} // namespace workspan
