// SPDX-License-Identifier: Apache-2.0
// Which ceilings are measured beside a group.
#include "harness/plan/beside.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

constexpr double kKiB = 1024, kMiB = 1 << 20;

// Half of the working set is input, half output.
Bytes bytes_of(const Problem& p, std::string_view)
{
    return {
        .host_shared = double(p.n) / 2, .host_case = double(p.n) / 2, .device_case = double(p.n)};
}

Variant named(std::string name, Threading threading, Scope scope = Scope::host)
{
    return {.name = std::move(name), .threading = threading, .scope = scope};
}

// A workload of n bytes, in the L1, the L2 and the memory of a core.
Workload of_bytes(std::string name, std::string ceiling, Rate rate = Rate::bytes)
{
    const std::vector<std::size_t> sizes = {8 << 10, 16 << 10, 128 << 10, 512 << 20, 1 << 30};
    return {.name = std::move(name),
            .contract = {.summary = "",
                         .sizes = sizes,
                         .quick = {8 << 10, 16 << 10},
                         .ceiling = std::move(ceiling),
                         .rate = rate,
                         .footprint = bytes_of},
            .variants = {named("seq", Threading::one), named("omp", Threading::team),
                         named("cuda", Threading::one, Scope::kernel)}};
}

class Ceilings : public testing::Test {
protected:
    std::vector<std::string> names(const std::string& workload, std::size_t n,
                                   std::vector<std::string> variants = {"seq", "omp"})
    {
        Options options;
        options.workloads = {workload};
        options.variants = std::move(variants);
        options.sizes = {n};
        const Plan plan = make_plan(suite_, options, 4, memory_);
        std::vector<std::string> found;
        const CeilingsBeside ceilings = ceilings_beside(plan.groups.front(), plan);
        for (const PlannedCase& c : ceilings.cases)
            found.push_back(c.name);
        why_none_ = ceilings.why_none;
        return found;
    }
    std::string why_none_;
    std::vector<Workload> suite_ = {of_bytes("sum", "read"), of_bytes("read", "read"),
                                    of_bytes("product", "mad", Rate::flops),
                                    of_bytes("mad", "mad", Rate::flops), of_bytes("free", "")};
    // With per-thread problems for its team.
    void make_passes()
    {
        Workload& read = suite_[1];
        read.contract.l1 = {.per_thread = 12 << 10, .passes = 512};
        read.contract.l2 = {.per_thread = 192 << 10, .passes = 16};
        read.variants[1].makes_passes = true;
    }
    Memory memory_ = {16e9, 16e9, {32 * kKiB, 1 * kMiB, 32 * kMiB}};
};

TEST_F(Ceilings, AreTheTeamOnOneThreadAndOnAllWhateverWasChosen)
{
    EXPECT_EQ(names("sum", 600 << 20),
              (std::vector<std::string>{"read/omp/n:536870912/threads:1",
                                        "read/omp/n:536870912/threads:4"}));
    EXPECT_EQ(names("sum", 600 << 20, {"seq"}),
              (std::vector<std::string>{"read/omp/n:536870912/threads:1"}));
}

TEST_F(Ceilings, AreOneForEachScopeAndNumberOfThreads)
{
    suite_[0].variants.push_back(named("omp_tiled", Threading::team));
    suite_[0].variants.push_back(named("cuda_naive", Threading::one, Scope::kernel));
    EXPECT_EQ(names("sum", 600 << 20, {"seq", "omp", "omp_tiled", "cuda", "cuda_naive"}),
              (std::vector<std::string>{"read/omp/n:536870912/threads:1",
                                        "read/omp/n:536870912/threads:4",
                                        "read/cuda/n:536870912/threads:1"}));
}

TEST_F(Ceilings, AreOfTheSameLevelOfTheMemoryHierarchy)
{
    // On one thread 64 KiB are in the L2, though 16 KiB would be as near; on four in the L1.
    EXPECT_EQ(names("sum", 64 << 10), (std::vector<std::string>{"read/omp/n:131072/threads:1",
                                                                "read/omp/n:16384/threads:4"}));
}

TEST_F(Ceilings, InACoresCacheMakeManyPassesOverAShareOfEachThread)
{
    make_passes();
    EXPECT_EQ(names("sum", 64 << 10),
              (std::vector<std::string>{"read/omp/n:196608/passes:16/threads:1",
                                        "read/omp/n:49152/passes:512/threads:4"}));
    EXPECT_EQ(names("sum", 64 << 10, {"cuda"}),
              (std::vector<std::string>{"read/cuda/n:131072/threads:1"}));
    EXPECT_EQ(names("sum", 600 << 20, {"seq"}),
              (std::vector<std::string>{"read/omp/n:536870912/threads:1"}));
}

TEST_F(Ceilings, OfArithmeticHaveAsMuchWorkForEachThread)
{
    for (const std::size_t n : {1 << 10, 1 << 30})
        EXPECT_EQ(
            names("product", n, {"omp"}),
            (std::vector<std::string>{"mad/omp/n:32768/threads:1", "mad/omp/n:131072/threads:4"}));
}

TEST_F(Ceilings, OfArithmeticOnADeviceAreLarge)
{
    EXPECT_EQ(names("product", 1 << 30, {"cuda"}),
              (std::vector<std::string>{"mad/cuda/n:16384/threads:1"}));
}

TEST_F(Ceilings, OfTheDeviceAreKernels)
{
    EXPECT_EQ(names("sum", 600 << 20, {"cuda"}),
              (std::vector<std::string>{"read/cuda/n:536870912/threads:1"}));
}

TEST_F(Ceilings, AreNotMeasuredForCeilingsNorWithoutOne)
{
    EXPECT_TRUE(names("read", 512 << 20).empty());
    EXPECT_TRUE(names("free", 512 << 20).empty());
    EXPECT_TRUE(why_none_.empty());
}

TEST_F(Ceilings, AreLeftOutIfMemoryDoesNotSuffice)
{
    memory_.host = 2.1e9; // for the group's 1.6 GiB, not for its ceilings
    EXPECT_TRUE(names("sum", 1 << 30).empty());
    EXPECT_EQ(why_none_, "read does not fit into memory beside the group");
}

} // namespace
} // namespace workspan
