// SPDX-License-Identifier: Apache-2.0
// The parts of a group that memory splits are one group in the results.
#include "harness/measure/collection.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

const Workload kMade = {.name = "made", .contract = {}, .variants = {}};
const PlannedCase kFirst = {&kMade, nullptr, {.n = 4}, "made/seq/n:4/threads:1", {}};

CaseResult timed(const std::string& variant, std::vector<Seconds> walls, int first_block)
{
    CaseResult c;
    c.name = "made/" + variant + "/n:4/threads:1";
    c.workload = "made";
    c.variant = variant;
    c.problem.n = 4;
    c.status = Status::ok;
    for (const Seconds wall : walls)
        c.samples.push_back({.wall = wall, .cpu = wall, .block = first_block++});
    summarise(c);
    return c;
}

TEST(Collection, TheBaselineHasTheSamplesOfAllParts)
{
    Collection collection;
    collection.add({{timed("seq", {1, 2, 3}, 1), timed("omp", {1, 1, 1}, 1)}, {}}, kFirst);
    collection.add({{timed("seq", {5, 6}, 4), timed("cuda", {1, 1}, 4)}, {}}, kFirst);
    const Results results = collection.finish({});
    ASSERT_EQ(results.cases.size(), 3U);
    const CaseResult& seq = results.cases[0];
    ASSERT_EQ(seq.samples.size(), 5U);
    EXPECT_EQ(seq.samples.back().block, 5);
    EXPECT_EQ(seq.time, 3);
    for (const CaseResult& c : results.cases)
        EXPECT_EQ(c.baseline, 3) << c.name;
}

TEST(Collection, TheBaselineHasTheLatenciesOfAllParts)
{
    CaseResult first = timed("seq", {1}, 1), second = timed("seq", {1}, 2);
    first.latencies = {{7, 1}, {8, 2}};
    second.latencies = {{8, 3}, {9, 4}};
    Collection collection;
    collection.add({{first}, {}}, kFirst);
    collection.add({{second}, {}}, kFirst);
    const Latencies all = {{7, 1}, {8, 5}, {9, 4}};
    EXPECT_EQ(collection.finish({}).cases.at(0).latencies, all);
}

TEST(Collection, AFailureInOnePartFailsTheCase)
{
    CaseResult wrong = timed("seq", {1}, 2);
    fail(wrong, Cause::wrong_result, "wrong result after a round of samples");
    Collection collection;
    collection.add({{timed("seq", {1}, 1)}, {}}, kFirst);
    collection.add({{wrong}, {}}, kFirst);
    collection.add({{timed("seq", {1}, 3)}, {}}, kFirst);
    const Results results = collection.finish({});
    ASSERT_EQ(results.cases.size(), 1U);
    EXPECT_EQ(results.cases[0].status, Status::failed);
    EXPECT_TRUE(results.cases[0].samples.empty());
}

TEST(Collection, ACeilingBesideBelongsToItsGroup)
{
    CaseResult broken = timed("omp", {1}, 1);
    skip(broken, Cause::memory, "out of memory");
    Collection collection;
    collection.add({{}, {timed("omp", {1}, 1)}}, kFirst);
    collection.add({{}, {timed("omp", {2}, 2)}}, kFirst);
    PlannedCase other = kFirst;
    other.problem.n = 8;
    collection.add({{}, {timed("omp", {3}, 1), broken}}, other);
    const Results results = collection.finish({});
    ASSERT_EQ(results.beside.size(), 2U);
    EXPECT_EQ(results.beside[0].ceiling.samples.size(), 2U);
    EXPECT_EQ(results.beside[0].problem.n, 4U);
    EXPECT_EQ(results.beside[1].problem.n, 8U);
    EXPECT_EQ(results.beside[1].workload, "made");
}

TEST(Collection, AMissingCeilingIsTold)
{
    CaseResult wrong = timed("omp", {1}, 1);
    fail(wrong, Cause::wrong_result, "wrong result after a round of samples");
    Collection collection;
    collection.add({{timed("seq", {1}, 1)}, {wrong}}, kFirst);
    const Results results = collection.finish({});
    ASSERT_EQ(results.cases.at(0).warnings.size(), 1U);
    EXPECT_EQ(results.cases[0].warnings[0].code, "no_ceiling");
    EXPECT_EQ(results.cases[0].warnings[0].detail,
              "made/omp/n:4/threads:1: wrong result after a round of samples");
    EXPECT_TRUE(results.beside.empty());
}

} // namespace
} // namespace workspan
