// SPDX-License-Identifier: Apache-2.0
// A process has one path in each hierarchy (/proc/self/cgroup), and each hierarchy is mounted
// somewhere (/proc/self/mountinfo), as a whole or from a folder downwards. In a container the path
// may lie outside of the mount: then the files of the mount itself count.
#include "harness/machine/cgroup.hpp"

#include "harness/machine/proc_files.hpp"

#include <algorithm>
#include <limits>

namespace workspan {

namespace {

namespace fs = std::filesystem;
using Limit = Known<double>;
using Folders = std::vector<fs::path>;

constexpr double kNone = std::numeric_limits<double>::infinity();
constexpr double kHuge = 0x1p60; // v1 writes a number close to 2^63 for "no limit"
constexpr std::string_view kV2;  // empty, as the name of the v2 hierarchy in /proc/self/cgroup

struct Mount {
    std::string controllers; // of v1, separated by commas, among other options; empty for v2
    fs::path folder, point;  // this folder of the hierarchy is mounted at this point
};

std::vector<Mount> usual_mounts()
{
    return {{"", "/", "/sys/fs/cgroup"},
            {"", "/", "/sys/fs/cgroup/unified"},
            {"cpu", "/", "/sys/fs/cgroup/cpu"},
            {"cpu", "/", "/sys/fs/cgroup/cpu,cpuacct"},
            {"memory", "/", "/sys/fs/cgroup/memory"},
            {"cpuset", "/", "/sys/fs/cgroup/cpuset"}};
}

bool lists(std::string_view names, std::string_view name)
{
    const auto all = split(names, ',');
    return name == kV2 ? names.empty() : contains(all, name);
}

// A row: id, parent, device, folder, point, options, any number of fields, "-", type, source,
// options of the file system.
std::vector<Mount> mounts(const fs::path& root)
{
    std::vector<Mount> found;
    for (const std::string& row : split(contents(root / "proc/self/mountinfo"), '\n')) {
        const auto fields = words(row);
        const auto dash = std::find(fields.begin(), fields.end(), "-");
        if (dash - fields.begin() < 6 || fields.end() - dash < 4)
            continue;
        if (dash[1] == "cgroup2")
            found.push_back({"", fields[3], fields[4]});
        else if (dash[1] == "cgroup")
            found.push_back({dash[3], fields[3], fields[4]});
    }
    return found.empty() ? usual_mounts() : found;
}

// The path of this process in the hierarchy of a controller. A row: id, controllers, path,
// separated by colons.
Known<fs::path> own_path(const fs::path& root, std::string_view controller)
{
    for (const std::string& row : split(contents(root / "proc/self/cgroup"), '\n')) {
        const auto first = row.find(':');
        const auto second = row.find(':', first + 1);
        if (first != row.npos && second != row.npos &&
            lists(row.substr(first + 1, second - first - 1), controller))
            return row.substr(second + 1);
    }
    return {};
}

// A path of the hierarchy, relative to the mounted folder; empty if it is that folder or outside of
// it.
fs::path below(const fs::path& path, const fs::path& folder)
{
    const fs::path relative = path.lexically_relative(folder);
    const bool inside = !relative.empty() && *relative.begin() != "..";
    return inside ? relative : fs::path();
}

// The folders of this process's cgroup and of all its ancestors, as far as they are mounted, the
// outermost last.
Folders lineage(const fs::path& root, std::string_view controller)
{
    Folders folders;
    const auto path = own_path(root, controller);
    if (!path)
        return folders;
    for (const Mount& mount : mounts(root)) {
        if (!lists(mount.controllers, controller))
            continue;
        const fs::path point = root / mount.point.relative_path();
        for (fs::path inner = below(*path, mount.folder); !inner.empty();
             inner = inner.parent_path())
            folders.push_back(point / inner);
        folders.push_back(point);
    }
    return folders;
}

Limit smaller(Limit a, Limit b) { return a && b ? std::min(*a, *b) : a ? a : b; }

// v2: "max 100000" or "150000 100000", microseconds of a period.
Limit cpu_max(const fs::path& folder)
{
    const auto fields = words(contents(folder / "cpu.max"));
    if (fields.size() != 2)
        return {};
    const auto quota = number(fields[0]), period = number(fields[1]);
    if (fields[0] == "max")
        return kNone;
    return quota && period && *quota > 0 && *period > 0 ? Limit(*quota / *period) : Limit();
}

Limit cfs_quota(const fs::path& folder)
{
    if (line(folder / "cpu.cfs_quota_us") == "-1")
        return kNone;
    const auto quota = number_in(folder / "cpu.cfs_quota_us"),
               period = number_in(folder / "cpu.cfs_period_us");
    return quota && period && *quota > 0 && *period > 0 ? Limit(*quota / *period) : Limit();
}

Limit bytes_or_none(const fs::path& file)
{
    if (line(file) == "max")
        return kNone;
    const auto bytes = number_in(file);
    return bytes && *bytes >= kHuge ? kNone : bytes;
}

// The unused part of a limit. Inactive file pages are reclaimed under pressure, so they count as
// free.
Limit left_of(Limit limit, const fs::path& usage, const fs::path& statistics,
              std::string_view reclaimable)
{
    if (!limit || *limit == kNone)
        return limit;
    const double cached =
        number(value(contents(statistics), reclaimable, ' ').value_or("")).value_or(0);
    return std::max(0.0, *limit - std::max(0.0, number_in(usage).value_or(0) - cached));
}

// The root of v2 has no limit files at all: a controller there means that there is no limit.
Limit unlimited_if_controlled(const Folders& folders, std::string_view controller)
{
    const auto has = [&](const fs::path& folder) {
        return contains(words(contents(folder / "cgroup.controllers")), controller);
    };
    return std::any_of(folders.begin(), folders.end(), has) ? Limit(kNone) : Limit();
}

Known<std::string> first_line(const Folders& folders, const std::vector<const char*>& names)
{
    for (const fs::path& folder : folders)
        for (const char* name : names)
            if (auto text = line(folder / name))
                return text;
    return {};
}

Limit cpus(const fs::path& root, const Folders& v2)
{
    Limit least = unlimited_if_controlled(v2, "cpu");
    for (const fs::path& folder : v2)
        least = smaller(least, cpu_max(folder));
    for (const fs::path& folder : lineage(root, "cpu"))
        least = smaller(least, cfs_quota(folder));
    return least;
}

void limit_memory(CgroupLimits& limits, const fs::path& root, const Folders& v2)
{
    limits.memory = limits.memory_left = unlimited_if_controlled(v2, "memory");
    const auto add = [&](Limit limit, const fs::path& usage, const fs::path& statistics,
                         std::string_view reclaimable) {
        limits.memory = smaller(limits.memory, limit);
        limits.memory_left =
            smaller(limits.memory_left, left_of(limit, usage, statistics, reclaimable));
    };
    // Above memory.high a process is not killed, but does little else than reclaim memory.
    for (const fs::path& folder : v2)
        add(smaller(bytes_or_none(folder / "memory.max"), bytes_or_none(folder / "memory.high")),
            folder / "memory.current", folder / "memory.stat", "inactive_file");
    for (const fs::path& folder : lineage(root, "memory"))
        add(bytes_or_none(folder / "memory.limit_in_bytes"), folder / "memory.usage_in_bytes",
            folder / "memory.stat", "total_inactive_file");
}

} // namespace

CgroupLimits cgroup_limits(const fs::path& root)
{
    const Folders v2 = lineage(root, kV2);
    CgroupLimits limits;
    limits.cpus = cpus(root, v2);
    limit_memory(limits, root, v2);
    limits.cpuset = first_line(lineage(root, "cpuset"), {"cpuset.effective_cpus", "cpuset.cpus"});
    if (!limits.cpuset)
        limits.cpuset = first_line(v2, {"cpuset.cpus.effective", "cpuset.cpus"});
    return limits;
}

} // namespace workspan
