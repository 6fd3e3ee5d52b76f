// SPDX-License-Identifier: Apache-2.0
#include "harness/report/table.hpp"

#include "harness/machine/build_info.hpp"
#include "harness/report/prose.hpp"
#include "harness/support/format.hpp"

#include <cmath>
#include <fmt/format.h>
#include <set>
#include <sstream>

namespace workspan {

namespace {

template <class T> std::string known(const Known<T>& value)
{
    return value ? fmt::format("{}", *value) : "unknown";
}
std::string known_bytes(const Known<double>& value)
{
    return value ? format_bytes(*value) : "unknown";
}

std::string caches_text(const Machine& m)
{
    std::string text;
    for (const Cache& c : m.caches)
        text += fmt::format("{}L{} {} {} x {}", text.empty() ? "" : ", ", c.level, c.type, c.count,
                            format_bytes(c.bytes));
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
        text += fmt::format("{}{}: {}, {} multiprocessors, {}, compute capability {}.{}",
                            text.empty() ? "" : "; ", gpu.index, gpu.name, gpu.multiprocessors,
                            format_bytes(gpu.memory), gpu.compute_major, gpu.compute_minor);
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

std::vector<std::string> variant_names(const Workload& w)
{
    std::vector<std::string> names;
    for (const Variant& v : w.variants)
        names.push_back(v.name);
    return names;
}

std::string row_text(const Workload& w)
{
    return fmt::format("{:<12}{}\n", w.name, w.contract.summary) +
           fmt::format("{:<12}sizes {}{}{}\n", "", sizes_text(w.contract.sizes),
                       w.contract.inputs.empty() ? "" : "; inputs ",
                       joined(w.contract.inputs, " ")) +
           fmt::format("{:<12}variants {}\n", "", joined(variant_names(w), " "));
}

std::string indented(std::string_view lines)
{
    std::string text;
    std::istringstream stream{std::string(lines)};
    for (std::string line; std::getline(stream, line);)
        text += (line.empty() ? "" : "  ") + line + "\n";
    return text;
}

// What a variant's name means in every workload; the README has the same words.
constexpr std::pair<const char*, const char*> kVariantWords[] = {
    {"seq", "the best verified single-threaded code there is here, SIMD included"},
    {"seq_plain", "the obvious loop"},
    {"seq_sweeps", "a stencil without time tiling"},
    {"omp", "OpenMP across the cores"},
    {"omp_plain", "the obvious loop with an OpenMP directive"},
    {"cuda", "the kernel with its data resident on the GPU"},
    {"cuda_e2e", "cuda with both transfers inside the time, from and to pageable memory"},
    {"cuda_pinned", "cuda_e2e from and to page-locked (pinned) memory"},
};

// The meaning of the names that are shown.
std::string variant_words(const std::vector<Workload>& shown)
{
    std::set<std::string> names;
    for (const Workload& w : shown)
        for (const Variant& v : w.variants)
            names.insert(v.name);
    std::string text = "variants\n";
    for (const auto& [name, meaning] : kVariantWords)
        if (names.erase(name) > 0)
            text += fmt::format("  {:<13}{}\n", name, meaning);
    return text + (names.empty() ? ""
                                 : fmt::format("  {:<13}{}\n", "others",
                                               "said above, or the library of that name"));
}

} // namespace

std::string machine_line(const Machine& m)
{
    const std::string gpu = m.devices.gpus.empty() ? "no GPU (" + m.devices.why_none + ")"
                                                   : m.devices.gpus.front().name;
    return fmt::format("{}, {} usable threads, {}, {}\nworkspan {} ({}), {} {}\n",
                       known(m.cpu_model), usable_threads(m), known_bytes(m.memory), gpu,
                       build_info.version, std::string(build_info.git_commit).substr(0, 12),
                       build_info.compiler, build_info.flags);
}

std::string machine_text(const Machine& m)
{
    std::string text;
    const auto line = [&text](const char* what, const std::string& value) {
        text += fmt::format("{:<22}{}\n", what, value);
    };
    line("host", m.host);
    line("CPU", known(m.cpu_model));
    line("sockets", known(m.sockets));
    line("cores", known(m.cores));
    line("hardware threads",
         known(m.hardware_threads) + ", " + known(m.threads_per_core) + " per core");
    line("usable threads", fmt::format("{} ({} in the affinity mask, quota {})", usable_threads(m),
                                       m.allowed_cpus.size(), quota_text(m)));
    line("NUMA nodes", known(m.numa_nodes));
    line("caches", caches_text(m));
    line("highest clock", m.cpu_mhz ? fmt::format("{:.0f} MHz", *m.cpu_mhz) : "unknown");
    line("governor, turbo", known(m.governor) + ", " + known(m.turbo));
    line("memory", fmt::format("{}, {} available, cgroup limit {}", known_bytes(m.memory),
                               known_bytes(m.available_memory), known_bytes(m.memory_limit)));
    line("huge pages", known(m.transparent_huge_pages));
    line("virtualisation", known(m.virtualisation));
    line("kernel", known(m.kernel));
    line("OS", known(m.os));
    line("GPU", gpus_text(m));
    line("CUDA runtime, driver", (m.devices.runtime.empty() ? "none" : m.devices.runtime) + ", " +
                                     (m.devices.driver.empty() ? "none" : m.devices.driver));
    line("OpenMP", known(m.openmp_runtime));
    for (const auto& [name, value] : m.environment)
        line("environment", name + "=" + value);
    line("build", fmt::format("workspan {}, commit {} (modified: {}), {}", build_info.version,
                              build_info.git_commit, build_info.git_dirty, build_info.type));
    line("compiler", fmt::format("{} {}", build_info.compiler, build_info.flags));
    line("CUDA compiler", *build_info.cuda_compiler != '\0'
                              ? fmt::format("{}, architectures {}", build_info.cuda_compiler,
                                            build_info.cuda_architectures)
                              : "none");
    return text;
}

std::string list_text(const std::vector<Workload>& suite, bool with_prose)
{
    std::string text;
    for (std::size_t k = 0; k < suite.size(); ++k) {
        text += row_text(suite[k]);
        const std::string_view said = prose(suite[k].name);
        if (with_prose &&
            (k + 1 == suite.size() ||
             prose(suite[k + 1].name) != said)) // once for neighbours that share a contract
            text += indented(said) + "\n";
    }
    return text + (with_prose ? variant_words(suite) : "");
}

std::string plan_text(const std::vector<CaseResult>& planned, std::optional<Seconds> most)
{
    std::string text;
    std::size_t cases = 0;
    std::set<std::string> workloads;
    for (const CaseResult& c : planned) {
        const bool runs = c.reason == "planned";
        text += fmt::format("{:<60} {:>8}  {}\n", c.name, format_bytes(c.footprint.on_host()),
                            runs ? "" : c.reason);
        cases += runs ? 1 : 0;
        if (runs)
            workloads.insert(c.workload);
    }
    const std::string time =
        most && cases > 0
            ? fmt::format(" Time: at most {} min, by the budgets.", format_duration(*most))
            : "";
    return text +
           fmt::format("Cases to measure: {}. Workloads: {}.{}\n", cases, workloads.size(), time);
}

} // namespace workspan
