// SPDX-License-Identifier: Apache-2.0
// Recorded machines, hwloc's synthetic topologies, and files full of rubbish.
#include "harness/machine/machine.hpp"
#include "tests/harness/machine/tree.hpp"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <sched.h>
#include <sys/syscall.h>

namespace {
bool many_cpus = false; // play a machine of 1500 CPUs
}

// Stands before the C library's: the kernel refuses a mask that is smaller than its own.
extern "C" int sched_getaffinity(pid_t process, std::size_t bytes, cpu_set_t* mask) noexcept
{
    CPU_ZERO_S(bytes, mask);
    if (!many_cpus)
        return syscall(SYS_sched_getaffinity, process, bytes, mask) < 0 ? -1 : 0;
    if (bytes < 256)
        return -1;
    CPU_SET_S(3, bytes, mask);
    CPU_SET_S(1499, bytes, mask);
    return 0;
}

namespace workspan {

namespace {

namespace fs = std::filesystem;
constexpr double kKiB = 1024, kMiB = 1024 * kKiB;
constexpr double kUnlimited = std::numeric_limits<double>::infinity();

Machine recorded(const std::string& name, const std::string& topology = "")
{
    return this_machine(
        {.root = "tests/data/machines/" + name, .synthetic_topology = topology, .nvml = "none"});
}

Machine at(const fs::path& root) { return this_machine({.root = root, .nvml = "none"}); }

bool has(const Machine& machine, const std::string& flag)
{
    return std::count(machine.cpu_flags.begin(), machine.cpu_flags.end(), flag) == 1;
}

void expect_cache(const Cache& cache, int level, const char* type, double bytes, int count,
                  int shared_by)
{
    EXPECT_EQ(cache.level, level);
    EXPECT_EQ(cache.type, type);
    EXPECT_EQ(cache.bytes, bytes);
    EXPECT_EQ(cache.count, count);
    EXPECT_EQ(cache.shared_by, shared_by);
}

TEST(Machine, CloudVm)
{
    const Machine machine = recorded("cloud_vm");
    EXPECT_EQ(machine.host, "vm");
    EXPECT_EQ(machine.cpu_model, "Intel(R) Xeon(R) Processor");
    EXPECT_EQ(machine.kernel, "6.18.44 #1 SMP PREEMPT_DYNAMIC @0");
    EXPECT_EQ(machine.os, "Debian GNU/Linux 12 (bookworm)");
    EXPECT_EQ(machine.virtualisation, "virtual, kind unknown");
    EXPECT_EQ(machine.transparent_huge_pages, "madvise");
    EXPECT_EQ(machine.openmp_runtime, "libgomp.so.1.0.0");
    EXPECT_TRUE(has(machine, "avx512_fp16"));
    EXPECT_EQ(machine.memory, 24684092 * kKiB);
    EXPECT_EQ(machine.available_memory, 24215528 * kKiB);
    EXPECT_EQ(machine.swap, 0);
    EXPECT_EQ(machine.load_average_1, 0.19);
    EXPECT_EQ(machine.load_average_5, 0.22);
    EXPECT_EQ(machine.load_average_15, 0.10);
    EXPECT_FALSE(machine.governor || machine.turbo || machine.cpu_mhz || machine.nvidia_driver);
    EXPECT_EQ(usable_threads(machine), 2);
    EXPECT_EQ(usable_memory(machine), machine.available_memory);
}

TEST(Machine, CachesOfTheKernelWhereHwlocHasNone)
{
    const Machine machine = recorded("cloud_vm");
    ASSERT_EQ(machine.caches.size(), 4U);
    expect_cache(machine.caches[0], 1, "Data", 48 * kKiB, 2, 1);
    expect_cache(machine.caches[1], 1, "Instruction", 32 * kKiB, 2, 1);
    expect_cache(machine.caches[2], 2, "Unified", 2 * kMiB, 2, 1);
    expect_cache(machine.caches[3], 3, "Unified", 260 * kMiB, 1, 2);
    EXPECT_EQ(machine.hardware_threads, 2);
}

TEST(Machine, BareMetalWithTwoSockets)
{
    const Machine machine = recorded("two_socket_server");
    EXPECT_EQ(machine.virtualisation, "none");
    EXPECT_EQ(machine.governor, "performance");
    EXPECT_EQ(machine.turbo, "off"); // intel_pstate is the driver; cpufreq's own switch is not its
    EXPECT_EQ(machine.cpu_mhz, 4400);
    EXPECT_EQ(machine.transparent_huge_pages, "always");
    EXPECT_EQ(machine.openmp_runtime, "libgomp-a34b3233.so.1.0.0, libomp.so"); // and not Open MPI's
    EXPECT_EQ(machine.swap, 8388604 * kKiB);
    EXPECT_EQ(usable_threads(machine), 32);
}

TEST(Machine, Containers)
{
    const Machine v2 = recorded("container_v2"), v1 = recorded("container_v1");
    EXPECT_EQ(v2.os, "Alpine Linux v3.20");
    EXPECT_EQ(v2.virtualisation, "virtual, Amazon EC2 m7a.2xlarge");
    EXPECT_EQ(v2.allowed_cpus, (std::vector<int>{2, 3, 4, 5}));
    EXPECT_EQ(usable_threads(v2),
              1); // of 1.5 CPUs, because a second thread would be stopped every period
    EXPECT_EQ(usable_memory(v2), 1536 * kMiB);
    EXPECT_EQ(v1.virtualisation, "virtual, xen");
    EXPECT_EQ(usable_threads(v1), 2);
    EXPECT_EQ(usable_memory(v1), 1024 * kMiB);
}

TEST(Machine, ArmServer)
{
    const Machine machine = recorded("arm_server");
    EXPECT_EQ(machine.cpu_model, "implementer 0x41, part 0xd0c");
    EXPECT_TRUE(has(machine, "asimd"));
    EXPECT_FALSE(machine.virtualisation); // nothing on this CPU tells
    EXPECT_EQ(machine.governor, "performance, schedutil");
    EXPECT_EQ(machine.turbo, "off");
    EXPECT_EQ(machine.cpu_mhz, 2600);
    EXPECT_EQ(machine.hardware_threads, 64);
    EXPECT_EQ(cache_of_level(machine, 2)->bytes, kMiB);
    EXPECT_EQ(cache_of_level(machine, 3)->shared_by, 64);
}

TEST(Machine, SyntheticTopologyWithSmt)
{
    const Machine machine =
        recorded("two_socket_server", "pack:2 l3:1(size=25952256) l2:4(size=1048576) "
                                      "l1d:1(size=32768) l1i:1(size=65536) core:1 pu:2");
    EXPECT_EQ(machine.sockets, 2);
    EXPECT_EQ(machine.cores, 8);
    EXPECT_EQ(machine.hardware_threads, 16);
    EXPECT_EQ(machine.threads_per_core, 2);
    EXPECT_EQ(machine.numa_nodes, 1);
    ASSERT_EQ(machine.caches.size(), 4U);
    expect_cache(machine.caches[0], 1, "Data", 32 * kKiB, 8, 2);
    expect_cache(machine.caches[1], 1, "Instruction", 64 * kKiB, 8, 2);
    expect_cache(machine.caches[2], 2, "Unified", kMiB, 8, 2);
    expect_cache(machine.caches[3], 3, "Unified", 25344 * kKiB, 2, 8);
}

TEST(Machine, SyntheticTopologyWithTwoNumaNodes)
{
    const Machine machine = recorded("arm_server", "numa:2 pack:1 core:4 pu:1");
    EXPECT_EQ(machine.numa_nodes, 2);
    EXPECT_EQ(machine.sockets, 2);
    EXPECT_EQ(machine.hardware_threads, 8);
    EXPECT_EQ(machine.threads_per_core, 1);
    EXPECT_EQ(machine.caches.size(), 4U); // the kernel's
}

TEST(Machine, MalformedSyntheticTopologyIsUnknown)
{
    EXPECT_FALSE(recorded("cloud_vm", "no such thing").sockets);
}

TEST(Machine, CacheOfLevel)
{
    Machine machine;
    EXPECT_EQ(cache_of_level(machine, 1), nullptr);
    machine.caches = {{1, "Instruction", 1, 8, 1},
                      {1, "Data", 48, 8, 1},
                      {1, "Data", 32, 8, 1},
                      {2, "Unified", 2048, 2, 4}};
    EXPECT_EQ(cache_of_level(machine, 1)->bytes, 32);
    EXPECT_EQ(cache_of_level(machine, 2)->shared_by, 4);
    EXPECT_EQ(cache_of_level(machine, 3), nullptr);
}

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

// All files of all recorded machines, each with this text.
void fill(const Tree& tree, std::string_view text)
{
    const fs::path machines = "tests/data/machines";
    for (const auto& entry : fs::recursive_directory_iterator(machines))
        if (entry.is_regular_file()) {
            const fs::path path = fs::relative(entry.path(), machines);
            tree.write(fs::relative(path, *path.begin()), text);
        }
}

TEST(Machine, NothingIsKnownWithoutFiles) { expect_unknown(at("tests/data/machines/not_there")); }

TEST(Machine, RubbishIsUnknown)
{
    for (const std::string_view text :
         {std::string_view(""), std::string_view("\n"), std::string_view("\0\x01\xff\xfe\0", 5),
          std::string_view("\x7f-\x02:\x03=\x04\n\x01 \x02 \x03\n")}) {
        const Tree tree;
        fill(tree, text);
        expect_unknown(at(tree.root()));
    }
}

TEST(Machine, NumbersOfRubbishAreUnknown)
{
    const std::string colons(5000, ':'), digits(5000, '9');
    for (const std::string& text :
         {std::string("-1"), std::string("nan"), std::string("1e999"), std::string("0-99999999"),
          std::string("0-99999999999"), std::string("MemTotal: -5 kB\n"), std::string("5-2,7"),
          colons, digits, std::string("][ max 9 : = - -\n"), std::string("0::/../../x\n"),
          std::string("1 2 3 4 5 6 - cgroup2\n")}) {
        const Tree tree;
        fill(tree, text);
        const Machine machine = at(tree.root());
        EXPECT_FALSE(machine.hardware_threads || machine.memory || machine.available_memory ||
                     machine.swap)
            << text;
        EXPECT_TRUE(machine.caches.empty() && machine.allowed_cpus.empty()) << text;
        EXPECT_EQ(usable_threads(machine), 1) << text;
    }
}

TEST(Machine, FoldersInPlaceOfFilesAreUnknown)
{
    const Tree tree;
    for (const char* file : {"proc/cpuinfo", "proc/meminfo", "proc/self/cgroup", "proc/loadavg",
                             "etc/os-release", "proc/self/maps"})
        fs::create_directories(tree.root() / file);
    expect_unknown(at(tree.root()));
}

TEST(Machine, HypervisorThatHidesItsFlag)
{
    const Tree tree(
        {{"proc/cpuinfo", "flags : fpu sse2\n"}, {"sys/class/dmi/id/sys_vendor", "QEMU\n"}});
    EXPECT_EQ(at(tree.root()).virtualisation, "virtual, QEMU");
}

TEST(Machine, UsableThreads)
{
    const auto threads = [](std::vector<int> allowed, Known<int> hardware, Known<double> quota) {
        Machine machine;
        machine.allowed_cpus = std::move(allowed);
        machine.hardware_threads = hardware;
        machine.cpu_quota = quota;
        return usable_threads(machine);
    };
    EXPECT_EQ(threads({0, 1, 2, 3}, 8, {}), 4);
    EXPECT_EQ(threads({0, 1, 2, 3}, 8, kUnlimited), 4);
    EXPECT_EQ(threads({0, 1, 2, 3}, 8, 2.0), 2);
    EXPECT_EQ(threads({0, 1, 2, 3}, 8, 2.9), 2);
    EXPECT_EQ(threads({0, 1, 2, 3}, 8, 0.1), 1);
    EXPECT_EQ(threads({0, 1}, 8, 6.0), 2);
    EXPECT_EQ(threads({}, 8, {}), 8);
    EXPECT_EQ(threads({}, {}, 64.0), 1);
}

TEST(Machine, UsableMemory)
{
    const auto memory = [](Known<double> all, Known<double> available, Known<double> limit,
                           Known<double> left) {
        Machine machine;
        machine.memory = all;
        machine.available_memory = available;
        machine.memory_limit = limit;
        machine.memory_left = left;
        return usable_memory(machine);
    };
    EXPECT_EQ(memory(100, 80, kUnlimited, kUnlimited), 80);
    EXPECT_EQ(memory(100, 80, 60, 50), 50);
    EXPECT_EQ(memory(100, 40, 60, 50), 40);
    EXPECT_EQ(memory(100, 80, 60, {}), 60);
    EXPECT_EQ(memory(100, {}, {}, {}), 100);
}

// What g++ 12 says that it may use for these CPUs, by the names of BuildInfo::cpu_features.
const std::string kZnver4 = "avx avx2 avx512bf16 avx512bitalg avx512bw avx512cd avx512dq avx512f "
                            "avx512ifma avx512vbmi avx512vbmi2 avx512vl "
                            "avx512vnni avx512vpopcntdq bmi bmi2 f16c fma sse41 sse42 sse4a";
const std::string kSapphireRapids =
    "avx avx2 avx512bf16 avx512bitalg avx512bw avx512cd avx512dq avx512f avx512fp16 avx512ifma "
    "avx512vbmi "
    "avx512vbmi2 avx512vl avx512vnni avx512vpopcntdq avxvnni bmi bmi2 f16c fma sse41 sse42";

TEST(Machine, MissingCpuFeatures)
{
    const Machine emerald_rapids = recorded("cloud_vm"), zen4 = recorded("container_v2"),
                  cascade_lake = recorded("two_socket_server");
    EXPECT_EQ(missing_cpu_features(emerald_rapids, kSapphireRapids), "");
    EXPECT_EQ(missing_cpu_features(zen4, kZnver4), "");
    EXPECT_EQ(missing_cpu_features(emerald_rapids, kZnver4), "sse4a");
    EXPECT_EQ(missing_cpu_features(zen4, kSapphireRapids), "avx512fp16 avxvnni");
    EXPECT_EQ(missing_cpu_features(cascade_lake, "avx2 avx512f avx512vnni avx512bf16 bmi fma"),
              "avx512bf16");
    EXPECT_EQ(missing_cpu_features(cascade_lake, ""), "");
    EXPECT_EQ(missing_cpu_features(recorded("arm_server"), "avx2"), "avx2");
}

TEST(Machine, FeaturesThatLinuxDoesNotListAreNotMissing)
{
    Machine machine = recorded("two_socket_server");
    EXPECT_EQ(missing_cpu_features(machine, "avxifma avxvnniint8 avxneconvert avx101512"), "");
    for (const auto& [kernel, missing] :
         std::map<std::string, std::string>{{"5.4.0-150-generic #1", ""},
                                            {"5.11.22", ""},
                                            {"4.18.0-513.el8", ""},
                                            {"5.12.0", "avxvnni"},
                                            {"6.1.90", "avxvnni"},
                                            {"x", "avxvnni"}}) {
        machine.kernel = kernel;
        EXPECT_EQ(missing_cpu_features(machine, "avxvnni avx2"), missing) << kernel;
    }
}

TEST(Machine, AffinityBeyond1024Cpus)
{
    many_cpus = true;
    const Machine machine = this_machine({.synthetic_topology = "pu:1500", .nvml = "none"});
    many_cpus = false;
    EXPECT_EQ(machine.allowed_cpus, (std::vector<int>{3, 1499}));
}

TEST(Machine, ThisOne)
{
    setenv("OMP_WORKSPAN_TEST", "a=b, \"c\"", 1);
    cpu_set_t before, one;
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    int cpu = 0;
    while (!CPU_ISSET(cpu, &before))
        ++cpu;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    const Machine machine = this_machine();
    sched_setaffinity(0, sizeof before, &before);
    EXPECT_EQ(machine.allowed_cpus, std::vector<int>{cpu});
    EXPECT_EQ(usable_threads(machine), 1);
    EXPECT_GE(machine.hardware_threads.value_or(0),
              CPU_COUNT(&before)); // all of the machine, not what this process may use
    EXPECT_EQ(machine.environment.at("OMP_WORKSPAN_TEST"), "a=b, \"c\"");
    EXPECT_FALSE(machine.environment.contains("PATH"));
    EXPECT_GT(usable_memory(machine), 0);
    EXPECT_LE(usable_memory(machine), machine.memory.value_or(kUnlimited));
    unsetenv("OMP_WORKSPAN_TEST");
}

} // namespace

} // namespace workspan
