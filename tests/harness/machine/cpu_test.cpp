// SPDX-License-Identifier: Apache-2.0
// The CPU's features against those of the build, and the hypervisor.
#include "tests/harness/machine/recorded.hpp"
#include "tests/harness/machine/tree.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

// The features that g++ 12 uses for these CPUs, by the names of BuildInfo::cpu_features.
const std::string kZnver4 = "avx avx2 avx512bf16 avx512bitalg avx512bw avx512cd avx512dq avx512f "
                            "avx512ifma avx512vbmi avx512vbmi2 avx512vl "
                            "avx512vnni avx512vpopcntdq bmi bmi2 f16c fma sse41 sse42 sse4a";
const std::string kSapphireRapids =
    "avx avx2 avx512bf16 avx512bitalg avx512bw avx512cd avx512dq avx512f avx512fp16 avx512ifma "
    "avx512vbmi "
    "avx512vbmi2 avx512vl avx512vnni avx512vpopcntdq avxvnni bmi bmi2 f16c fma sse41 sse42";

TEST(Cpu, FeaturesOfTheBuildThatAreMissing)
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

TEST(Cpu, FeaturesThatLinuxDoesNotListAreNotMissing)
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

TEST(Cpu, AHypervisorThatHidesItsFlagIsFoundByItsVendor)
{
    const Tree tree(
        {{"proc/cpuinfo", "flags : fpu sse2\n"}, {"sys/class/dmi/id/sys_vendor", "QEMU\n"}});
    EXPECT_EQ(machine_at(tree.root()).virtualisation, "virtual, QEMU");
}

} // namespace
} // namespace workspan
