// SPDX-License-Identifier: Apache-2.0
#include "harness/support/format.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(Format, ThreeDigitsAndAUnit)
{
    EXPECT_EQ(format_time(1.5e-9), "1.50 ns");
    EXPECT_EQ(format_time(12.34e-6), "12.3 us");
    EXPECT_EQ(format_time(0.9999), "1.00 s");
    EXPECT_EQ(format_time(123), "123 s");
    EXPECT_EQ(format_bytes(402653184), "403 MB");
    EXPECT_EQ(format_bytes(12), "12 B");
    EXPECT_EQ(format_bytes(1.6e13), "16.0 TB");
    EXPECT_EQ(format_bytes(1.6e16), "16.0 PB");
    EXPECT_EQ(format_bytes(5.9e20), "590 EB");
    EXPECT_EQ(format_bytes(2e25), "2.0e+07 EB");
    EXPECT_EQ(format_size(1 << 24), "2^24");
    EXPECT_EQ(format_size(1000), "1000");
    EXPECT_EQ(format_size(512), "512");
    EXPECT_EQ(format_number(0), "0.00");
    EXPECT_EQ(format_number(9.996), "10.0");
    EXPECT_EQ(format_number(99.96), "100");
    EXPECT_EQ(format_number(1234), "1234");
    EXPECT_EQ(format_number(2e6), "2.0e+06");
    EXPECT_EQ(format_number(1.0 / 0.0), "-");
}

TEST(Format, DurationsHaveTheTwoLargestUnits)
{
    const std::vector<std::pair<Seconds, const char*>> durations = {
        {-3, "0 s"},         {45.4, "45 s"}, {59.6, "1 min"},    {65.2, "1 min 5 s"},
        {200, "3 min 20 s"}, {120, "2 min"}, {7505, "2 h 5 min"}};
    for (const auto& [seconds, text] : durations)
        EXPECT_EQ(format_duration(seconds), text);
}

TEST(Format, ListsHaveTheSeparatorBetweenTheirWords)
{
    EXPECT_EQ(join({}, ", "), "");
    EXPECT_EQ(join({"a"}, ", "), "a");
    EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
}

} // namespace
} // namespace workspan
