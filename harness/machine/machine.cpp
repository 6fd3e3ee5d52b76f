// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/machine.hpp"

#include "harness/machine/cgroup.hpp"
#include "harness/machine/nvml.hpp"
#include "harness/machine/parts.hpp"
#include "harness/machine/proc_files.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <sched.h>
#include <unistd.h>

namespace workspan {

namespace {

namespace fs = std::filesystem;
constexpr double kUnlimited = std::numeric_limits<double>::infinity();

// The affinity mask, in a buffer that grows because cpu_set_t is limited to 1024 CPUs.
std::vector<int> affinity()
{
    for (int most = CPU_SETSIZE; most <= 1 << 20; most *= 2) {
        const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> mask(
            CPU_ALLOC(most), [](cpu_set_t* p) { CPU_FREE(p); });
        const std::size_t bytes = CPU_ALLOC_SIZE(most);
        if (!mask || sched_getaffinity(0, bytes, mask.get()) != 0)
            continue;
        std::vector<int> cpus;
        for (int cpu = 0; cpu < most; ++cpu)
            if (CPU_ISSET_S(cpu, bytes, mask.get()))
                cpus.push_back(cpu);
        return cpus;
    }
    return {};
}

std::vector<int> allowed_cpus(const fs::path& root)
{
    if (root == "/")
        return affinity();
    return cpu_list(
        value(contents(root / "proc/self/status"), "Cpus_allowed_list", ':').value_or(""));
}

std::map<std::string, std::string> environment()
{
    const std::vector<std::string> prefixes = {"OMP_",      "GOMP_", "KMP_",
                                               "OPENBLAS_", "MKL_",  "CUDA_"};
    std::map<std::string, std::string> set;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        const bool ours = std::any_of(prefixes.begin(), prefixes.end(),
                                      [&](const std::string& p) { return text.starts_with(p); });
        if (ours && equals != text.npos)
            set.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return set;
}

void read_allowance(Machine& machine, const fs::path& root)
{
    machine.allowed_cpus = allowed_cpus(root);
    const CgroupLimits limits = cgroup_limits(root);
    machine.cpu_quota = limits.cpus;
    machine.cpuset = limits.cpuset;
    machine.memory_limit = limits.memory;
    machine.memory_left = limits.memory_left;
}

void read_gpus(Machine& machine, const std::string& nvml)
{
    machine.devices = devices();
    std::vector<std::string> bus_ids;
    for (const Gpu& gpu : machine.devices.gpus)
        bus_ids.push_back(gpu.bus_id);
    const Nvml answer = ask_nvml(nvml, bus_ids);
    machine.nvidia_driver = answer.driver;
    machine.gpu_clocks = answer.clocks;
}

} // namespace

Machine this_machine(const Sources& from)
{
    Machine machine;
    read_cpu(machine, from);
    read_topology(machine, from);
    read_system(machine, from);
    read_allowance(machine, from.root);
    machine.environment = environment();
    read_gpus(machine, from.nvml);
    return machine;
}

std::string openmp_spin(const std::map<std::string, std::string>& environment)
{
    std::string variables;
    for (const char* name : {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"})
        if (const auto set = environment.find(name); set != environment.end())
            variables += set->first + "=" + set->second + ", ";
    return (variables.empty() ? "the runtime's default, " : variables) +
           "ended before other code is measured";
}

int usable_threads(const Machine& machine)
{
    const auto allowed = static_cast<int>(machine.allowed_cpus.size());
    const int threads = allowed > 0 ? allowed : machine.hardware_threads.value_or(1);
    const double quota = std::floor(machine.cpu_quota.value_or(kUnlimited));
    return quota < threads ? std::max(1, static_cast<int>(quota)) : std::max(1, threads);
}

double usable_memory(const Machine& machine)
{
    const double available = machine.available_memory.value_or(machine.memory.value_or(kUnlimited));
    return std::min({available, machine.memory_limit.value_or(kUnlimited),
                     machine.memory_left.value_or(kUnlimited)});
}

const Cache* cache_of_level(const Machine& machine, int level)
{
    const Cache* smallest = nullptr;
    for (const Cache& cache : machine.caches)
        if (cache.level == level && cache.type != "Instruction" &&
            (!smallest || cache.bytes < smallest->bytes))
            smallest = &cache;
    return smallest;
}

} // namespace workspan
