// SPDX-License-Identifier: Apache-2.0
// Recorded machines, this one, and what a process may use of a machine.
#include "tests/harness/machine/recorded.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>

namespace {
bool many_cpus = false; // simulate a machine with 1500 CPUs
}

// Overrides the C library's: the kernel rejects a mask that is smaller than its own.
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

TEST(Machine, HowLongIdleThreadsOfOpenMpSpin)
{
    EXPECT_EQ(openmp_spin({{"OMP_NUM_THREADS", "2"}}),
              "the runtime's default, ended before other code is measured");
    EXPECT_EQ(openmp_spin({{"GOMP_SPINCOUNT", "10"}, {"OMP_WAIT_POLICY", "active"}}),
              "OMP_WAIT_POLICY=active, GOMP_SPINCOUNT=10, ended before other code is measured");
}

TEST(Machine, BareMetalWithTwoSockets)
{
    const Machine machine = recorded("two_socket_server");
    EXPECT_EQ(machine.virtualisation, "none");
    EXPECT_EQ(machine.governor, "performance");
    EXPECT_EQ(machine.turbo, "off"); // by intel_pstate, the driver; cpufreq's switch does not count
    EXPECT_EQ(machine.cpu_mhz, 4400);
    EXPECT_EQ(machine.transparent_huge_pages, "always");
    EXPECT_EQ(machine.openmp_runtime,
              "libgomp-a34b3233.so.1.0.0, libomp.so"); // not Open MPI's library
    EXPECT_EQ(machine.swap, 8388604 * kKiB);
    EXPECT_EQ(usable_threads(machine), 32);
}

TEST(Machine, Containers)
{
    const Machine v2 = recorded("container_v2"), v1 = recorded("container_v1");
    EXPECT_EQ(v2.os, "Alpine Linux v3.20");
    EXPECT_EQ(v2.virtualisation, "virtual, Amazon EC2 m7a.2xlarge");
    EXPECT_EQ(v2.allowed_cpus, (std::vector<int>{2, 3, 4, 5}));
    EXPECT_EQ(usable_threads(v2), 1); // of 1.5 CPUs: a second thread would be throttled
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
    EXPECT_FALSE(machine.virtualisation); // this CPU does not report it
    EXPECT_EQ(machine.governor, "performance, schedutil");
    EXPECT_EQ(machine.turbo, "off");
    EXPECT_EQ(machine.cpu_mhz, 2600);
    EXPECT_EQ(machine.hardware_threads, 64);
    EXPECT_EQ(cache_of_level(machine, 2)->bytes, kMiB);
    EXPECT_EQ(cache_of_level(machine, 3)->shared_by, 64);
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
    // Those of the machine, not of this process.
    EXPECT_GE(machine.hardware_threads.value_or(0), CPU_COUNT(&before));
    EXPECT_EQ(machine.environment.at("OMP_WORKSPAN_TEST"), "a=b, \"c\"");
    EXPECT_FALSE(machine.environment.contains("PATH"));
    EXPECT_GT(usable_memory(machine), 0);
    EXPECT_LE(usable_memory(machine), machine.memory.value_or(kUnlimited));
    unsetenv("OMP_WORKSPAN_TEST");
}

} // namespace
} // namespace workspan
