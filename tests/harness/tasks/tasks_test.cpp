// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/tasks.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

unsigned seven_and_on(std::size_t i) { return static_cast<unsigned>(7 + i); }

std::string verdict(const std::vector<unsigned>& out)
{
    const CheckResult result = each_task_once(std::span<const unsigned>(out), 4, seven_and_on);
    return result.ok ? "right" : result.why;
}

TEST(EachTaskOnce, AffirmsThatEveryTaskRanOnce) { EXPECT_EQ(verdict({7, 8, 9, 10}), "right"); }

TEST(EachTaskOnce, TellsLostDoubledAndPoisonedApart)
{
    EXPECT_EQ(verdict({7, 0, 9, 0}),
              "of 4 tasks 2 were lost, 0 ran twice, 0 left another value; first: task 1 left 0, "
              "expected 8");
    EXPECT_EQ(verdict({7, 8, 18, 10}),
              "of 4 tasks 0 were lost, 1 ran twice, 0 left another value; first: task 2 left 18, "
              "expected 9");
    EXPECT_EQ(verdict({~0U, ~0U, ~0U, ~0U}),
              "of 4 tasks 0 were lost, 0 ran twice, 4 left another value; first: task 0 left "
              "4294967295, expected 7");
    EXPECT_EQ(verdict({14, 0, 10, 9}),
              "of 4 tasks 1 were lost, 1 ran twice, 2 left another value; first: task 0 left 14, "
              "expected 7");
}

TEST(EachTaskOnce, AnOutputOfAnotherLengthIsWrong)
{
    EXPECT_EQ(verdict({7, 8, 9}), "the output has 3 tasks, not 4");
    EXPECT_EQ(verdict({7, 8, 9, 10, 11}), "the output has 5 tasks, not 4");
}

TEST(EachTaskOnce, NoTaskAtAllIsRight)
{
    EXPECT_TRUE(each_task_once(std::span<const unsigned>(), 0, seven_and_on).ok);
}

TEST(Tasks, AreEqualIfBodyMemoryAndNumberAre)
{
    int memory[2] = {};
    const auto body = [](void*, std::size_t) {};
    const Tasks tasks = {3, body, memory};
    EXPECT_EQ(tasks, (Tasks{3, body, memory}));
    EXPECT_NE(tasks, (Tasks{4, body, memory}));
    EXPECT_NE(tasks, (Tasks{3, body, memory + 1}));
    EXPECT_NE(tasks, (Tasks{3, [](void*, std::size_t) {}, memory}));
}

} // namespace
} // namespace workspan
