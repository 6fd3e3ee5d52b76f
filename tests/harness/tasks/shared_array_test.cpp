// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/shared_array.hpp"

#include "harness/tasks/children.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

namespace workspan {
namespace {

// Blocks of shared memory that this process has.
std::size_t blocks()
{
    std::ifstream maps("/proc/self/maps");
    std::size_t found = 0;
    for (std::string line; std::getline(maps, line);)
        found += line.ends_with("/dev/zero (deleted)") ? 1 : 0;
    return found;
}

TEST(SharedArray, IsClearAtFirst)
{
    const SharedArray<int> array(5000);
    EXPECT_EQ(array.size(), 5000U);
    EXPECT_EQ(array.bytes().size(), 20000U);
    EXPECT_EQ(std::count(array.begin(), array.end(), 0), 5000);
}

TEST(SharedArray, WhatAChildWritesTheParentReads)
{
    SharedArray<int> array(3);
    int mine[3] = {};
    std::pair<int*, int*> both = {array.data(), mine};
    wait_for_child(fork_child(
        [](void* of) {
            const auto& [shared, own] = *static_cast<std::pair<int*, int*>*>(of);
            shared[1] = own[1] = 7;
        },
        &both));
    EXPECT_EQ(array[1], 7);
    EXPECT_EQ(mine[1], 0);
}

TEST(SharedArray, GivesItsMemoryBack)
{
    const std::size_t before = blocks();
    {
        SharedArray<int> array(3);
        EXPECT_EQ(blocks(), before + 1);
        const SharedArray<int> moved(std::move(array));
        EXPECT_EQ(moved.size(), 3U);
        EXPECT_EQ(blocks(), before + 1);
    }
    EXPECT_EQ(blocks(), before);
}

TEST(SharedArray, MayBeEmptyButNotEndless)
{
    const SharedArray<int> empty(0);
    EXPECT_EQ(empty.size(), 0U);
    EXPECT_TRUE(empty.bytes().empty());
    EXPECT_THROW(SharedArray<int>(std::size_t(-1) / 2), std::bad_alloc);
    EXPECT_THROW(SharedArray<int>(std::size_t(-1) / 16), std::bad_alloc);
}

} // namespace
} // namespace workspan
