// SPDX-License-Identifier: Apache-2.0
// This machine: the provenance of a result. Unreadable fields are empty here and "unknown" in the
// file, never a guess.
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
    int count = 0, shared_by = 0; // caches, and hardware threads sharing one
};

struct GpuClocks { // read through NVML
    std::string bus_id;
    std::optional<double> sm_mhz, memory_mhz, sm_max_mhz, memory_max_mhz;
};

// Two CPUs that computed at once: what each had left of its rate alone, added (measure/core_pairs).
struct CpuPair {
    int first = 0, second = 0;
    double gain = 0; // 2: two cores, 1: one
};

template <class T> using Known = std::optional<T>;

struct Machine {
    std::string host;
    Known<std::string> cpu_model, kernel, os, governor, turbo, virtualisation,
        transparent_huge_pages, openmp_runtime;
    Known<int> sockets, cores, hardware_threads, threads_per_core, numa_nodes;
    Known<double> cpu_mhz; // highest, if the kernel reports it
    std::vector<Cache> caches;
    std::vector<std::string> cpu_flags; // as reported by the kernel
    std::vector<CpuPair> pairs;         // empty unless measured

    std::vector<int> allowed_cpus; // this process's affinity mask
    Known<double> cpu_quota;       // CPUs' worth of time that cgroups allow; infinity: no limit
    Known<std::string> cpuset;     // of the cgroup
    Known<double> memory, available_memory, swap; // bytes
    Known<double> memory_limit, memory_left;      // of the cgroup; infinity: no limit
    Known<double> load_average_1, load_average_5, load_average_15;

    // OMP_*, GOMP_*, KMP_*, OPENBLAS_*, MKL_*, CUDA_*, as set.
    std::map<std::string, std::string> environment;
    Devices devices;
    Known<std::string> nvidia_driver;
    std::vector<GpuClocks> gpu_clocks;
};

// The sources of the facts; tests give recorded trees and hwloc's synthetic topologies instead.
struct Sources {
    std::filesystem::path root = "/";    // holds proc/, sys/ and etc/
    std::string synthetic_topology = {}; // hwloc's syntax, for example "pack:2 core:4 pu:2"
    std::string nvml = "libnvidia-ml.so.1";
};

Machine this_machine(const Sources& from = {}); // never throws for missing facts

// Threads that can run at once: the affinity mask, capped by the quota; at least 1.
int usable_threads(const Machine& machine);

// Bytes that can be allocated now: the available memory, capped by the rest of the cgroup's limit;
// infinity if neither is known.
double usable_memory(const Machine& machine);

// The hardware threads of a CPU's core, as the kernel says; empty if it does not.
std::vector<int> thread_siblings(int cpu, const std::filesystem::path& root = "/");

// The data or unified cache of a level, the smallest if cores differ; nullptr if unknown.
const Cache* cache_of_level(const Machine& machine, int level);

// How long the idle threads of an OpenMP team spin: the variables that decide it, or that none
// does. Whatever they say, a team ends before code that does not use it is measured.
std::string openmp_spin(const std::map<std::string, std::string>& environment);

// CPU features that the kernels were built for and this CPU lacks, separated by blanks; empty if
// none is missing or the flags are unknown.
std::string missing_cpu_features(const Machine& machine, const std::string& needed);

} // namespace workspan
