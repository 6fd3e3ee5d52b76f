// SPDX-License-Identifier: Apache-2.0
// The parsers of the kernel's small text files: a malformed text is empty, never half read.
#include "harness/machine/proc_files.hpp"
#include "tests/harness/machine/tree.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(ProcFiles, CpuListIsAllOrNothing)
{
    EXPECT_EQ(cpu_list("0-3,8"), (std::vector<int>{0, 1, 2, 3, 8}));
    EXPECT_EQ(cpu_list("5"), std::vector<int>{5});
    for (const char* malformed : {"", "-", "1-", "3-1", "0,x", "0-99999999999"})
        EXPECT_TRUE(cpu_list(malformed).empty()) << malformed;
}

TEST(ProcFiles, NumberIsFiniteAndAllOfTheText)
{
    EXPECT_EQ(number("12.5"), 12.5);
    EXPECT_EQ(number("0"), 0);
    for (const char* malformed : {"", "-1", "nan", "inf", "1e999", "12 kB", "x"})
        EXPECT_FALSE(number(malformed)) << malformed;
}

TEST(ProcFiles, ValueOfTheFirstLineWithTheKey)
{
    EXPECT_EQ(value("a : b\na : c\n", "a", ':'), "b");
    EXPECT_EQ(value("ab : 1\na\t: 2\n", "a", ':'), "2");
    EXPECT_FALSE(value("a b\n", "a", ':'));
    EXPECT_FALSE(value("", "a", ':'));
}

TEST(ProcFiles, OnlyNumberedFoldersAreFound)
{
    const Tree tree({{"cpu10/x", ""}, {"cpu2/x", ""}, {"cpufreq/x", ""}, {"cpu/x", ""}});
    std::vector<std::string> names;
    for (const auto& folder : numbered_folders(tree.root(), "cpu"))
        names.push_back(folder.filename());
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"cpu10", "cpu2"}));
}

} // namespace
} // namespace workspan
