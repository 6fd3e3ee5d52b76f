// SPDX-License-Identifier: Apache-2.0
// Values on the command line, and the one line that each mistake gets.
#include "harness/options/option_values.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

std::string message(const std::function<void()>& parse)
{
    try {
        parse();
        return "accepted";
    } catch (const UsageError& e) {
        return e.what();
    }
}

TEST(ParseNumber, TakesAllOfTheTextFromZeroToABillion)
{
    EXPECT_EQ(parse_number("0.25", "--x", "1"), 0.25);
    EXPECT_EQ(parse_number("1e9", "--x", "1"), 1e9);
    for (const char* bad : {"", "1x", " 1", "-1", "nan", "inf", "2e9"})
        EXPECT_EQ(message([&] { parse_number(bad, "--x", "0.1"); }),
                  "--x: '" + std::string(bad) + "' is not a number; for example: 0.1");
}

TEST(ParseSeconds, KnowsUnits)
{
    const std::vector<std::pair<std::string, Seconds>> times = {
        {"60", 60}, {"60s", 60}, {"500ms", 0.5}, {"2m", 120}, {"2min", 120}, {"1.5h", 5400}};
    for (const auto& [text, seconds] : times)
        EXPECT_DOUBLE_EQ(parse_seconds(text, "--x", "1s"), seconds) << text;
    EXPECT_EQ(parse_seconds("0", "--x", "1s"), 0);
}

TEST(ParseSeconds, SaysThatAnythingElseIsNotATime)
{
    for (const char* bad : {"2x", "s", "", "1d", "-3s", "5 s", "nan"})
        EXPECT_EQ(message([&] { parse_seconds(bad, "--budget", "60s"); }),
                  "--budget: '" + std::string(bad) + "' is not a time; for example: 60s");
}

TEST(ParsePositiveSeconds, RefusesZero)
{
    EXPECT_EQ(parse_positive_seconds("1ms", "--budget", "60s"), 1e-3);
    EXPECT_EQ(message([] { parse_positive_seconds("0", "--budget", "60s"); }),
              "--budget: '0' is not longer than 0; for example: 60s");
    EXPECT_EQ(message([] { parse_positive_seconds("x", "--benchmark_min_time", "0.5s"); }),
              "--benchmark_min_time: 'x' is not a time; for example: 0.5s");
}

TEST(ParseShare, IsAPercentageOrAFraction)
{
    EXPECT_DOUBLE_EQ(parse_share("2%", "--x"), 0.02);
    EXPECT_DOUBLE_EQ(parse_share("0.02", "--x"), 0.02);
    for (const char* bad : {"0", "1", "100%", "250%"})
        EXPECT_EQ(message([&] { parse_share(bad, "--x"); }),
                  "--x: '" + std::string(bad) +
                      "' does not lie between 0% and 100%; for example: 2%");
    EXPECT_EQ(message([] { parse_share("two", "--x"); }),
              "--x: 'two' is not a number; for example: 2%");
}

TEST(ParseWholeNumber, HasBothBounds)
{
    EXPECT_EQ(parse_whole_number("0", "--seed", 0, UINT64_MAX), 0U);
    EXPECT_EQ(parse_whole_number("18446744073709551615", "--seed", 0, UINT64_MAX), UINT64_MAX);
    EXPECT_EQ(parse_whole_number("010", "--seed", 0, UINT64_MAX), 10U) << "not octal";
    for (const char* bad : {"0", "11", "-1", "1.5", "x", "", "18446744073709551616"})
        EXPECT_EQ(message([&] { parse_whole_number(bad, "--x", 1, 10); }),
                  "--x: '" + std::string(bad) +
                      "' is not a whole number from 1 to 10; for example: 1");
}

TEST(CheckChoice, NamesTheChoices)
{
    const auto check = [](const std::string& value) {
        return message([&] { check_choice(value, "--format", {"json", "csv"}); });
    };
    EXPECT_EQ(check("csv"), "accepted");
    EXPECT_EQ(check(""), "accepted") << "the option was not given";
    EXPECT_EQ(check("xml"), "--format: 'xml' is not one of: json, csv");
}

TEST(ParseThreads, SaysTheLargestNumber)
{
    EXPECT_EQ(parse_threads("all"), 0);
    EXPECT_EQ(parse_threads("4096"), 4096);
    for (const char* bad : {"0", "4097", "99999", "-2", "x", ""})
        EXPECT_EQ(message([&] { parse_threads(bad); }),
                  "--threads: '" + std::string(bad) +
                      "' is not a number of threads from 1 to 4096; for example: 1,2,all");
}

TEST(ParseSize, IsANumberOrAPowerOfTwoBelow2To48)
{
    EXPECT_EQ(parse_size("1000"), 1000U);
    EXPECT_EQ(parse_size("2^20"), std::size_t(1) << 20);
    EXPECT_EQ(parse_size("2^47"), std::size_t(1) << 47);
    EXPECT_EQ(parse_size("2^0"), 1U);
    EXPECT_EQ(parse_size("281474976710655"), (std::size_t(1) << 48) - 1);
    for (const char* bad : {"0", "2^48", "281474976710656", "2^", "-1", "1.5", ""})
        EXPECT_EQ(message([&] { parse_size(bad); }),
                  "--sizes: '" + std::string(bad) +
                      "' is not a size from 1 to 2^48 - 1; for example: 1000 or 2^20");
}

TEST(ParsePair, IsAKeyThatTheContextLeavesFree)
{
    EXPECT_EQ(parse_pair("a=b=c"), std::pair(std::string("a"), std::string("b=c")));
    for (const char* bad : {"novalue", "=value", ""})
        EXPECT_EQ(message([&] { parse_pair(bad); }),
                  "--benchmark_context: '" + std::string(bad) +
                      "' is not a key=value pair; for example: host=node7");
    EXPECT_EQ(message([] { parse_pair("caches=5"); }),
              "--benchmark_context: the key 'caches' is reserved; choose another key");
}

TEST(IsGiven, ComparesTheNameBeforeTheEqualsSign)
{
    EXPECT_TRUE(is_given({"--out", "a"}, "--out"));
    EXPECT_TRUE(is_given({"x", "--out=a"}, "--out"));
    EXPECT_FALSE(is_given({"--output=a", "out", "--outx"}, "--out"));
    EXPECT_FALSE(is_given({}, "--out"));
}

TEST(CheckList, TakesTheOptionsThatChooseWorkloads)
{
    const auto check = [](const std::string& word) {
        return message([&] { check_list({"--list", word}); });
    };
    for (const char* good : {"--long", "--workload=gemm", "--variant", "seq"})
        EXPECT_EQ(check(good), "accepted");
    EXPECT_EQ(check("--sizes=3"), "--list: takes --workload, --variant and --long, not --sizes; "
                                  "--dry-run lists the cases that all options choose");
}

TEST(CheckInfo, TakesWhatItShows)
{
    const auto check = [](const std::string& word) {
        return message([&] { check_info({"--info", word}); });
    };
    for (const char* good : {"--pairs", "--device=1"})
        EXPECT_EQ(check(good), "accepted");
    EXPECT_EQ(check("--out=x"), "--info: takes --pairs and --device, not --out; "
                                "it describes the machine and the build, and measures no case");
}

} // namespace
} // namespace workspan
