// SPDX-License-Identifier: Apache-2.0
// A library with the few functions of NVML that the harness calls, and two GPUs: one tells
// everything, the other only its SM clock.
#include <cstdio>
#include <cstring>

extern "C" {

int fake_nvml_sessions = 0; // open ones: tests see whether each was closed
int fake_nvml_init_result = 0;
int fake_nvml_reasons = 0; // why the clock of the first GPU is held down

int nvmlInit_v2()
{
    fake_nvml_sessions += fake_nvml_init_result == 0 ? 1 : 0;
    return fake_nvml_init_result;
}

int nvmlShutdown()
{
    --fake_nvml_sessions;
    return 0;
}

int nvmlSystemGetDriverVersion(char* version, unsigned length)
{
    std::snprintf(version, length, "580.65.06");
    return 0;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char* bus_id, const char** device)
{
    static const char *const full = "0000:17:00.0", *const poor = "0000:65:00.0";
    *device = std::strcmp(bus_id, full) == 0 ? full : poor;
    return std::strcmp(bus_id, *device) == 0 ? 0 : 6; // NVML_ERROR_NOT_FOUND
}

// Clock 1 is that of the SMs, 2 that of the memory.
int nvmlDeviceGetClockInfo(const char* device, int clock, unsigned* mhz)
{
    *mhz = clock == 1 ? 345 : 2619;
    return clock == 1 || device[5] == '1' ? 0 : 3; // NVML_ERROR_NOT_SUPPORTED
}

int nvmlDeviceGetCurrentClocksThrottleReasons(const char* device, unsigned long long* bits)
{
    *bits = static_cast<unsigned long long>(fake_nvml_reasons);
    return device[5] == '1' ? 0 : 3;
}

int nvmlDeviceGetMaxClockInfo(const char* device, int clock, unsigned* mhz)
{
    *mhz = clock == 1 ? 1980 : 3201;
    return device[5] == '1' ? 0 : 3;
}
}
