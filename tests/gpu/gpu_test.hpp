// SPDX-License-Identifier: Apache-2.0
// A test that needs a GPU, or the host's GPU; without one it is skipped with the reason.
#pragma once

#include "harness/machine/devices.hpp"

#include <gtest/gtest.h>

namespace workspan {

class GpuTest : public testing::Test {
protected:
    void SetUp() override
    {
        if (const Devices found = devices(); !found.why_none.empty())
            GTEST_SKIP() << "skipped: " << found.why_none;
    }
};

} // namespace workspan
