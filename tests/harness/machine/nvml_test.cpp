// SPDX-License-Identifier: Apache-2.0
// Driver, clocks and throttle reasons of a GPU, from a simulated driver library,
// tests/programs/fake_nvml.cpp, whose path is in WORKSPAN_FAKE_NVML.
#include "harness/machine/nvml.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <gtest/gtest.h>

namespace workspan {

namespace {

class Nvidia : public testing::Test {
protected:
    void SetUp() override
    {
        if (!name_)
            GTEST_SKIP() << "WORKSPAN_FAKE_NVML is not set";
        library_ = dlopen(name_, RTLD_NOW); // held open, so that the counters outlive a session
        ASSERT_TRUE(library_) << dlerror();
        variable("fake_nvml_init_result") = 0;
    }
    void TearDown() override
    {
        if (library_)
            dlclose(library_);
    }
    int& variable(const char* name) { return *static_cast<int*>(dlsym(library_, name)); }

    const char* name_ = std::getenv("WORKSPAN_FAKE_NVML");
    void* library_ = nullptr;
};

TEST_F(Nvidia, ReportsDriverAndClocks)
{
    const Nvml answer = ask_nvml(name_, {"0000:65:00.0", "0000:17:00.0"});
    EXPECT_EQ(answer.driver, "580.65.06");
    ASSERT_EQ(answer.clocks.size(), 2U);
    EXPECT_EQ(answer.clocks[1].bus_id, "0000:17:00.0");
    EXPECT_EQ(answer.clocks[1].sm_mhz, 345);
    EXPECT_EQ(answer.clocks[1].memory_mhz, 2619);
    EXPECT_EQ(answer.clocks[1].sm_max_mhz, 1980);
    EXPECT_EQ(answer.clocks[1].memory_max_mhz, 3201);
}

TEST_F(Nvidia, AValueThatAGpuDoesNotReportIsUnknown)
{
    const Nvml answer = ask_nvml(name_, {"0000:65:00.0", "0000:99:00.0"});
    ASSERT_EQ(answer.clocks.size(), 2U);
    EXPECT_EQ(answer.clocks[0].sm_mhz, 345);
    EXPECT_FALSE(answer.clocks[0].memory_mhz || answer.clocks[0].sm_max_mhz ||
                 answer.clocks[0].memory_max_mhz);
    EXPECT_EQ(answer.clocks[1].bus_id, "0000:99:00.0");
    EXPECT_FALSE(answer.clocks[1].sm_mhz || answer.clocks[1].memory_mhz);
}

TEST_F(Nvidia, EachSessionIsClosed)
{
    ask_nvml(name_, {"0000:17:00.0"});
    EXPECT_EQ(variable("fake_nvml_sessions"), 0);
}

TEST_F(Nvidia, ALibraryThatFailsToStartReportsNothing)
{
    variable("fake_nvml_init_result") = 9; // NVML_ERROR_DRIVER_NOT_LOADED
    const Nvml answer = ask_nvml(name_, {"0000:17:00.0"});
    EXPECT_FALSE(answer.driver);
    EXPECT_TRUE(answer.clocks.empty());
    EXPECT_EQ(variable("fake_nvml_sessions"), 0);
}

TEST_F(Nvidia, AWatchedGpuReportsClockAndReasonsRepeatedly)
{
    {
        const auto full = watch_gpu(name_, "0000:17:00.0"), poor = watch_gpu(name_, "0000:65:00.0");
        ASSERT_TRUE(full && poor);
        variable("fake_nvml_reasons") = 1; // idle, which is not throttling
        EXPECT_EQ(full().sm_mhz, 345);
        EXPECT_TRUE(full().throttled.empty());
        variable("fake_nvml_reasons") = 0x44;
        EXPECT_EQ(full().throttled, (std::vector<std::string>{"power cap", "too hot (hardware)"}));
        EXPECT_EQ(poor().sm_mhz, 345);
        EXPECT_TRUE(poor().throttled.empty());
        EXPECT_EQ(variable("fake_nvml_sessions"), 2);
    }
    EXPECT_EQ(variable("fake_nvml_sessions"), 0);
    EXPECT_FALSE(watch_gpu(name_, "0000:99:00.0"));
    EXPECT_FALSE(watch_gpu("libnot-there.so.1", "0000:17:00.0"));
}

TEST(Nvml, AMissingOrForeignLibraryReportsNothing)
{
    for (const char* name : {"libnot-there.so.1", "libc.so.6"}) {
        const Nvml answer = ask_nvml(name, {"0000:17:00.0"});
        EXPECT_FALSE(answer.driver) << name;
        EXPECT_TRUE(answer.clocks.empty()) << name;
    }
}

} // namespace

} // namespace workspan
