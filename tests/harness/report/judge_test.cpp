// SPDX-License-Identifier: Apache-2.0
#include "harness/report/judge.hpp"
#include "tests/harness/results.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

constexpr double kMiB = 1 << 20;
const CacheSizes kCaches = {48 * 1024, 2 * kMiB, 50 * kMiB};

CaseResult memory_case(const char* workload, const char* variant, int threads,
                       double gigabytes_per_second)
{
    const double bytes = 1e9;
    return finished(workload, variant, 100, threads, bytes / (gigabytes_per_second * 1e9),
                    {0, bytes, 1});
}

CaseResult compute_case(const char* workload, const char* variant, int threads, double gigaflops)
{
    return finished(workload, variant, 100, threads, 1e9 / (gigaflops * 1e9), {1e9, 1000, 1});
}

TEST(Judge, SpeedupsSayAgainstWhat)
{
    std::vector<CaseResult> cases = {
        memory_case("reduce", "seq", 1, 10), memory_case("reduce", "omp", 1, 8),
        memory_case("reduce", "omp", 2, 16), memory_case("reduce", "cuda", 1, 160),
        memory_case("reduce", "cuda_e2e", 1, 4)};
    compare_with_baseline(cases, "seq");
    judge(cases, kCaches, 2);
    EXPECT_DOUBLE_EQ(cases[0].comparison.vs_seq->value, 1);
    EXPECT_DOUBLE_EQ(cases[2].comparison.vs_seq->value, 1.6);
    EXPECT_DOUBLE_EQ(cases[2].comparison.vs_one_thread->value, 2);
    EXPECT_DOUBLE_EQ(cases[2].comparison.efficiency->value, 1);
    EXPECT_NEAR(cases[3].comparison.vs_all_cores->value, 10, 1e-9); // against the faster omp
    EXPECT_NEAR(cases[4].comparison.vs_all_cores->value, 0.25, 1e-9);
    EXPECT_FALSE(cases[0].comparison.vs_one_thread || cases[0].comparison.vs_all_cores ||
                 cases[1].comparison.vs_one_thread);
    EXPECT_NEAR(cases[2].comparison.vs_seq->interval->low, 1.6 * 0.99 / 1.01, 1e-9);
}

TEST(Judge, FailedOrAbsentBaselineGivesNoSpeedup)
{
    std::vector<CaseResult> cases = {memory_case("reduce", "seq", 1, 10),
                                     memory_case("reduce", "omp", 2, 16)};
    cases[0].status = Status::failed;
    compare_with_baseline(cases, "seq");
    judge(cases, kCaches, 2);
    EXPECT_FALSE(cases[1].comparison.vs_seq);
    EXPECT_FALSE(cases[1].comparison.vs_one_thread);
}

TEST(Judge, CeilingIsTheFastestOfTheSameThreadsAndLevel)
{
    std::vector<CaseResult> cases = {
        memory_case("read", "seq", 1, 15), memory_case("read", "omp", 1, 20),
        memory_case("read", "omp", 2, 40), memory_case("reduce", "seq", 1, 10),
        memory_case("reduce", "omp", 2, 30)};
    CaseResult cached = finished("read", "seq", 5, 1, 1e-6, {0, 1e5, 1}); // 100 GB/s in L2
    cases.push_back(cached);
    judge(cases, kCaches, 2);
    EXPECT_NEAR(cases[3].comparison.of_ceiling->value, 0.5, 1e-9);
    EXPECT_EQ(cases[3].comparison.ceiling, cases[1].name);
    EXPECT_NEAR(cases[4].comparison.of_ceiling->value, 0.75, 1e-9);
    EXPECT_NEAR(cases[0].comparison.of_ceiling->value, 0.75,
                1e-9); // a ceiling's variant against its best one
    EXPECT_EQ(cases[5].comparison.ceiling, cases[5].name);
}

TEST(Judge, ACeilingOfAboutTheSameSizeComesBeforeAFasterOne)
{
    std::vector<CaseResult> cases = {memory_case("copy", "seq", 1, 90),
                                     memory_case("copy", "omp", 1, 70),
                                     memory_case("scan", "seq", 1, 63)};
    cases[2].bound = "copy";
    cases[0].footprint = {3e9, 3e9, 0}; // 2.6 octaves apart
    cases[1].footprint = {1e9, 1e9, 0}; // one
    cases[2].footprint = {0.5e9, 0.5e9, 0};
    judge(cases, kCaches, 2);
    EXPECT_EQ(cases[2].comparison.ceiling, cases[1].name);
    EXPECT_NEAR(cases[2].comparison.of_ceiling->value, 0.9, 1e-9);
    cases[1].time = 0;
    judge(cases, kCaches, 2);
    EXPECT_EQ(cases[2].comparison.ceiling, cases[0].name);
}

TEST(Judge, ComputeCeilingCountsFlopsAtEverySize)
{
    std::vector<CaseResult> cases = {compute_case("fma", "seq", 1, 100),
                                     compute_case("gemm", "seq", 1, 80)};
    cases[1].footprint = {1e9, 1e9, 1e9};
    judge(cases, kCaches, 2);
    EXPECT_NEAR(cases[1].comparison.of_ceiling->value, 0.8, 1e-9);
}

TEST(Judge, DeviceCasesAreHeldAgainstDeviceCeilingsOnly)
{
    std::vector<CaseResult> cases = {memory_case("read", "seq", 1, 15),
                                     memory_case("reduce", "cuda", 1, 3000),
                                     memory_case("reduce", "cuda_e2e", 1, 10)};
    judge(cases, kCaches, 2);
    EXPECT_FALSE(cases[1].comparison.of_ceiling);
    EXPECT_TRUE(cases[1].warnings.empty());
    cases.push_back(memory_case("read", "cuda", 1, 4000));
    judge(cases, kCaches, 2);
    EXPECT_NEAR(cases[1].comparison.of_ceiling->value, 0.75, 1e-9);
    EXPECT_FALSE(cases[2].comparison.of_ceiling);
}

