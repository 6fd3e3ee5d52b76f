// SPDX-License-Identifier: Apache-2.0
// The device clocks run a trial as often as asked; their reading is a time only on a real GPU.
#include "harness/workload.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace workspan {
namespace {

class DeviceClock : public GpuTest {
protected:
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
