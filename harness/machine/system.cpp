// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/parts.hpp"
#include "harness/machine/proc_files.hpp"
#include "harness/support/format.hpp"

#include <algorithm>
#include <set>

namespace workspan {

namespace {

namespace fs = std::filesystem;

Known<std::string> not_empty(Known<std::string> text)
{
    return text && !text->empty() ? text : std::nullopt;
}

Known<std::string> kernel(const fs::path& root)
{
    const auto release = line(root / "proc/sys/kernel/osrelease"),
               version = line(root / "proc/sys/kernel/version");
    return release && version ? *release + " " + *version : release;
}

Known<std::string> os(const fs::path& root)
{
    std::string name = value(contents(root / "etc/os-release"), "PRETTY_NAME", '=').value_or("");
    if (name.size() >= 2 && name.front() == name.back() &&
        (name.front() == '"' || name.front() == '\''))
        name = name.substr(1, name.size() - 2);
    return not_empty(name);
}

// "always [madvise] never" is madvise.
Known<std::string> transparent_huge_pages(const fs::path& root)
{
    const std::string modes =
        line(root / "sys/kernel/mm/transparent_hugepage/enabled").value_or("");
    const auto open = modes.find('['), close = modes.find(']');
    return open < close && close != modes.npos ? not_empty(modes.substr(open + 1, close - open - 1))
                                               : std::nullopt;
}

// The OpenMP libraries that this process has loaded. Two at once matter: their threads compete for
// the same cores.
Known<std::string> openmp_runtime(const fs::path& root)
{
    const std::vector<std::string> runtimes = {"libgomp.", "libgomp-",  "libomp.",  "libomp-",
                                               "libomp5.", "libiomp5.", "libnvomp."};
    std::set<std::string> loaded;
    for (const std::string& row : split(contents(root / "proc/self/maps"), '\n')) {
        const auto file = row.substr(row.rfind('/') + 1); // a row without a file names no library
        if (std::any_of(runtimes.begin(), runtimes.end(),
                        [&](const std::string& name) { return file.starts_with(name); }))
            loaded.insert(file);
    }
    return loaded.empty() ? std::nullopt
                          : Known<std::string>(join({loaded.begin(), loaded.end()}, ", "));
}

// "24684092 kB" in bytes.
Known<double> memory(const std::string& meminfo, std::string_view key)
{
    const auto fields = words(value(meminfo, key, ':').value_or(""));
    const auto kib = fields.size() == 2 && fields[1] == "kB" ? number(fields[0]) : std::nullopt;
    return kib ? Known<double>(*kib * 1024) : std::nullopt;
}

} // namespace

void read_system(Machine& machine, const Sources& from)
{
    const fs::path& root = from.root;
    machine.host = line(root / "proc/sys/kernel/hostname").value_or("");
    machine.kernel = kernel(root);
    machine.os = os(root);
    machine.transparent_huge_pages = transparent_huge_pages(root);
    machine.openmp_runtime = openmp_runtime(root);
    const std::string meminfo = contents(root / "proc/meminfo");
    machine.memory = memory(meminfo, "MemTotal");
    machine.available_memory = memory(meminfo, "MemAvailable");
    machine.swap = memory(meminfo, "SwapTotal");
    const auto load = words(line(root / "proc/loadavg").value_or(""));
    if (load.size() >= 3) {
        machine.load_average_1 = number(load[0]);
        machine.load_average_5 = number(load[1]);
        machine.load_average_15 = number(load[2]);
    }
}

} // namespace workspan
