// SPDX-License-Identifier: Apache-2.0
// What this machine is: the provenance of a result. What cannot be read is empty here and "unknown"
// in the file, never a guess.
#pragma once

#include "harness/machine/devices.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace workspan {

struct Cache {
    int level = 0;
    std::string type; // Data, Instruction, Unified
    double bytes = 0;
    int count = 0, shared_by = 0; // how many there are, and how many hardware threads share one
};

struct GpuClocks { // read through NVML
    std::string bus_id;
    std::optional<double> sm_mhz, memory_mhz, sm_max_mhz, memory_max_mhz;
};

template <class T> using Known = std::optional<T>;

struct Machine {
    std::string host;
    Known<std::string> cpu_model, kernel, os, governor, turbo, virtualisation,
        transparent_huge_pages, openmp_runtime;
    Known<int> sockets, cores, hardware_threads, threads_per_core, numa_nodes;
    Known<double> cpu_mhz; // highest, where the kernel says so
    std::vector<Cache> caches;
    std::vector<std::string> cpu_flags; // all that the kernel reports

    std::vector<int> allowed_cpus; // this process's affinity mask
    Known<double>
        cpu_quota; // CPUs' worth of time that cgroups allow, infinity where they set no limit
    Known<std::string> cpuset;                    // of the cgroup
    Known<double> memory, available_memory, swap; // bytes
    Known<double> memory_limit, memory_left;      // of the cgroup and what it has not used of it,
                                                  // infinity where there is no limit
    Known<double> load_average_1, load_average_5, load_average_15;

    std::map<std::string, std::string>
        environment; // OMP_*, GOMP_*, KMP_*, OPENBLAS_*, MKL_*, CUDA_*, as set
    Devices devices;
    Known<std::string> nvidia_driver;
    std::vector<GpuClocks> gpu_clocks;
};

// Where to read from; tests give recorded trees and hwloc's synthetic topologies instead.
struct Sources {
    std::filesystem::path root = "/";    // holds proc/, sys/ and etc/
    std::string synthetic_topology = {}; // hwloc's syntax, for example "pack:2 core:4 pu:2"
    std::string nvml = "libnvidia-ml.so.1";
};

Machine this_machine(const Sources& from = {}); // never throws for what is missing

// Threads that can run at once: the affinity mask, and no more than the quota allows; at least 1.
int usable_threads(const Machine& machine);

// Bytes that can be taken now: what is available, and no more than the cgroup has left; infinity
// where nothing is known.
double usable_memory(const Machine& machine);

// The data or unified cache of a level, the smallest where cores differ; nullptr where unknown.
const Cache* cache_of_level(const Machine& machine, int level);

// CPU features that the kernels were built for and this CPU lacks, separated by blanks; empty where
// all is well or unknown.
std::string missing_cpu_features(const Machine& machine, const std::string& needed);

} // namespace workspan
