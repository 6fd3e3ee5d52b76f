// SPDX-License-Identifier: Apache-2.0
// Facts from NVIDIA's management library (NVML) that CUDA does not report. The library comes with
// the driver, so it is loaded at run time.
#pragma once

#include "harness/machine/gpu_moment.hpp"
#include "harness/machine/machine.hpp"

#include <functional>

namespace workspan {

struct Nvml {
    Known<std::string> driver;
    std::vector<GpuClocks> clocks; // one per bus id, in order; empty if the library does not work
};

Nvml ask_nvml(const std::string& library, const std::vector<std::string>& bus_ids);

// A function that reads the state of one GPU. Library and device stay open, because opening them is
// slow. Empty if the library or the device is missing.
std::function<GpuMoment()> watch_gpu(const std::string& library, const std::string& bus_id);

} // namespace workspan
