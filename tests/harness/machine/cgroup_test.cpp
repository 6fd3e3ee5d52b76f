// SPDX-License-Identifier: Apache-2.0
// CPU and memory limits of control groups, v1 and v2, of ancestors and of containers.
#include "harness/machine/cgroup.hpp"
#include "tests/harness/machine/tree.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace workspan {

namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();
constexpr double kGiB = 0x1p30;
const std::filesystem::path kMachines = "tests/data/machines";

TEST(Cgroup, NoLimitIsInfinityAndNotUnknown)
{
    for (const char* machine :
         {"cloud_vm",
          "two_socket_server"}) { // v1 says -1 and 2^63, the root of v2 says nothing at all
        const CgroupLimits limits = cgroup_limits(kMachines / machine);
        EXPECT_EQ(limits.cpus, kNone) << machine;
        EXPECT_EQ(limits.memory, kNone) << machine;
        EXPECT_EQ(limits.memory_left, kNone) << machine;
    }
    EXPECT_EQ(cgroup_limits(kMachines / "cloud_vm").cpuset, "0-1");
    EXPECT_EQ(cgroup_limits(kMachines / "two_socket_server").cpuset, "0-31");
}

TEST(Cgroup, AncestorsLimitV2)
{
    const CgroupLimits limits = cgroup_limits(kMachines / "container_v2");
    EXPECT_EQ(limits.cpus, 1.5);
    EXPECT_EQ(limits.memory, 4 * kGiB);
    EXPECT_EQ(limits.memory_left,
              1.5 * kGiB); // of the slice, which has less left than the pod in it
    EXPECT_EQ(limits.cpuset, "2-5");
}

TEST(Cgroup, AMountOfV1MayBeginAtThePath)
{
    const CgroupLimits limits = cgroup_limits(kMachines / "container_v1");
    EXPECT_EQ(limits.cpus, 2.5);
    EXPECT_EQ(limits.memory, 2 * kGiB);
    EXPECT_EQ(limits.memory_left, kGiB); // 1.25 GiB are used, a quarter of a GiB of which is cached
    EXPECT_EQ(limits.cpuset, "0-3");
}

TEST(Cgroup, NothingIsKnownWithoutFiles)
{
    for (const char* machine : {"arm_server", "not_there"}) {
        const CgroupLimits limits = cgroup_limits(kMachines / machine);
        EXPECT_FALSE(limits.cpus || limits.memory || limits.memory_left || limits.cpuset)
            << machine;
    }
}

TEST(Cgroup, AncestorsLimitV1)
{
    const Tree tree({{"proc/self/cgroup", "3:memory:/a/b\n2:cpuacct,cpu:/a/b\n"},
                     {"sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "-1\n"},
                     {"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "50000\n"},
                     {"sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "25000\n"},
                     {"sys/fs/cgroup/memory/a/b/memory.limit_in_bytes",
                      "9223372036854710272\n"}, // of a kernel with pages of 64 KiB
                     {"sys/fs/cgroup/memory/a/memory.limit_in_bytes", "4096\n"}});
    EXPECT_EQ(cgroup_limits(tree.root()).cpus, 2);
    EXPECT_EQ(cgroup_limits(tree.root()).memory, 4096);
}

// In containers that see the host's path, it does not exist below the mount; the files of the mount
// itself are the container's.
TEST(Cgroup, PathThatDoesNotExist)
{
    for (const char* path : {"/docker/6f3a", "/../../system.slice", "/", ""})
        for (const char* folder : {"/", "/kubepods/pod1", "/../.."}) {
            const Tree tree(
                {{"proc/self/cgroup", "0::" + std::string(path) + "\n"},
                 {"proc/self/mountinfo",
                  "9 8 0:27 " + std::string(folder) + " /sys/fs/cgroup ro - cgroup2 cgroup rw\n"},
                 {"sys/fs/cgroup/cpu.max", "300000 100000\n"},
                 {"sys/system.slice/cpu.max", "100000 100000\n"}, // where ".." would lead
                 {"sys/fs/cgroup/memory.max", "1000\n"},
                 {"sys/fs/cgroup/memory.current", "5000\n"}});
            EXPECT_EQ(cgroup_limits(tree.root()).cpus, 3) << path << " in " << folder;
            EXPECT_EQ(cgroup_limits(tree.root()).memory_left, 0) << path << " in " << folder;
        }
}

TEST(Cgroup, MountElsewhere)
{
    const Tree tree({{"proc/self/cgroup", "1:cpu:/x/y\n0::/x\n"},
                     {"proc/self/mountinfo", "1 0 0:1 /x /v1 rw shared:3 master:2 - cgroup none "
                                             "rw,cpu\n2 0 0:2 / /v2 rw - cgroup2 none rw\n"},
                     {"v1/y/cpu.cfs_quota_us", "200000\n"},
                     {"v1/y/cpu.cfs_period_us", "100000\n"},
                     {"v1/cpu.cfs_quota_us", "700000\n"},
                     {"v1/cpu.cfs_period_us", "100000\n"},
                     {"v2/x/memory.max", "max\n"},
                     {"v2/x/memory.high", "2048\n"}});
    EXPECT_EQ(cgroup_limits(tree.root()).cpus, 2);
    EXPECT_EQ(cgroup_limits(tree.root()).memory,
              2048); // beyond memory.high the kernel throttles a process
}

TEST(Cgroup, MalformedLimitsAreUnknown)
{
    for (const char* quota : {"", "max", "1.5", "100000 0", "0 100000", "-5 100000", "nan 100000",
                              "inf 100000", "1 2 3", "\x01\xff"}) {
        const Tree tree({{"proc/self/cgroup", "0::/\n"},
                         {"sys/fs/cgroup/cpu.max", quota},
                         {"sys/fs/cgroup/memory.max", quota}});
        EXPECT_FALSE(cgroup_limits(tree.root()).cpus) << quota;
    }
    const Tree tree({{"proc/self/cgroup", "1:cpu:/\n"},
                     {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000"}}); // no period
    EXPECT_FALSE(cgroup_limits(tree.root()).cpus);
}

} // namespace

} // namespace workspan
