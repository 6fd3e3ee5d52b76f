// SPDX-License-Identifier: Apache-2.0
#include "harness/report/machine_json.hpp"

#include "harness/machine/build_info.hpp"

#include <fmt/format.h>

namespace workspan {

namespace {

Json gpus_json(const Machine& machine)
{
    Json gpus = Json::array();
    for (const Gpu& gpu : machine.devices.gpus) {
        Json json = {
            {"index", gpu.index},
            {"name", gpu.name},
            {"bus_id", gpu.bus_id},
            {"multiprocessors", gpu.multiprocessors},
            {"compute_capability", fmt::format("{}.{}", gpu.compute_major, gpu.compute_minor)},
            {"memory", gpu.memory},
            {"l2", gpu.l2},
            {"clock_mhz", gpu.clock_mhz},
            {"memory_clock_mhz", gpu.memory_clock_mhz}};
        for (const GpuClocks& clocks : machine.gpu_clocks)
            if (clocks.bus_id == gpu.bus_id)
                json["clocks_mhz"] = {{"sm", or_unknown(clocks.sm_mhz)},
                                      {"sm_highest", or_unknown(clocks.sm_max_mhz)},
                                      {"memory", or_unknown(clocks.memory_mhz)},
                                      {"memory_highest", or_unknown(clocks.memory_max_mhz)}};
        gpus.push_back(std::move(json));
    }
    return gpus;
}

Json cpu_json(const Machine& m)
{
    Json caches = Json::array();
    for (const Cache& c : m.caches)
        caches.push_back({{"level", c.level},
                          {"type", c.type},
                          {"bytes", c.bytes},
                          {"count", c.count},
                          {"shared_by", c.shared_by}});
    Json pairs = Json::array();
    for (const CpuPair& pair : m.pairs)
        pairs.push_back({{"first", pair.first}, {"second", pair.second}, {"gain", pair.gain}});
    return {{"model", or_unknown(m.cpu_model)},
            {"sockets", or_unknown(m.sockets)},
            {"cores", or_unknown(m.cores)},
            {"hardware_threads", or_unknown(m.hardware_threads)},
            {"threads_per_core", or_unknown(m.threads_per_core)},
            {"numa_nodes", or_unknown(m.numa_nodes)},
            {"highest_mhz", or_unknown(m.cpu_mhz)},
            {"governor", or_unknown(m.governor)},
            {"turbo", or_unknown(m.turbo)},
            {"caches", caches},
            {"flags", m.cpu_flags},
            {"pairs", pairs}};
}

} // namespace

Json machine_json(const Machine& m)
{
    Json json = {{"host", or_unknown(m.host)}, {"cpu", cpu_json(m)}};
    json["limits"] = {{"allowed_cpus", m.allowed_cpus},
                      {"cpu_quota", or_unknown(m.cpu_quota)},
                      {"cpuset", or_unknown(m.cpuset)},
                      {"memory_limit", or_unknown(m.memory_limit)},
                      {"memory_left", or_unknown(m.memory_left)}};
    json["memory"] = {{"bytes", or_unknown(m.memory)},
                      {"available", or_unknown(m.available_memory)},
                      {"swap", or_unknown(m.swap)},
                      {"transparent_huge_pages", or_unknown(m.transparent_huge_pages)}};
    json["virtualisation"] = or_unknown(m.virtualisation);
    json["kernel"] = or_unknown(m.kernel);
    json["os"] = or_unknown(m.os);
    json["cuda"] = {{"runtime", m.devices.runtime.empty() ? "none" : m.devices.runtime},
                    {"driver", m.devices.driver.empty() ? "none" : m.devices.driver},
                    {"nvidia_driver", or_unknown(m.nvidia_driver)},
                    {"gpus", gpus_json(m)},
                    {"why_none", m.devices.why_none}};
    return json;
}

Json build_json()
{
    return {{"version", build_info.version},
            {"git_commit", build_info.git_commit},
            {"git_dirty", build_info.git_dirty},
            {"type", build_info.type},
            {"compiler", build_info.compiler},
            {"flags", build_info.flags},
            {"cpu_features", build_info.cpu_features},
            {"sanitizers", build_info.sanitizers},
            {"cuda_compiler", or_unknown(std::string(build_info.cuda_compiler))},
            {"cuda_architectures", or_unknown(std::string(build_info.cuda_architectures))}};
}

} // namespace workspan
