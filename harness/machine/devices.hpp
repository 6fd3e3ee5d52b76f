// SPDX-License-Identifier: Apache-2.0
// The GPUs of this machine, as CUDA reports them. Implemented in gpu/device.cu; without CUDA in
// gpu/without_cuda.cpp.
#pragma once

#include <string>
#include <vector>

namespace workspan {

struct Gpu {
    int index = 0;            // CUDA's device number
    std::string name, bus_id; // bus_id as in NVML, for example 0000:17:00.0
    int multiprocessors = 0, compute_major = 0, compute_minor = 0;
    double memory = 0, l2 = 0;                  // bytes
    double free_memory = 0;                     // of the first device only; 0 otherwise
    double clock_mhz = 0, memory_clock_mhz = 0; // highest; 0 if unknown
};

struct Devices {
    std::vector<Gpu> gpus;       // first the one that kernels run on
    std::string runtime, driver; // CUDA versions, for example 13.0; empty if not installed
    std::string why_none;        // "built without CUDA", "no CUDA device", ...; empty with GPUs
};

Devices devices(); // never throws

// Selects the GPU that kernels run on, by CUDA's device number; call it before any other function
// of the device. Returns the reason why the GPU cannot be used, or an empty string.
std::string use_device(int index);

// Test hook: select kernels as if the GPU had `count` SMs, so that small sizes reach every kernel
// of a workload; 0 restores the real number. Not while a trial lives.
void assume_multiprocessors(unsigned count);

// The effect of a CUDA error on the process. lost: a sticky error, with which every later call
// fails.
enum class DeviceError { none, memory, lost, other };
DeviceError kind_of_error(int status);

} // namespace workspan
