// SPDX-License-Identifier: Apache-2.0
#include "harness/report/machine_text.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace workspan {
namespace {

Machine server()
{
    Machine m;
    m.host = "node7";
    m.cpu_model = "A CPU";
    m.sockets = 2;
    m.cores = 16;
    m.hardware_threads = 32;
    m.threads_per_core = 2;
    m.numa_nodes = 2;
    m.cpu_mhz = 3499.6;
    m.governor = "performance";
    m.turbo = "off";
    m.caches = {{1, "Data", 49152, 16, 2}, {2, "Unified", 2e6, 16, 2}};
    m.allowed_cpus = {0, 1, 2, 3};
    m.cpu_quota = 2.5;
    m.memory = 64e9;
    m.memory_limit = std::numeric_limits<double>::infinity();
    m.environment = {{"OMP_PROC_BIND", "close"}};
    m.devices.gpus = {{.index = 0,
                       .name = "A GPU",
                       .bus_id = "",
                       .multiprocessors = 132,
                       .compute_major = 9,
                       .compute_minor = 0,
                       .memory = 80e9}};
    m.devices.runtime = "12.4";
    return m;
}

// The value after a label, to the end of its line.
std::string value_of(const std::string& text, const std::string& label)
{
    const std::size_t start = text.find("\n" + label + " ");
    if (start == std::string::npos)
        return "missing";
    const std::size_t value = text.find_first_not_of(' ', start + 1 + label.size());
    return text.substr(value, text.find('\n', value) - value);
}

TEST(MachineText, SaysWhatTwoCpusComputeAtOnceIfThatWasMeasured)
{
    Machine m = server();
    EXPECT_EQ(value_of(machine_text(m), "two CPUs at once"), "missing");
    m.pairs = {{0, 1, 1.984}, {0, 8, 1.02}};
    EXPECT_EQ(value_of(machine_text(m), "two CPUs at once"), "0 and 1 1.98x, 0 and 8 1.02x");
}

TEST(MachineText, DescribesTheMachine)
{
    const std::string text = machine_text(server());
    EXPECT_TRUE(text.starts_with("host                  node7\n")) << text;
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"CPU", "A CPU"},
        {"sockets", "2"},
        {"cores", "16"},
        {"hardware threads", "32, 2 per core"},
        {"usable threads", "2 (4 in the affinity mask, quota 2.5 CPUs)"},
        {"caches", "L1 Data 16 x 49.2 kB, L2 Unified 16 x 2.00 MB"},
        {"highest clock", "3500 MHz"},
        {"governor, turbo", "performance, off"},
        {"memory", "64.0 GB, unknown available, cgroup limit unlimited"},
        {"GPU", "0: A GPU, 132 multiprocessors, 80.0 GB, compute capability 9.0"},
        {"CUDA runtime, driver", "12.4, none"},
        {"environment", "OMP_PROC_BIND=close"}};
    for (const auto& [label, value] : expected)
        EXPECT_EQ(value_of(text, label), value) << text;
    EXPECT_NE(value_of(text, "build").find("commit "), std::string::npos) << text;
}

TEST(MachineText, SaysUnknownForWhatCouldNotBeRead)
{
    Machine m;
    m.devices.why_none = "no CUDA device";
    const std::string text = machine_text(m);
    for (const char* label : {"CPU", "sockets", "cores", "NUMA nodes", "caches", "highest clock",
                              "huge pages", "kernel", "OS", "OpenMP"})
        EXPECT_EQ(value_of(text, label), "unknown") << label;
    EXPECT_EQ(value_of(text, "usable threads"), "1 (0 in the affinity mask, quota unknown)");
    EXPECT_EQ(value_of(text, "GPU"), "none (no CUDA device)");
    EXPECT_EQ(value_of(text, "environment"), "missing");
    m.cpu_quota = std::numeric_limits<double>::infinity();
    EXPECT_EQ(value_of(machine_text(m), "usable threads"),
              "1 (0 in the affinity mask, quota none)");
}

TEST(MachineLine, IsTwoLinesWithTheGpuOrTheReasonForNone)
{
    const std::string text = machine_line(server());
    EXPECT_TRUE(text.starts_with("A CPU, 2 usable threads, 64.0 GB, A GPU\nworkspan ")) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
    Machine without = server();
    without.devices = {.gpus = {}, .runtime = "", .driver = "", .why_none = "built without CUDA"};
    EXPECT_NE(machine_line(without).find(", no GPU (built without CUDA)\n"), std::string::npos);
    without.cpu_quota = 1;
    EXPECT_NE(machine_line(without).find(", 1 usable thread, "), std::string::npos);
}

TEST(CommitText, TellsUncommittedChanges)
{
    BuildInfo build = build_info;
    build.git_commit = "0123456789abcdef";
    build.git_dirty = "no";
    EXPECT_EQ(commit_text(build), "0123456789abcdef");
    build.git_dirty = "unknown";
    EXPECT_EQ(commit_text(build), "0123456789abcdef");
    build.git_dirty = "yes";
    EXPECT_EQ(commit_text(build), "0123456789abcdef with uncommitted changes");
    EXPECT_EQ(commit_text(build, 4), "0123 with uncommitted changes");
    EXPECT_NE(machine_line(server()).find("(" + commit_text(build_info, 12) + "), "),
              std::string::npos);
    EXPECT_NE(machine_text(server()).find(", commit " + commit_text(build_info) + ", "),
              std::string::npos);
}

} // namespace
} // namespace workspan
