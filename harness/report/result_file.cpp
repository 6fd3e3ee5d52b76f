// SPDX-License-Identifier: Apache-2.0
#include "harness/report/result_file.hpp"

#include "harness/machine/build_info.hpp"
#include "harness/report/google_benchmark_rows.hpp"
#include "harness/report/words.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace workspan {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 2;

template <class T> Json or_unknown(const Known<T>& value)
{
    return value ? Json(*value) : Json("unknown");
}

Json or_unknown(const Known<double>& value)
{
    if (!value)
        return "unknown";
    return std::isinf(*value) ? Json("unlimited") : Json(*value);
}

Json or_unknown(const std::string& value) { return value.empty() ? "unknown" : value; }

Json row_json(const Row& row, const CaseResult& c, std::size_t index, const Unit& unit)
{
    const bool aggregate = !row.aggregate.empty(), share = row.aggregate == "cv";
    Json json = {{"name", row.name},
                 {"family_index", index},
                 {"per_family_instance_index", 0},
                 {"run_name", c.name},
                 {"run_type", aggregate ? "aggregate" : "iteration"},
                 {"repetitions", 1},
                 {"repetition_index", 0},
                 {"threads", c.problem.threads}};
    if (aggregate) {
        json.erase("repetition_index");
        json["aggregate_name"] = row.aggregate;
        json["aggregate_unit"] = share ? "percentage" : "time";
    }
    json["iterations"] = aggregate ? static_cast<std::int64_t>(c.samples.size()) : c.iterations;
    json["real_time"] = row.real * (share ? 1 : unit.per_second);
    json["cpu_time"] = row.cpu * (share ? 1 : unit.per_second);
    json["time_unit"] = unit.name;
    if (row.aggregate.empty() || row.aggregate == "mean" || row.aggregate == "median") {
        json["bytes_per_second"] = c.cost.bytes / row.real;
        json["items_per_second"] = c.cost.items / row.real;
        json["flops"] = c.cost.flops / row.real;
        for (const auto& [name, value] : c.counters)
            json[name] = value;
    }
    return json;
}

Json benchmarks_json(const std::vector<CaseResult>& cases, const Options& options)
{
    Json rows = Json::array();
    std::size_t index = 0;
    for (const CaseResult& c : cases)
        if (c.status == Status::ok) {
            for (const Row& row : rows_of(c, options.aggregates_only))
                rows.push_back(row_json(row, c, index, unit_of(options.time_unit)));
            ++index;
        }
    return rows;
}

Json context_json(const RunInfo& run, const Options& options, const Machine& machine)
{
    Json json = {{"date", run.started},
                 {"host_name", machine.host},
                 {"executable", run.arguments.empty() ? "" : run.arguments.front()},
                 {"num_cpus", machine.hardware_threads.value_or(
                                  static_cast<int>(machine.allowed_cpus.size()))}};
    if (machine.cpu_mhz)
        json["mhz_per_cpu"] = std::lround(*machine.cpu_mhz);
    if (machine.governor)
        json["cpu_scaling_enabled"] = *machine.governor != "performance";
    json["caches"] = Json::array();
    for (const Cache& cache : machine.caches)
        json["caches"].push_back({{"type", cache.type},
                                  {"level", cache.level},
                                  {"size", std::llround(cache.bytes)},
                                  {"num_sharing", cache.shared_by}});
    json["load_avg"] = Json::array();
    for (const auto& load :
         {machine.load_average_1, machine.load_average_5, machine.load_average_15})
        if (load)
            json["load_avg"].push_back(*load);
    json["library_build_type"] = std::string(build_info.type) == "Debug" ? "debug" : "release";
    json["json_schema_version"] = 1;
    for (const auto& [key, value] : options.context)
        json[key] = value;
    return json;
}

// The samples of this invocation.
Json samples_json(const CaseResult& c)
{
    Json json = {{"wall", seconds_of(c, &Sample::wall)},
                 {"cpu", seconds_of(c, &Sample::cpu)},
                 {"iterations", c.iterations},
                 {"round_trips", c.round_trips}};
    if (const auto share = cpu_share(c))
        json["cpu_share"] = *share;
    if (std::any_of(c.samples.begin(), c.samples.end(),
                    [](const Sample& s) { return s.gpu.has_value(); })) {
        json["sm_mhz"] = json["throttled"] = Json::array();
        for (const Sample& sample : c.samples) {
            const GpuMoment moment = sample.gpu.value_or(GpuMoment{});
            json["sm_mhz"].push_back(or_unknown(moment.sm_mhz));
            json["throttled"].push_back(moment.throttled);
        }
    }
    return json;
}

// The facts known before a case runs.
Json facts_json(const CaseResult& c)
{
    return {{"name", c.name},
            {"workload", c.workload},
            {"variant", c.variant},
            {"n", c.problem.n},
            {"threads", c.problem.threads},
            {"keys", c.problem.keys},
            {"seed", c.problem.seed},
            {"subject", word(c.subject)},
            {"ceiling", c.ceiling},
            {"rate_unit", word(c.rate)},
            {"scope", word(c.scope)},
            {"threading", word(c.threading)},
            {"role", word(c.role)},
            {"ours", c.ours},
            {"level", word(c.level)},
            {"footprint",
             {{"host_shared", c.footprint.host_shared},
              {"host_case", c.footprint.host_case},
              {"device_case", c.footprint.device_case},
              {"host_reference", c.footprint.host_reference}}}};
}

Json case_json(const CaseResult& c)
{
    Json json = facts_json(c);
    json["status"] = word(c.status);
    if (c.cause != Cause::none)
        json["cause"] = word(c.cause);
    json["reason"] = c.reason;
    json["cost"] = {{"flops", c.cost.flops}, {"bytes", c.cost.bytes}, {"items", c.cost.items}};
    json["verdict"] = {{"ok", c.check_result.ok}, {"why", c.check_result.why}};
    if (std::isfinite(c.check_result.error))
        json["verdict"]["error"] = c.check_result.error;
    if (c.status == Status::ok) {
        json["time"] = c.time;
        json["interval"] = c.interval ? Json{c.interval->low, c.interval->high} : Json("none");
        json["stopped"] = c.stopped;
        json["invocations"] = Json::array({samples_json(c)});
        json["counters"] = c.counters;
    }
    json["warnings"] = Json::array();
    for (const auto& [code, detail] : c.warnings)
        json["warnings"].push_back({{"code", code}, {"detail", detail}});
    return json;
}

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
            {"flags", m.cpu_flags}};
}

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

Json run_json(const RunInfo& run, const Options& options)
{
    return {{"started", run.started},         {"ended", run.ended},
            {"complete", run.complete},       {"arguments", run.arguments},
            {"preset", word(options.preset)}, {"target", options.target},
            {"seed", options.seed},           {"invocations", 1},
            {"all_threads", run.all_threads}};
}

} // namespace

std::string result_json(const std::vector<CaseResult>& cases, const RunInfo& run,
                        const Options& options, const Machine& machine)
{
    Json all = Json::array();
    for (const CaseResult& c : cases)
        all.push_back(case_json(c));
    const Json file = {{"context", context_json(run, options, machine)},
                       {"benchmarks", benchmarks_json(cases, options)},
                       {"workspan",
                        {{"schema_version", kSchemaVersion},
                         {"run", run_json(run, options)},
                         {"machine", machine_json(machine)},
                         {"build", build_json()},
                         {"environment",
                          {{"openmp_runtime", or_unknown(machine.openmp_runtime)},
                           {"variables", machine.environment}}},
                         {"cases", std::move(all)}}}};
    return file.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace workspan
