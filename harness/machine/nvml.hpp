// SPDX-License-Identifier: Apache-2.0
// What NVIDIA's management library tells and CUDA does not. It comes with the driver, so it is
// opened at run time or not at all.
#pragma once

#include "harness/machine/machine.hpp"
#include "harness/measure/case_result.hpp"

namespace workspan {

struct Nvml {
    Known<std::string> driver;
    std::vector<GpuClocks>
        clocks; // one for each bus id, in their order; none where the library does not work
};

Nvml ask_nvml(const std::string& library, const std::vector<std::string>& bus_ids);

// Asks for one GPU's state again and again, with library and device kept open meanwhile: to open
// them anew takes long. Empty where there is no such library or device.
std::function<GpuMoment()> watch_gpu(const std::string& library, const std::string& bus_id);

} // namespace workspan
