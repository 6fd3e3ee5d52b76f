// SPDX-License-Identifier: Apache-2.0
// What CUDA says of the GPUs here. Implemented in gpu/device.cu, or in gpu/without_cuda.cpp where
// CUDA is absent.
#pragma once

#include <string>
#include <vector>

namespace workspan {

struct Gpu {
    int index = 0;            // CUDA's number
    std::string name, bus_id; // bus_id as in NVML, for example 0000:17:00.0
    int multiprocessors = 0, compute_major = 0, compute_minor = 0;
    double memory = 0, l2 = 0;                  // bytes
    double free_memory = 0;                     // of the device that kernels run on; 0 for others
    double clock_mhz = 0, memory_clock_mhz = 0; // highest, 0 where unknown
};

struct Devices {
    std::vector<Gpu> gpus;       // the one that kernels run on comes first
    std::string runtime, driver; // CUDA versions, for example 13.0; empty where there is none
    std::string why_none; // "built without CUDA", "no CUDA device", ...; empty where there are GPUs
};

Devices devices(); // never throws

// Makes GPU `index`, in the order of devices(), the one that kernels run on; says why it cannot be,
// or nothing. Before anything else is asked of it.
std::string use_device(int index);

// Launches choose as on a GPU of so many multiprocessors, 0: of as many as there are; so that tests
// reach all kernels of a workload at small sizes. Not while a trial lives.
void assume_multiprocessors(unsigned count);

// What an error of CUDA means for the process that meets it; lost: it gets no other answer from
// then on.
enum class DeviceError { none, memory, lost, other };
DeviceError kind_of_error(int status);

} // namespace workspan
