// SPDX-License-Identifier: Apache-2.0
// Sizes of weak scaling: the work of a thread stays, whatever the work is a function of.
#include "harness/plan/weak_scaling.hpp"

#include <bit>
#include <cmath>
#include <gtest/gtest.h>

namespace workspan {
namespace {

Contract with_cost(Cost (*cost)(std::size_t))
{
    Contract contract;
    contract.cost = cost;
    return contract;
}

Cost linear(std::size_t n) { return {.bytes = 4.0 * double(n), .items = 1}; }
Cost cubic(std::size_t n) { return {.flops = std::pow(double(n), 3), .bytes = double(n)}; }
Cost counted(std::size_t n) { return {.items = double(n) * double(n)}; }
Cost transform(std::size_t n) { return {.flops = double(n) * std::log2(double(n))}; }

TEST(WeakSize, OneThreadKeepsItsSize) { EXPECT_EQ(weak_size(with_cost(cubic), 1000, 1), 1000U); }

TEST(WeakSize, FollowsFlopsElseBytesElseItems)
{
    EXPECT_EQ(weak_size(with_cost(cubic), 1000, 8), 2000U) << "not its bytes";
    EXPECT_EQ(weak_size(with_cost(linear), 1000, 3), 3000U) << "not its items";
    EXPECT_EQ(weak_size(with_cost(counted), 1000, 4), 2000U);
}

TEST(WeakSize, IsTheNearestWholeNumber)
{
    EXPECT_EQ(weak_size(with_cost(cubic), 1024, 2), 1290U); // 1290.16
    EXPECT_EQ(weak_size(with_cost(counted), 10, 3), 17U);   // 17.32
    EXPECT_EQ(weak_size(with_cost(counted), 20, 6), 49U);   // 48.99
}

TEST(WeakSize, IsAPowerOfTwoIfOthersCannotBeMeasured)
{
    Contract contract = with_cost(transform);
    contract.only_powers_of_two = true;
    const auto size = [&](int threads) { return weak_size(contract, 1 << 14, threads); };
    EXPECT_EQ(size(1), 1U << 14);
    EXPECT_EQ(size(2), 1U << 15);
    EXPECT_EQ(size(3), 1U << 15); // 2.14 times the work; 2^16 has 4.57 times
    EXPECT_EQ(size(4), 1U << 16);
    EXPECT_EQ(size(64), 1U << 20) << "91 times, and 2^19 has 43";
}

TEST(WeakProblems, HaveASizeForEachNumberOfThreads)
{
    const std::vector<Problem> one = {{.n = 1000, .keys = {{"input", "zipf"}}}, {.n = 5000}};
    const auto found = weak_problems(with_cost(linear), one, {1, 2, 4});
    ASSERT_EQ(found.size(), 6U);
    EXPECT_EQ(found[1].problem.n, 2000U);
    EXPECT_EQ(found[1].counts, std::vector<int>{2});
    EXPECT_EQ(found[2].problem.keys.at("input"), "zipf");
    EXPECT_EQ(found[5].problem.n, 20000U);
}

TEST(WeakProblems, OfOneSizeAreOneProblem)
{
    const auto found = weak_problems(with_cost(linear), {{.n = 2000}, {.n = 1000}}, {1, 2});
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].problem.n, 2000U);
    EXPECT_EQ(found[0].counts, (std::vector<int>{1, 2}));
    const auto other = weak_problems(
        with_cost(linear), {{.n = 2000, .keys = {{"input", "zipf"}}}, {.n = 1000}}, {1, 2});
    EXPECT_EQ(other.size(), 4U) << "another input";
}

TEST(WeakSize, OfEveryWorkloadKeepsTheWorkOfAThread)
{
    for (const Workload& w : suite()) {
        const Contract& c = w.contract;
        if (c.cost == nullptr)
            continue;
        for (const std::size_t n : c.quick)
            for (const int threads : {2, 3, 8, 64, 4096}) {
                const std::size_t size = weak_size(c, n, threads);
                const double items = c.cost(size).items / c.cost(n).items / threads;
                const double flops = c.cost(size).flops / c.cost(n).flops / threads;
                EXPECT_LE(std::abs(std::log2(c.cost(n).flops > 0 ? flops : items)),
                          c.only_powers_of_two ? 0.6 : 0.1)
                    << w.name << " n = " << size;
                EXPECT_TRUE(!c.only_powers_of_two || std::has_single_bit(size));
            }
    }
}

} // namespace
} // namespace workspan
