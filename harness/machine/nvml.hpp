// SPDX-License-Identifier: Apache-2.0
// Facts that NVIDIA's management library (NVML) knows and CUDA does not. It comes with the driver,
// so it is opened at run time.
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

// Reads the state of one GPU repeatedly; library and device stay open, because opening them takes
// long. Empty if the library or the device is missing.
std::function<GpuMoment()> watch_gpu(const std::string& library, const std::string& bus_id);

} // namespace workspan
