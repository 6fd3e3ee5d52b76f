// SPDX-License-Identifier: Apache-2.0
// Which CPUs share a core: whom the probe compares, and what it makes of rates. What a real machine
// gives is not judged here: it depends on what else runs.
#include "harness/measure/core_pairs.hpp"

#include "tests/cpu/refusals.hpp"

#include <gtest/gtest.h>
#include <iostream>
#include <numeric>

namespace workspan {
namespace {

std::vector<int> cpus_from(int first, int count)
{
    std::vector<int> cpus(static_cast<std::size_t>(count));
    std::iota(cpus.begin(), cpus.end(), first);
    return cpus;
}

TEST(CorePairs, TheSiblingComesFirstThenCpusSpreadOverTheList)
{
    EXPECT_EQ(partners(cpus_from(0, 64), {0, 32}), (std::vector<int>{32, 1, 63, 16, 48, 8, 2}));
    EXPECT_EQ(partners(cpus_from(0, 16), {0}), (std::vector<int>{1, 8, 15, 4, 12, 2}));
    EXPECT_EQ(partners({0, 1}, {0, 1}), (std::vector<int>{1}));
    EXPECT_EQ(partners({0, 1}, {}), (std::vector<int>{1}));
}

TEST(CorePairs, OnlyCpusThatMayBeUsedAreComparedEachOnce)
{
    EXPECT_EQ(partners({4, 6, 8}, {4, 5}), (std::vector<int>{6, 8})) << "5 may not be used";
    EXPECT_EQ(partners({4, 6, 8}, {3, 4, 8}), (std::vector<int>{8, 6})) << "nor 3, but 8";
    EXPECT_TRUE(partners({4}, {4, 5}).empty());
    EXPECT_TRUE(partners({}, {0, 1}).empty());
}

TEST(CorePairs, AreFewOnALargeMachine)
{
    EXPECT_EQ(partners(cpus_from(0, 1024), {0, 512, 1, 513}).size(), 7U);
    EXPECT_LE(partners(cpus_from(0, 1024), {0, 999}).size(), 8U);
}

TEST(CorePairs, TwoCoresKeepTheirRatesAndOneSharesThem)
{
    EXPECT_DOUBLE_EQ(gain_of({{100, 100, 100, 100}}), 2);
    EXPECT_DOUBLE_EQ(gain_of({{100, 100, 50, 50}}), 1);
    EXPECT_DOUBLE_EQ(gain_of({{100, 50, 100, 50}}), 2) << "a slower core is a core";
    EXPECT_DOUBLE_EQ(gain_of({{100, 100, 70, 30}}), 1) << "shared in other parts";
}

TEST(CorePairs, OtherWorkInSomeTurnsDoesNotCount)
{
    EXPECT_DOUBLE_EQ(gain_of({{100, 60, 100, 40}, {50, 100, 100, 100}, {100, 100, 20, 90}}), 2);
    EXPECT_DOUBLE_EQ(gain_of({{100, 100, 50, 50}, {30, 100, 40, 50}}), 1)
        << "a low rate alone would make any gain large";
}

TEST(CorePairs, ATurnWithoutRatesHasNoGain)
{
    EXPECT_EQ(gain_of({}), 0);
    EXPECT_EQ(gain_of({{0, 100, 0, 100}}), 0) << "a thread could not be bound";
    EXPECT_EQ(gain_of({{100, 100, 0, 100}}), 0) << "one alone tells nothing of both";
}

TEST(CorePairs, AreThoseOfTheFirstCpu)
{
    const std::vector<int> cpus = this_machine().allowed_cpus;
    const std::vector<CpuPair> pairs = core_pairs(suite(), cpus);
    EXPECT_EQ(pairs.empty(), cpus.size() < 2);
    for (const CpuPair& pair : pairs) {
        EXPECT_EQ(pair.first, cpus.front());
        EXPECT_NE(pair.second, cpus.front());
        EXPECT_GT(pair.gain, 0);
    }
}

TEST(CorePairs, AreLeftOutWithoutACeilingASecondCpuOrThreads)
{
    const std::vector<int> cpus = this_machine().allowed_cpus;
    std::vector<Workload> bandwidth = suite();
    std::erase_if(bandwidth, [](const Workload& w) { return w.contract.rate == Rate::flops; });
    EXPECT_TRUE(core_pairs(bandwidth, cpus).empty());
    EXPECT_TRUE(core_pairs(suite(), {cpus.front()}).empty());
    EXPECT_TRUE(core_pairs(suite(), {}).empty());
    EXPECT_TRUE(core_pairs(suite(), {1020, 1021}).empty()) << "no such CPUs";
}

TEST(CorePairs, AreLeftOutIfTheSystemRefusesThreads)
{
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(
        {
            alarm(60);
            refuse_by_filter();
            std::cerr << core_pairs(suite(), {0, 1}).size() << " pairs\n";
            end();
        },
        testing::ExitedWithCode(0), "^0 pairs\n$");
}

} // namespace
} // namespace workspan
