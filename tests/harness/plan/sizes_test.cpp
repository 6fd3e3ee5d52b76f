// SPDX-License-Identifier: Apache-2.0
// The sizes of presets that go beyond the last-level caches of the machine.
#include "harness/plan/plan.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace workspan {
namespace {

constexpr double kMiB = 1 << 20, kLots = 1e15;

// The sizes planned for a workload on a machine whose last-level caches hold this many bytes.
std::vector<std::size_t> sizes(const std::string& workload, Preset preset, double last,
                               double memory = kLots)
{
    static const std::vector<Workload> all = suite();
    Options options;
    options.preset = preset;
    options.workloads = {workload};
    options.variants = {"seq"};
    const Plan plan = make_plan(all, options, 2, {memory, kLots, {.last = last}});
    std::vector<std::size_t> found;
    for (const PlannedCase* c : plan.to_measure())
        found.push_back(c->problem.n);
    return found;
}

const Contract& contract_of(const std::vector<Workload>& all, const std::string& name)
{
    return std::find_if(all.begin(), all.end(), [&](const Workload& w) { return w.name == name; })
        ->contract;
}

TEST(Sizes, OfScalingGoBeyondTheLastLevelCachesInCeilingsOfMemory)
{
    const std::vector<Workload> all = suite();
    for (const char* workload : {"copy", "read", "triad"}) {
        SCOPED_TRACE(workload);
        const Contract& contract = contract_of(all, workload);
        EXPECT_EQ(sizes(workload, Preset::scaling, 32 * kMiB), contract.quick);
        const std::vector<std::size_t> more = sizes(workload, Preset::scaling, 300 * kMiB);
        ASSERT_EQ(more.size(), contract.quick.size() + 1);
        const auto working_set = [&](std::size_t n) {
            return contract.footprint({.n = n}, "seq").kernel_on_host();
        };
        EXPECT_GE(working_set(more.back()), 4 * 300 * kMiB);
        EXPECT_LT(working_set(more.back() / 2), 4 * 300 * kMiB) << "no larger than needed";
    }
}

TEST(Sizes, OfOtherWorkloadsAndPresetsDoNotDependOnTheCaches)
{
    const std::vector<Workload> all = suite();
    for (const char* workload : {"reduce", "fma", "gemm"})
        EXPECT_EQ(sizes(workload, Preset::scaling, 300 * kMiB), contract_of(all, workload).quick);
    EXPECT_EQ(sizes("copy", Preset::quick, 300 * kMiB), contract_of(all, "copy").quick);
    EXPECT_EQ(sizes("copy", Preset::scaling, 0), contract_of(all, "copy").quick) << "unknown";
}

TEST(Sizes, OfFullGoBeyondTheCatalogueOnlyIfItEndsWithinTheCaches)
{
    const std::vector<Workload> all = suite();
    const std::vector<std::size_t>& known = contract_of(all, "copy").sizes;
    EXPECT_EQ(sizes("copy", Preset::full, 300 * kMiB), known) << "2 GiB are beyond them";
    const std::vector<std::size_t> more = sizes("copy", Preset::full, 768 * kMiB);
    ASSERT_EQ(more.size(), known.size() + 1);
    EXPECT_EQ(more.back(), std::size_t(1) << 28);
}

TEST(Sizes, BeyondTheCachesThatMemoryCannotHoldAreSkippedWithTheReason)
{
    const std::vector<std::size_t> fit = sizes("copy", Preset::scaling, 300 * kMiB, 1e9);
    EXPECT_EQ(fit, (std::vector<std::size_t>{1 << 14, 1 << 24}));
}

} // namespace
} // namespace workspan
