// SPDX-License-Identifier: Apache-2.0
// What NVIDIA's management library tells and CUDA does not. It comes with the driver, so it is opened at run time or not at all.
#pragma once

#include "harness/machine.hpp"

namespace workspan {

struct Nvml {
    Known<std::string> driver;
    std::vector<GpuClocks> clocks; // one for each bus id, in their order; none where the library does not work
};

Nvml ask_nvml(const std::string& library, const std::vector<std::string>& bus_ids);

} // namespace workspan
