// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/parts.hpp"
#include "harness/machine/proc_files.hpp"

#include <algorithm>
#include <hwloc.h>
#include <memory>
#include <set>
#include <tuple>

namespace workspan {

namespace {

using Kind = std::tuple<int, std::string, double, int>; // level, type, bytes, shared by
using Caches = std::map<Kind, int>;                     // their number, by kind

struct Destroy {
    void operator()(hwloc_topology* topology) const noexcept { hwloc_topology_destroy(topology); }
};
using Hwloc = std::unique_ptr<hwloc_topology, Destroy>;

// Null if hwloc cannot tell: it does not read recorded trees.
Hwloc load(const Sources& from)
{
    hwloc_topology_t raw = nullptr;
    const bool synthetic = !from.synthetic_topology.empty();
    if ((!synthetic && from.root != "/") || hwloc_topology_init(&raw) != 0)
        return {};
    Hwloc topology(raw);
    // The machine, not the share of this process.
    hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    hwloc_topology_set_icache_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL);
    if (synthetic && hwloc_topology_set_synthetic(raw, from.synthetic_topology.c_str()) != 0)
        return {};
    return hwloc_topology_load(raw) == 0 ? std::move(topology) : Hwloc();
}

Known<int> count(hwloc_topology_t all, hwloc_obj_type_t type)
{
    const int n = hwloc_get_nbobjs_by_type(all, type);
    return n > 0 ? Known<int>(n) : Known<int>();
}

// The maximum over the cores, if they differ.
Known<int> threads_per_core(hwloc_topology_t all)
{
    int most = 0;
    for (hwloc_obj_t core = nullptr;
         (core = hwloc_get_next_obj_by_type(all, HWLOC_OBJ_CORE, core));)
        most = std::max(most, hwloc_bitmap_weight(core->cpuset));
    return most > 0 ? Known<int>(most) : Known<int>();
}

const char* name_of(hwloc_obj_cache_type_t type)
{
    return type == HWLOC_OBJ_CACHE_DATA          ? "Data"
           : type == HWLOC_OBJ_CACHE_INSTRUCTION ? "Instruction"
                                                 : "Unified";
}

Caches caches_of(hwloc_topology_t all)
{
    Caches caches;
    for (int depth = 0; depth < hwloc_topology_get_depth(all); ++depth) {
        if (!hwloc_obj_type_is_cache(hwloc_get_depth_type(all, depth)))
            continue;
        for (hwloc_obj_t one = nullptr; (one = hwloc_get_next_obj_by_depth(all, depth, one));) {
            const auto& cache = one->attr->cache;
            if (cache.size > 0) // some virtual machines hide it
                ++caches[{static_cast<int>(cache.depth), name_of(cache.type),
                          static_cast<double>(cache.size), hwloc_bitmap_weight(one->cpuset)}];
        }
    }
    return caches;
}

// "48K" is 49152.
Known<double> bytes_of(const std::string& size)
{
    const std::string_view units = "KMG";
    const auto unit = size.empty() ? units.npos : units.find(size.back());
    const auto n = number(unit == units.npos ? size : size.substr(0, size.size() - 1));
    return n ? Known<double>(unit == units.npos
                                 ? *n
                                 : *n * static_cast<double>(std::size_t(1024) << 10 * unit))
             : n;
}

// The caches as the kernel reports them: each CPU lists all of its caches, so a shared one appears
// once per CPU.
Caches caches_in(const std::filesystem::path& cpus)
{
    std::set<std::tuple<Kind, std::string>> distinct;
    for (const auto& cpu : numbered_folders(cpus, "cpu"))
        for (const auto& index : numbered_folders(cpu / "cache", "index")) {
            const double level = number_in(index / "level").value_or(0),
                         bytes = bytes_of(line(index / "size").value_or("")).value_or(0);
            const auto type = line(index / "type"), shared = line(index / "shared_cpu_list");
            if (level >= 1 && level <= 9 && bytes > 0 && type)
                distinct.insert({{static_cast<int>(level), *type, bytes,
                                  static_cast<int>(cpu_list(shared.value_or("")).size())},
                                 shared.value_or(cpu.filename().string())});
        }
    Caches caches;
    for (const auto& [kind, shared] : distinct)
        ++caches[kind];
    return caches;
}

} // namespace

std::vector<int> thread_siblings(int cpu, const std::filesystem::path& root)
{
    const auto topology =
        root / "sys/devices/system/cpu" / ("cpu" + std::to_string(cpu)) / "topology";
    return cpu_list(line(topology / "thread_siblings_list").value_or(""));
}

void read_topology(Machine& machine, const Sources& from)
{
    const auto cpus = from.root / "sys/devices/system/cpu";
    const int online = static_cast<int>(cpu_list(line(cpus / "online").value_or("")).size());
    Caches caches;
    if (const Hwloc topology = load(from)) {
        machine.sockets = count(topology.get(), HWLOC_OBJ_PACKAGE);
        machine.cores = count(topology.get(), HWLOC_OBJ_CORE);
        machine.hardware_threads = count(topology.get(), HWLOC_OBJ_PU);
        machine.threads_per_core = threads_per_core(topology.get());
        machine.numa_nodes = count(topology.get(), HWLOC_OBJ_NUMANODE);
        caches = caches_of(topology.get());
    }
    if (!machine.hardware_threads && online > 0)
        machine.hardware_threads = online;
    if (caches.empty())
        caches = caches_in(cpus);
    for (const auto& [kind, number_of] : caches) {
        const auto& [level, type, bytes, shared_by] = kind;
        machine.caches.push_back({level, type, bytes, number_of, shared_by});
    }
}

} // namespace workspan
