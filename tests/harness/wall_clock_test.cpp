// SPDX-License-Identifier: Apache-2.0
// The host clock times all runs of a reading, and spoils the output before each of them.
#include "harness/check.hpp"

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>

namespace workspan {
namespace {

TEST(WallClock, TimesAllRuns)
{
    int runs = 0;
    Trial trial;
    trial.run = [&runs] {
        ++runs;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    };
    const Seconds time = wall_clock(trial, 5);
    EXPECT_EQ(runs, 5);
    EXPECT_GE(time, 0.010);
    EXPECT_LT(time, 10);
}

// A run that writes nothing would otherwise keep the right result of the run before it.
TEST(WallClock, SpoilsTheOutputBeforeEachRun)
{
    std::array<float, 16> output = {}, right = {};
    right.fill(1);
    int spoiled = 0;
    Trial trial;
    trial.run = [&] {
        spoiled += output == right ? 0 : 1;
        output = right;
    };
    trial.output = std::as_writable_bytes(std::span(output));
    output = right;
    wall_clock(trial, 1000);
    EXPECT_EQ(spoiled, 1000);
}

} // namespace
} // namespace workspan