TEST(Judge, AColdCaseIsHeldAgainstAColdCeiling)
{
    std::vector<CaseResult> cases = {
        memory_case("read", "cuda", 1, 4000), memory_case("reduce", "cuda", 1, 1000),
        memory_case("read", "cuda", 1, 2000), memory_case("reduce", "cuda", 1, 2500)};
    cases[1].problem.keys = cases[2].problem.keys = {{kCacheKey, kCold}};
    judge(cases, kCaches, 2);
    EXPECT_NEAR(cases[1].comparison.of_ceiling->value, 0.5, 1e-9);
    EXPECT_NEAR(cases[3].comparison.of_ceiling->value, 0.625, 1e-9);
}

TEST(Judge, FasterThanEveryCeilingIsImplausible)
{
    for (const auto& [rate, warned] : std::vector<std::pair<double, bool>>{
             {10, false}, {11.1, false}, {11.3, true}, {20, true}}) {
        // the limit is 1.1 plus 1 % for each interval
        std::vector<CaseResult> cases = {memory_case("read", "seq", 1, 10),
                                         memory_case("copy", "seq", 1, 9),
                                         memory_case("reduce", "seq", 1, rate)};
        judge(cases, kCaches, 2);
        EXPECT_EQ(cases[2].warnings.size(), warned ? 1U : 0U) << rate;
        if (warned)
            EXPECT_NE(cases[2].warnings[0].find("implausible"), std::string::npos);
    }
    std::vector<CaseResult> cases = {compute_case("fma", "seq", 1, 100),
                                     compute_case("gemm", "seq", 1, 150)};
    judge(cases, kCaches, 2);
    EXPECT_EQ(cases[1].warnings.size(), 1U);
}

TEST(Judge, FasterThanItsOwnCeilingOnlyIsSaidToo)
{
    for (const auto& [rate, warned] :
         std::vector<std::pair<double, bool>>{{10, false}, {14, true}}) {
        std::vector<CaseResult> cases = {memory_case("read", "seq", 1, 10),
                                         memory_case("copy", "seq", 1, 20),
                                         memory_case("reduce", "seq", 1, rate)};
        cases[2].warnings = {"of the measurement"};
        judge(cases, kCaches, 2);
        ASSERT_EQ(cases[2].warnings.size(), warned ? 2U : 1U) << rate;
        if (warned)
            EXPECT_TRUE(cases[2].warnings[1].starts_with("above its ceiling: read/seq"))
                << cases[2].warnings[1];
    }
}

TEST(Judge, CeilingsAreHeldAgainstEachOther)
{
    std::vector<CaseResult> cases = {memory_case("read", "seq", 1, 100),
                                     memory_case("copy", "seq", 1, 10)};
    judge(cases, kCaches, 2);
    EXPECT_EQ(cases[0].warnings.size(), 1U);
    EXPECT_TRUE(cases[1].warnings.empty());
}

TEST(Judge, CaseWithoutItsCoresIsNoCeilingAndSaysSo)
{
    std::vector<CaseResult> cases = {memory_case("read", "omp", 2, 1),
                                     memory_case("reduce", "omp", 2, 30)};
    for (Sample& sample : cases[0].samples)
        sample.cpu = sample.wall; // both threads on one core
    judge(cases, kCaches, 2);
    ASSERT_EQ(cases[0].warnings.size(), 1U);
    EXPECT_TRUE(cases[0].warnings[0].starts_with("cores shared or idle"));
    EXPECT_FALSE(cases[1].comparison.of_ceiling);
    EXPECT_TRUE(cases[1].warnings.empty());
}

TEST(Judge, AllCoresMeansAllCores)
{
    std::vector<CaseResult> cases = {memory_case("reduce", "omp", 1, 10),
                                     memory_case("reduce", "cuda", 1, 100)};
    judge(cases, kCaches, 2);
    EXPECT_FALSE(cases[1].comparison.vs_all_cores);
}

TEST(Judge, LevelsFollowTheShareOfAThread)
{
    const auto level = [](double bytes, int threads) {
        CaseResult c = finished("read", "omp", 1, threads, 1, {0, bytes, 1});
        return level_of(c, kCaches);
    };
    EXPECT_EQ(level(24 * 1024, 1), Level::l1);
    EXPECT_EQ(level(25 * 1024, 1), Level::l2);
    EXPECT_EQ(level(kMiB, 1), Level::l2);
    EXPECT_EQ(level(2 * kMiB, 1), Level::shared_cache);
    EXPECT_EQ(level(2 * kMiB, 2), Level::l2);
    EXPECT_EQ(level(255 * kMiB, 1), Level::shared_cache);
    EXPECT_EQ(level(256 * kMiB, 8), Level::memory);
}

TEST(Judge, SharedCacheIsSaidOfMemoryBoundRows)
{
    std::vector<CaseResult> cases = {finished("reduce", "seq", 1, 1, 1, {0, 64 * kMiB, 1}),
                                     finished("gemm", "seq", 1, 1, 1, {1, 64 * kMiB, 1})};
    judge(cases, kCaches, 2);
    ASSERT_EQ(cases[0].warnings.size(), 1U);
    EXPECT_TRUE(cases[0].warnings[0].starts_with("shared cache"));
    EXPECT_TRUE(cases[1].warnings.empty());
}

} // namespace
} // namespace workspan
