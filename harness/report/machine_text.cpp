// SPDX-License-Identifier: Apache-2.0
#include "harness/report/machine_text.hpp"

#include "harness/machine/build_info.hpp"
#include "harness/support/format.hpp"

#include <cmath>
#include <fmt/format.h>

namespace workspan {

namespace {

template <class T> std::string or_unknown(const Known<T>& value)
{
    return value ? fmt::format("{}", *value) : "unknown";
}
std::string bytes_or_unknown(const Known<double>& value)
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

// What each two CPUs compute at once, times one of them.
std::string pairs_text(const Machine& m)
{
    std::string text;
    for (const CpuPair& pair : m.pairs)
        text += fmt::format("{}{} and {} {:.2f}x", text.empty() ? "" : ", ", pair.first,
                            pair.second, pair.gain);
    return text;
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

std::string line(const char* what, const std::string& value)
{
    return fmt::format("{:<22}{}\n", what, value);
}

std::string cpu_text(const Machine& m)
{
    return line("CPU", or_unknown(m.cpu_model)) + line("sockets", or_unknown(m.sockets)) +
           line("cores", or_unknown(m.cores)) +
           line("hardware threads", or_unknown(m.hardware_threads) + ", " +
                                        or_unknown(m.threads_per_core) + " per core") +
           line("usable threads",
                fmt::format("{} ({} in the affinity mask, quota {})", usable_threads(m),
                            m.allowed_cpus.size(), quota_text(m))) +
           (m.pairs.empty() ? "" : line("two CPUs at once", pairs_text(m))) +
           line("NUMA nodes", or_unknown(m.numa_nodes)) + line("caches", caches_text(m)) +
           line("highest clock", m.cpu_mhz ? fmt::format("{:.0f} MHz", *m.cpu_mhz) : "unknown") +
           line("governor, turbo", or_unknown(m.governor) + ", " + or_unknown(m.turbo));
}

std::string memory_text(const Machine& m)
{
    return line("memory",
                fmt::format("{}, {} available, cgroup limit {}", bytes_or_unknown(m.memory),
                            bytes_or_unknown(m.available_memory),
                            bytes_or_unknown(m.memory_limit))) +
           line("huge pages", or_unknown(m.transparent_huge_pages));
}

std::string software_text(const Machine& m)
{
    const auto or_none = [](const std::string& text) { return text.empty() ? "none" : text; };
    std::string text = line("virtualisation", or_unknown(m.virtualisation)) +
                       line("kernel", or_unknown(m.kernel)) + line("OS", or_unknown(m.os)) +
                       line("GPU", gpus_text(m)) +
                       line("CUDA runtime, driver",
                            or_none(m.devices.runtime) + ", " + or_none(m.devices.driver)) +
                       line("OpenMP", or_unknown(m.openmp_runtime));
    for (const auto& [name, value] : m.environment)
        text += line("environment", name + "=" + value);
    return text;
}

std::string build_text()
{
    return line("build", fmt::format("workspan {}, commit {}, {}", build_info.version,
                                     commit_text(build_info), build_info.type)) +
           line("compiler", fmt::format("{} {}", build_info.compiler, build_info.flags)) +
           line("CUDA compiler", *build_info.cuda_compiler != '\0'
                                     ? fmt::format("{}, architectures {}", build_info.cuda_compiler,
                                                   build_info.cuda_architectures)
                                     : "none");
}

} // namespace

std::string commit_text(const BuildInfo& build, std::size_t digits)
{
    return std::string(build.git_commit).substr(0, digits) +
           (std::string_view(build.git_dirty) == "yes" ? " with uncommitted changes" : "");
}

std::string machine_line(const Machine& m)
{
    const std::string gpu = m.devices.gpus.empty() ? "no GPU (" + m.devices.why_none + ")"
                                                   : m.devices.gpus.front().name;
    const int threads = usable_threads(m);
    return fmt::format("{}, {} usable thread{}, {}, {}\nworkspan {} ({}), {} {}\n",
                       or_unknown(m.cpu_model), threads, threads == 1 ? "" : "s",
                       bytes_or_unknown(m.memory), gpu, build_info.version,
                       commit_text(build_info, 12), build_info.compiler, build_info.flags);
}

std::string machine_text(const Machine& m)
{
    return line("host", m.host) + cpu_text(m) + memory_text(m) + software_text(m) + build_text();
}

} // namespace workspan
