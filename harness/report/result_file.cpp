// SPDX-License-Identifier: Apache-2.0
#include "harness/report/result_file.hpp"

#include "harness/machine/build_info.hpp"
#include "harness/report/google_benchmark_rows.hpp"
#include "harness/report/machine_json.hpp"
#include "harness/report/words.hpp"

#include <algorithm>
#include <cmath>

namespace workspan {

namespace {

constexpr int kSchemaVersion = 2;

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

// One member of every sample.
template <class T> Json member_json(const std::vector<Sample>& samples, T Sample::*member)
{
    Json json = Json::array();
    for (const Sample& sample : samples)
        json.push_back(sample.*member);
    return json;
}

Json gpu_moments_json(const std::vector<Sample>& samples)
{
    Json json = {{"sm_mhz", Json::array()}, {"throttled", Json::array()}};
    for (const Sample& sample : samples) {
        const GpuMoment moment = sample.gpu.value_or(GpuMoment{});
        json["sm_mhz"].push_back(or_unknown(moment.sm_mhz));
        json["throttled"].push_back(moment.throttled);
    }
    return json;
}

Json latencies_json(const Latencies& latencies)
{
    Json json = {{"ns", Json::array()}, {"tasks", Json::array()}};
    for (const auto& [ns, tasks] : latencies) {
        json["ns"].push_back(ns);
        json["tasks"].push_back(tasks);
    }
    return json;
}

// The samples of this invocation.
Json samples_json(const CaseResult& c)
{
    const std::vector<Sample>& samples = c.samples;
    const auto any = [&](auto has) { return std::any_of(samples.begin(), samples.end(), has); };
    Json json = {{"wall", seconds_of(samples, &Sample::wall)},
                 {"cpu", seconds_of(samples, &Sample::cpu)},
                 {"runs", member_json(samples, &Sample::runs)},
                 {"block", member_json(samples, &Sample::block)},
                 {"at", member_json(samples, &Sample::at)},
                 {"clean", member_json(samples, &Sample::clean)},
                 {"iterations", c.iterations},
                 {"round_trips", c.round_trips}};
    if (!any([](const Sample& s) { return !s.waited; })) {
        json["waited"] = Json::array();
        for (const Sample& sample : samples)
            json["waited"].push_back(*sample.waited);
    }
    if (!c.latencies.empty())
        json["latencies"] = latencies_json(c.latencies);
    if (const auto share = cpu_share(c))
        json["cpu_share"] = *share;
    if (any([](const Sample& s) { return s.gpu.has_value(); }))
        json.update(gpu_moments_json(samples));
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

Json cost_json(const Cost& cost)
{
    return {{"flops", cost.flops}, {"bytes", cost.bytes}, {"items", cost.items}};
}

Json beside_json(const Beside& b)
{
    const CaseResult& c = b.ceiling;
    return {{"workload", c.workload},
            {"variant", c.variant},
            {"n", c.problem.n},
            {"keys", c.problem.keys},
            {"threads", c.problem.threads},
            {"scope", word(c.scope)},
            {"level", word(c.level)},
            {"rate_unit", word(c.rate)},
            {"cost", cost_json(c.cost)},
            {"group", {{"workload", b.workload}, {"n", b.problem.n}, {"keys", b.problem.keys}}},
            {"samples", samples_json(c)}};
}

Json case_json(const CaseResult& c)
{
    Json json = facts_json(c);
    json["status"] = word(c.status);
    if (c.cause != Cause::none)
        json["cause"] = word(c.cause);
    json["reason"] = c.reason;
    json["cost"] = cost_json(c.cost);
    if (const auto& [name, version, core] = c.library; !name.empty())
        json["library"] = {{"name", name}, {"version", version}, {"core", core}};
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

Json run_json(const RunInfo& run, const Options& options)
{
    Json json = {{"started", run.started},         {"ended", run.ended},
                 {"complete", run.complete},       {"arguments", run.arguments},
                 {"preset", word(options.preset)}, {"target", options.target},
                 {"seed", options.seed},           {"invocations", 1},
                 {"all_threads", run.all_threads}};
    if (options.weak)
        json["sweep"] = "weak_scaling";
    return json;
}

} // namespace

std::string result_json(const Results& results, const RunInfo& run, const Options& options,
                        const Machine& machine)
{
    Json cases = Json::array(), beside = Json::array();
    for (const CaseResult& c : results.cases)
        cases.push_back(case_json(c));
    for (const Beside& b : results.beside)
        beside.push_back(beside_json(b));
    const Json file = {{"context", context_json(run, options, machine)},
                       {"benchmarks", benchmarks_json(results.cases, options)},
                       {"workspan",
                        {{"schema_version", kSchemaVersion},
                         {"run", run_json(run, options)},
                         {"machine", machine_json(machine)},
                         {"build", build_json()},
                         {"environment",
                          {{"openmp_runtime", or_unknown(machine.openmp_runtime)},
                           {"openmp_spin", openmp_spin(machine.environment)},
                           {"variables", machine.environment}}},
                         {"cases", std::move(cases)},
                         {"beside", std::move(beside)}}}};
    return file.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace workspan
