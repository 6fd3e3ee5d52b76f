// SPDX-License-Identifier: Apache-2.0
// Missing, malformed and hostile files: unknown values, never a guess and never an exception.
#include "tests/harness/machine/recorded.hpp"
#include "tests/harness/machine/tree.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

namespace fs = std::filesystem;

void expect_unknown(const Machine& machine)
{
    EXPECT_EQ(machine.host, "");
    EXPECT_FALSE(machine.cpu_model || machine.kernel || machine.os || machine.governor ||
                 machine.turbo || machine.virtualisation);
    EXPECT_FALSE(machine.transparent_huge_pages || machine.openmp_runtime ||
                 machine.nvidia_driver || machine.cpuset);
    EXPECT_FALSE(machine.sockets || machine.cores || machine.hardware_threads ||
                 machine.threads_per_core || machine.numa_nodes);
    EXPECT_FALSE(machine.cpu_mhz || machine.cpu_quota || machine.memory ||
                 machine.available_memory || machine.memory_limit);
    EXPECT_FALSE(machine.memory_left || machine.swap || machine.load_average_1 ||
                 machine.load_average_5 || machine.load_average_15);
    EXPECT_TRUE(machine.caches.empty() && machine.cpu_flags.empty() &&
                machine.allowed_cpus.empty() && machine.gpu_clocks.empty());
    EXPECT_EQ(usable_threads(machine), 1);
    EXPECT_EQ(usable_memory(machine), kUnlimited);
    EXPECT_EQ(missing_cpu_features(machine, "avx512f fma"), "");
}

// Writes this text into every file that a recorded machine has.
void fill_all_files(const Tree& tree, std::string_view text)
{
    const fs::path machines = "tests/data/machines";
    for (const auto& entry : fs::recursive_directory_iterator(machines))
        if (entry.is_regular_file()) {
            const fs::path path = fs::relative(entry.path(), machines);
            tree.write(fs::relative(path, *path.begin()), text);
        }
}

TEST(Unreadable, NothingIsKnownWithoutFiles)
{
    expect_unknown(machine_at("tests/data/machines/not_there"));
}

TEST(Unreadable, BinaryTextIsUnknown)
{
    for (const std::string_view text :
         {std::string_view(""), std::string_view("\n"), std::string_view("\0\x01\xff\xfe\0", 5),
          std::string_view("\x7f-\x02:\x03=\x04\n\x01 \x02 \x03\n")}) {
        const Tree tree;
        fill_all_files(tree, text);
        expect_unknown(machine_at(tree.root()));
    }
}

TEST(Unreadable, MalformedNumbersAreUnknown)
{
    const std::string colons(5000, ':'), digits(5000, '9');
    for (const std::string& text :
         {std::string("-1"), std::string("nan"), std::string("1e999"), std::string("0-99999999"),
          std::string("0-99999999999"), std::string("MemTotal: -5 kB\n"), std::string("5-2,7"),
          colons, digits, std::string("][ max 9 : = - -\n"), std::string("0::/../../x\n"),
          std::string("1 2 3 4 5 6 - cgroup2\n")}) {
        const Tree tree;
        fill_all_files(tree, text);
        const Machine machine = machine_at(tree.root());
        EXPECT_FALSE(machine.hardware_threads || machine.memory || machine.available_memory ||
                     machine.swap)
            << text;
        EXPECT_TRUE(machine.caches.empty() && machine.allowed_cpus.empty()) << text;
        EXPECT_EQ(usable_threads(machine), 1) << text;
    }
}

TEST(Unreadable, FoldersInPlaceOfFilesAreUnknown)
{
    const Tree tree;
    for (const char* file : {"proc/cpuinfo", "proc/meminfo", "proc/self/cgroup", "proc/loadavg",
                             "etc/os-release", "proc/self/maps"})
        fs::create_directories(tree.root() / file);
    expect_unknown(machine_at(tree.root()));
}

} // namespace
} // namespace workspan
