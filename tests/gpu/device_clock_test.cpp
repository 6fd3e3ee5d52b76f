// SPDX-License-Identifier: Apache-2.0
// The device clocks run a trial as often as asked; their reading is a time only on a real GPU.
#include "harness/machine/devices.hpp"
#include "harness/workload.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

class DeviceClock : public testing::Test {
protected:
    void SetUp() override
    {
        if (const Devices found = devices(); !found.why_none.empty())
            GTEST_SKIP() << "skipped: " << found.why_none;
    }
    int runs = 0;
    Trial counting = {.run = [this] { ++runs; }, .verify = {}, .poison = {}, .check = {}};
};

TEST_F(DeviceClock, RunsAsOftenAsAsked)
{
    EXPECT_GE(device_clock(counting, 7), 0);
    EXPECT_EQ(runs, 7);
}

TEST_F(DeviceClock, ColdRunsAsOftenAsAskedToo)
{
    EXPECT_GE(cold_device_clock(counting, 150), 0); // more than are in flight together
    EXPECT_EQ(runs, 150);
}

} // namespace
} // namespace workspan
