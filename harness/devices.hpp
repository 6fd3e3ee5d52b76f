// SPDX-License-Identifier: Apache-2.0
// What CUDA says of the GPUs here. Implemented in gpu/device.cu, or in gpu/without_cuda.cpp where CUDA is absent.
#pragma once

#include <string>
#include <vector>

namespace workspan {

struct Gpu {
    std::string name, bus_id; // bus_id as in NVML, for example 0000:17:00.0
    int multiprocessors = 0, compute_major = 0, compute_minor = 0;
    double memory = 0, l2 = 0;                  // bytes
    double free_memory = 0;                     // of the device that kernels run on; 0 for others
    double clock_mhz = 0, memory_clock_mhz = 0; // highest, 0 where unknown
};

struct Devices {
    std::vector<Gpu> gpus;
    std::string runtime, driver; // CUDA versions, for example 13.0; empty where there is none
    std::string why_none;        // "built without CUDA", "no CUDA device", ...; empty where there are GPUs
};

Devices devices(); // never throws

} // namespace workspan
