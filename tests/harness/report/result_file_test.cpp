// SPDX-License-Identifier: Apache-2.0
#include "harness/report/google_benchmark_rows.hpp"
#include "harness/report/result_file.hpp"
#include "tests/harness/results.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

namespace workspan {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Parses strictly: a duplicate key in one object fails.
Json strict(const std::string& text)
{
    std::vector<std::set<std::string>> keys;
    return Json::parse(text, [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start)
            keys.emplace_back();
        if (event == Json::parse_event_t::key)
            EXPECT_TRUE(keys.back().insert(parsed.get<std::string>()).second)
                << "duplicate key " << parsed;
        if (event == Json::parse_event_t::object_end)
            keys.pop_back();
        return true;
    });
}

std::vector<CaseResult> three_cases()
{
    std::vector<CaseResult> cases = {finished("triad", "seq", 1024, 1, 1e-6, {2048, 24576, 1024}),
                                     finished("triad", "omp", 1024, 2, 5e-7, {2048, 24576, 1024}),
                                     finished("triad", "cuda", 1024, 1, 1, {2048, 24576, 1024})};
    cases[1].status = Status::failed;
    cases[1].samples.clear();
    cases[1].reason = "wrong result";
    cases[1].verdict = {
        .ok = false, .why = "element 3", .error = std::numeric_limits<double>::infinity()};
    cases[2].status = Status::skipped;
    cases[2].samples.clear();
    cases[2].reason = "no CUDA device";
    return cases;
}

TEST(ResultFile, HoldsOnlyFinishedRowsAndAllCases)
{
    const Json file = strict(result_json(
        three_cases(), {.started = "s", .ended = "e", .complete = true, .arguments = {"bench"}}, {},
        {}));
    ASSERT_EQ(file["benchmarks"].size(), 1U);
    const Json& row = file["benchmarks"][0];
    EXPECT_EQ(row["name"], "triad/seq/n:1024/threads:1");
    EXPECT_EQ(row["run_type"], "iteration");
    for (const char* field :
         {"run_name", "repetitions", "repetition_index", "threads", "iterations", "cpu_time"})
        EXPECT_TRUE(row.contains(field)) << field;
    EXPECT_EQ(row["time_unit"], "ns");
    EXPECT_DOUBLE_EQ(row["real_time"], 1000);
    EXPECT_DOUBLE_EQ(row["bytes_per_second"], 24576 / 1e-6);
    const Json& cases = file["workspan"]["cases"];
    ASSERT_EQ(cases.size(), 3U);
    EXPECT_EQ(cases[0]["status"], "ok");
    EXPECT_EQ(cases[0]["invocations"][0]["wall"].size(), 3U);
    EXPECT_EQ(cases[1]["status"], "failed");
    EXPECT_EQ(cases[1]["verdict"]["why"], "element 3");
    EXPECT_FALSE(cases[1].contains("time"));
    EXPECT_EQ(cases[2]["reason"], "no CUDA device");
    EXPECT_EQ(file["context"]["json_schema_version"], 1);
    EXPECT_EQ(file["workspan"]["schema_version"], 1);
}

TEST(ResultFile, TellsTheGpusClockAfterEachSample)
{
    auto cases = three_cases();
    cases[0].samples[0].gpu = GpuMoment{.sm_mhz = 1980, .throttled = {"power cap"}};
    cases[0].samples[1].gpu = GpuMoment{.sm_mhz = {}};
    const Json file = strict(result_json(
        cases, {.started = "s", .ended = "e", .complete = true, .arguments = {"bench"}}, {}, {}));
    const Json& samples = file["workspan"]["cases"][0]["invocations"][0];
    EXPECT_EQ(samples["sm_mhz"], Json::parse(R"([1980.0, "unknown", "unknown"])"));
    EXPECT_EQ(samples["throttled"], Json::parse(R"([["power cap"], [], []])"));
}

TEST(ResultFile, WhatIsNotKnownSaysSo)
{
    Machine machine;
    machine.memory_limit = std::numeric_limits<double>::infinity();
    const std::string text = result_json({}, {}, {}, machine);
    const Json m = strict(text)["workspan"]["machine"];
    EXPECT_EQ(m["cpu"]["model"], "unknown");
    EXPECT_EQ(m["cpu"]["governor"], "unknown");
    EXPECT_EQ(m["limits"]["cpu_quota"], "unknown");
    EXPECT_EQ(m["limits"]["memory_limit"], "unlimited");
    EXPECT_EQ(text.find("null"), std::string::npos);
    EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST(ResultFile, HostileTextStaysStrictUtf8)
{
    Machine machine;
    machine.host = "bad\xff\"\n\x01";
    Options options;
    options.context = {{"key\"\n", "value\xc3"}};
    EXPECT_NO_THROW(strict(result_json(three_cases(), {}, options, machine)));
}

TEST(ResultFile, AggregatesAndUnitsFollowTheFlags)
{
    Options options;
    options.aggregates_only = true;
    options.time_unit = "ms";
    const Json rows = strict(result_json(three_cases(), {}, options, {}))["benchmarks"];
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0]["name"], "triad/seq/n:1024/threads:1_mean");
    EXPECT_EQ(rows[1]["aggregate_name"], "median");
    EXPECT_DOUBLE_EQ(rows[1]["real_time"], 1e-3);
    EXPECT_NEAR(rows[3]["real_time"], 0.01, 1e-9); // the coefficient of variation
}

TEST(ResultFile, CsvHasGoogleBenchmarksColumns)
{
    const std::string csv = result_csv(three_cases(), "us", false);
    EXPECT_TRUE(csv.starts_with(
        "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,"));
    EXPECT_NE(csv.find("\"triad/seq/n:1024/threads:1\",3,1,"), std::string::npos) << csv;
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 2);
}

class Folder : public testing::Test {
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }
    std::string content(const fs::path& path)
    {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::size_t files()
    {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }
    const fs::path folder_ =
        fs::temp_directory_path() / ("workspan-test-" + std::to_string(getpid()));
};

TEST_F(Folder, WritingReplacesWholeAndLeavesNothingElse)
{
    write_atomically(folder_ / "a.json", "old");
    write_atomically(folder_ / "a.json", "new");
    EXPECT_EQ(content(folder_ / "a.json"), "new");
    EXPECT_EQ(files(), 1U);
}

TEST_F(Folder, FailureSaysWhereAndWhyAndKeepsTheOldFile)
{
    EXPECT_THROW(write_atomically(folder_ / "no such folder" / "a.json", "x"), WriteError);
    EXPECT_THROW(check_writable(folder_ / "no such folder" / "a.json"), WriteError);
    EXPECT_THROW(check_writable(folder_), WriteError);
    try {
        write_atomically("/dev/full", std::string(1 << 20, 'x'));
        FAIL() << "a full device was written";
    } catch (const WriteError& e) {
        EXPECT_EQ(std::string(e.what()), "/dev/full: cannot write: No space left on device");
    }
    write_atomically("/dev/null", "x");
}

TEST_F(Folder, CheckingLeavesNothing)
{
    check_writable(folder_ / "a.json");
    EXPECT_EQ(files(), 0U);
}

} // namespace
} // namespace workspan
