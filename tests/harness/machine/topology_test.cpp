// SPDX-License-Identifier: Apache-2.0
// Sockets, cores and caches: the kernel's files, and hwloc's synthetic topologies.
#include "tests/harness/machine/recorded.hpp"
#include "tests/harness/machine/tree.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

void expect_cache(const Cache& cache, int level, const char* type, double bytes, int count,
                  int shared_by)
{
    EXPECT_EQ(cache.level, level);
    EXPECT_EQ(cache.type, type);
    EXPECT_EQ(cache.bytes, bytes);
    EXPECT_EQ(cache.count, count);
    EXPECT_EQ(cache.shared_by, shared_by);
}

TEST(Topology, CachesComeFromTheKernelIfHwlocReportsNone)
{
    const Machine machine = recorded("cloud_vm");
    ASSERT_EQ(machine.caches.size(), 4U);
    expect_cache(machine.caches[0], 1, "Data", 48 * kKiB, 2, 1);
    expect_cache(machine.caches[1], 1, "Instruction", 32 * kKiB, 2, 1);
    expect_cache(machine.caches[2], 2, "Unified", 2 * kMiB, 2, 1);
    expect_cache(machine.caches[3], 3, "Unified", 260 * kMiB, 1, 2);
    EXPECT_EQ(machine.hardware_threads, 2);
}

TEST(Topology, SimultaneousMultithreading)
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

TEST(Topology, TwoNumaNodes)
{
    const Machine machine = recorded("arm_server", "numa:2 pack:1 core:4 pu:1");
    EXPECT_EQ(machine.numa_nodes, 2);
    EXPECT_EQ(machine.sockets, 2);
    EXPECT_EQ(machine.hardware_threads, 8);
    EXPECT_EQ(machine.threads_per_core, 1);
    EXPECT_EQ(machine.caches.size(), 4U); // the kernel's
}

TEST(Topology, AMalformedSyntheticTopologyIsUnknown)
{
    EXPECT_FALSE(recorded("cloud_vm", "no such thing").sockets);
}

TEST(Topology, TheSiblingsOfACpuAreThoseOfTheKernel)
{
    const Tree tree({{"sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0,32\n"},
                     {"sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "x\n"}});
    EXPECT_EQ(thread_siblings(0, tree.root()), (std::vector<int>{0, 32}));
    EXPECT_TRUE(thread_siblings(1, tree.root()).empty()) << "malformed";
    EXPECT_TRUE(thread_siblings(2, tree.root()).empty()) << "missing";
}

TEST(Topology, TheSmallestDataCacheOfALevel)
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

} // namespace
} // namespace workspan
