// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/workers.hpp"

#include <gtest/gtest.h>
#include <set>
#include <thread>

namespace workspan {
namespace {

TEST(Workers, AreNumberedAsTheyAppear)
{
    Workers workers;
    EXPECT_EQ(workers.count(), 0U);
    EXPECT_EQ(workers.number(), 0);
    std::thread([&] { EXPECT_EQ(workers.number(), 1); }).join();
    EXPECT_EQ(workers.number(), 0);
    EXPECT_EQ(workers.count(), 2U);
}

TEST(Workers, ThreadsAtOneTimeHaveNumbersOfTheirOwn)
{
    Workers workers;
    std::vector<int> numbers(50);
    {
        std::vector<std::jthread> threads;
        for (int& number : numbers)
            threads.emplace_back([&] {
                for (int k = 0; k < 100; ++k)
                    number = workers.number();
            });
    }
    EXPECT_EQ(std::set(numbers.begin(), numbers.end()).size(), 50U);
    EXPECT_EQ(workers.count(), 50U);
}

struct InChild {
    Workers workers;
    SharedArray<int> numbers{3};
};

// A child inherits its parent's variables, also the one with its parent's number.
TEST(Workers, ForkedChildrenAreOtherWorkers)
{
    InChild all;
    all.numbers[0] = all.workers.number();
    for (const int k : {1, 2}) {
        std::pair<InChild*, int> place = {&all, k};
        wait_for_child(fork_child(
            [](void* of) {
                const auto& [in, number] = *static_cast<std::pair<InChild*, int>*>(of);
                in->numbers[number] = in->workers.number();
                in->numbers[number] = in->workers.number();
            },
            &place));
    }
    EXPECT_EQ(std::vector(all.numbers.begin(), all.numbers.end()), (std::vector{0, 1, 2}));
    EXPECT_EQ(all.workers.count(), 3U);
}

TEST(Workers, AreForgottenByClear)
{
    Workers workers, others;
    std::thread([&] { workers.number(); }).join();
    workers.number();
    workers.clear();
    EXPECT_EQ(workers.count(), 0U);
    EXPECT_EQ(workers.number(), 0);
    EXPECT_EQ(others.number(), 0) << "counts are apart";
    EXPECT_EQ(others.count(), 1U);
}

} // namespace
} // namespace workspan
