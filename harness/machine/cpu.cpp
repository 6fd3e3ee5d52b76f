// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/parts.hpp"
#include "harness/machine/proc_files.hpp"
#include "harness/support/format.hpp"

#include <algorithm>
#include <set>

namespace workspan {

namespace {

namespace fs = std::filesystem;

// ARM kernels report numbers instead of a name; a table that translates them would always be out of
// date, so the numbers are kept.
Known<std::string> cpu_model(const std::string& cpuinfo)
{
    if (auto name = value(cpuinfo, "model name", ':'); name && !name->empty())
        return name;
    const auto implementer = value(cpuinfo, "CPU implementer", ':'),
               part = value(cpuinfo, "CPU part", ':');
    return implementer && part
               ? Known<std::string>("implementer " + *implementer + ", part " + *part)
               : std::nullopt;
}

std::vector<std::string> cpu_flags(const std::string& cpuinfo)
{
    const auto x86 = value(cpuinfo, "flags", ':');
    return words(x86 ? *x86 : value(cpuinfo, "Features", ':').value_or(""));
}

// x86 CPUs have a flag for running under a hypervisor. On others only a hypervisor that identifies
// itself is detected.
Known<std::string> virtualisation(const fs::path& root, const std::string& cpuinfo)
{
    const auto flags = value(cpuinfo, "flags", ':');
    const auto type = line(root / "sys/hypervisor/type");
    const auto vendor = line(root / "sys/class/dmi/id/sys_vendor"),
               product = line(root / "sys/class/dmi/id/product_name");
    const bool is_virtual = (flags && contains(words(*flags), "hypervisor")) || vendor == "QEMU";
    if (type)
        return "virtual, " + *type;
    if (is_virtual && vendor)
        return "virtual, " + *vendor + (product ? " " + *product : "");
    if (is_virtual)
        return "virtual, kind unknown";
    return flags ? Known<std::string>("none") : std::nullopt;
}

// One word, or several if CPUs differ: "performance, powersave".
Known<std::string> governor(const fs::path& root)
{
    std::set<std::string> all;
    for (const fs::path& cpu : numbered_folders(root / "sys/devices/system/cpu", "cpu"))
        if (const auto name = line(cpu / "cpufreq/scaling_governor");
            name && words(*name).size() == 1)
            all.insert(*name);
    return all.empty() ? std::nullopt : Known<std::string>(join({all.begin(), all.end()}, ", "));
}

Known<std::string> turbo(const fs::path& root)
{
    const auto off = line(root / "sys/devices/system/cpu/intel_pstate/no_turbo");
    const auto on = line(root / "sys/devices/system/cpu/cpufreq/boost");
    if (off == "0" || off == "1")
        return off == "0" ? "on" : "off";
    if (on == "0" || on == "1")
        return on == "1" ? "on" : "off";
    return {};
}

Known<double> cpu_mhz(const fs::path& root)
{
    double khz = 0;
    for (const fs::path& cpu : numbered_folders(root / "sys/devices/system/cpu", "cpu"))
        khz = std::max(khz, number_in(cpu / "cpufreq/cpuinfo_max_freq").value_or(0));
    return khz > 0 ? Known<double>(khz / 1000) : std::nullopt;
}

// The compiler's or the kernel's name of a CPU feature, in one spelling.
std::string normalise(std::string name)
{
    std::erase(name, '_');
    return name == "bmi" ? "bmi1" : name == "lzcnt" ? "abm" : name;
}

// Linux does not list every feature: an unlisted one is missing only if this kernel would list it.
bool would_be_listed(const std::string& feature, const Known<std::string>& kernel)
{
    constexpr double kNew = 1000; // a kernel of unknown version counts as recent
    const std::set<std::string> never = {"avxifma", "avxneconvert", "avxvnniint8", "avxvnniint16"};
    const std::set<std::string> since_5_12 = {"avxvnni", "avx512fp16"};
    if (never.contains(feature) || feature.starts_with("avx10"))
        return false;
    const auto release = split(kernel.value_or(""), '.');
    const double major = release.size() > 1 ? number(release[0]).value_or(kNew) : kNew;
    const double minor = release.size() > 1 ? number(release[1]).value_or(kNew) : kNew;
    return !since_5_12.contains(feature) || major > 5 || (major == 5 && minor >= 12);
}

} // namespace

void read_cpu(Machine& machine, const Sources& from)
{
    const std::string cpuinfo = contents(from.root / "proc/cpuinfo");
    machine.cpu_model = cpu_model(cpuinfo);
    machine.cpu_flags = cpu_flags(cpuinfo);
    machine.cpu_mhz = cpu_mhz(from.root);
    machine.governor = governor(from.root);
    machine.turbo = turbo(from.root);
    machine.virtualisation = virtualisation(from.root, cpuinfo);
}

std::string missing_cpu_features(const Machine& machine, const std::string& needed)
{
    std::set<std::string> has;
    for (const std::string& flag : machine.cpu_flags)
        has.insert(normalise(flag));
    std::string missing;
    for (const std::string& feature : words(needed))
        if (!has.empty() && !has.contains(normalise(feature)) &&
            would_be_listed(normalise(feature), machine.kernel))
            missing += (missing.empty() ? "" : " ") + feature;
    return missing;
}

} // namespace workspan
