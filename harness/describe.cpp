// SPDX-License-Identifier: Apache-2.0
#include "harness/table.hpp"

#include "harness/build_info.hpp"
#include "harness/format.hpp"
#include "harness/prose.hpp"

#include <cmath>
#include <fmt/format.h>

namespace workspan {

namespace {

template <class T> std::string known(const Known<T>& value) { return value ? fmt::format("{}", *value) : "unknown"; }
std::string known_bytes(const Known<double>& value) { return value ? format_bytes(*value) : "unknown"; }

std::string caches_text(const Machine& m)
{
    std::string text;
    for (const Cache& c : m.caches)
        text += fmt::format("{}L{} {} {} x {}", text.empty() ? "" : ", ", c.level, c.type, c.count, format_bytes(c.bytes));
    return text.empty() ? "unknown" : text;
}

std::string quota_text(const Machine& m)
{
    if (!m.cpu_quota)
        return "unknown";
    return std::isinf(*m.cpu_quota) ? "none" : fmt::format("{:g} CPUs", *m.cpu_quota);
}

std::string gpus_text(const Machine& m)
{
    if (m.devices.gpus.empty())
        return "none (" + m.devices.why_none + ")";
    std::string text;
    for (const Gpu& gpu : m.devices.gpus)
        text += fmt::format("{}{}, {} multiprocessors, {}, compute capability {}.{}", text.empty() ? "" : "; ", gpu.name,
                            gpu.multiprocessors, format_bytes(gpu.memory), gpu.compute_major, gpu.compute_minor);
    return text;
}

std::string joined(const std::vector<std::string>& words, const char* between)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

std::string sizes_text(const std::vector<std::size_t>& sizes)
{
    std::vector<std::string> words;
    for (const std::size_t n : sizes)
        words.push_back(format_size(n));
    return joined(words, " ");
}

} // namespace

std::string machine_line(const Machine& m)
{
    const std::string gpu = m.devices.gpus.empty() ? "no GPU (" + m.devices.why_none + ")" : m.devices.gpus.front().name;
    return fmt::format("{}, {} usable threads, {}, {}\nworkspan {} ({}), {} {}\n", known(m.cpu_model), usable_threads(m),
                       known_bytes(m.memory), gpu, build_info.version, std::string(build_info.git_commit).substr(0, 12),
                       build_info.compiler, build_info.flags);
}

std::string machine_text(const Machine& m)
{
    std::string text;
    const auto line = [&text](const char* what, const std::string& value) { text += fmt::format("{:<22}{}\n", what, value); };
    line("host", m.host);
    line("CPU", known(m.cpu_model));
    line("sockets", known(m.sockets));
    line("cores", known(m.cores));
    line("hardware threads", known(m.hardware_threads) + ", " + known(m.threads_per_core) + " per core");
    line("usable threads", fmt::format("{} ({} in the affinity mask, quota {})", usable_threads(m), m.allowed_cpus.size(), quota_text(m)));
    line("NUMA nodes", known(m.numa_nodes));
    line("caches", caches_text(m));
    line("highest clock", m.cpu_mhz ? fmt::format("{:.0f} MHz", *m.cpu_mhz) : "unknown");
    line("governor, turbo", known(m.governor) + ", " + known(m.turbo));
    line("memory", fmt::format("{}, {} available, cgroup limit {}", known_bytes(m.memory), known_bytes(m.available_memory),
                               known_bytes(m.memory_limit)));
    line("huge pages", known(m.transparent_huge_pages));
    line("virtualisation", known(m.virtualisation));
    line("kernel", known(m.kernel));
    line("OS", known(m.os));
    line("GPU", gpus_text(m));
    line("CUDA runtime, driver",
         (m.devices.runtime.empty() ? "none" : m.devices.runtime) + ", " + (m.devices.driver.empty() ? "none" : m.devices.driver));
    line("OpenMP", known(m.openmp_runtime));
    for (const auto& [name, value] : m.environment)
        line("environment", name + "=" + value);
    line("build", fmt::format("workspan {}, commit {} (modified: {}), {}", build_info.version, build_info.git_commit, build_info.git_dirty,
                              build_info.type));
    line("compiler", fmt::format("{} {}", build_info.compiler, build_info.flags));
    line("CUDA compiler", *build_info.cuda_compiler != '\0'
                              ? fmt::format("{}, architectures {}", build_info.cuda_compiler, build_info.cuda_architectures)
                              : "none");
    return text;
}

std::string list_text(const std::vector<Workload>& suite, bool with_prose)
{
    std::string text;
    for (const Workload& w : suite) {
        if (with_prose) // with an empty line between workloads
            text += (text.empty() ? "" : "\n") + std::string(prose(w.name)) + "\n";
        std::vector<std::string> variants;
        for (const Variant& v : w.variants)
            variants.push_back(v.name);
        text += fmt::format("{:<12}{}\n", w.name, w.summary);
        text += fmt::format("{:<12}sizes {}{}{}\n", "", sizes_text(w.sizes), w.inputs.empty() ? "" : "; inputs ", joined(w.inputs, " "));
        text += fmt::format("{:<12}variants {}\n", "", joined(variants, " "));
    }
    return text;
}

std::string plan_text(const std::vector<CaseResult>& planned)
{
    std::string text;
    for (const CaseResult& c : planned)
        text += fmt::format("{:<60} {:>8}  {}\n", c.name, format_bytes(c.footprint.on_host()), c.reason == "planned" ? "" : c.reason);
    return text;
}

} // namespace workspan
