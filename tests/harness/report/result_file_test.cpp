// SPDX-License-Identifier: Apache-2.0
#include "harness/report/result_file.hpp"
#include "tests/harness/results.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

namespace workspan {
namespace {

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
    cases[1].cause = Cause::wrong_result;
    cases[1].reason = "wrong result";
    cases[1].check_result = {
        .ok = false, .why = "element 3", .error = std::numeric_limits<double>::infinity()};
    cases[2].status = Status::skipped;
    cases[2].samples.clear();
    cases[2].cause = Cause::unavailable;
    cases[2].reason = "no CUDA device";
    return cases;
}

TEST(ResultFile, HoldsOnlyFinishedRowsAndAllCases)
{
    const Json file = strict(result_json(
        {three_cases()}, {.started = "s", .ended = "e", .complete = true, .arguments = {"bench"}},
        {}, {}));
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
    EXPECT_EQ(cases[1]["cause"], "wrong_result");
    EXPECT_FALSE(cases[1].contains("time"));
    EXPECT_EQ(cases[2]["cause"], "unavailable");
    EXPECT_EQ(cases[2]["reason"], "no CUDA device");
    EXPECT_EQ(file["context"]["json_schema_version"], 1);
    EXPECT_EQ(file["workspan"]["schema_version"], 2);
}

TEST(ResultFile, TellsTheFactsOfACase)
{
    auto cases = three_cases();
    cases[0].ceiling = "copy";
    cases[0].rate = Rate::bytes;
    cases[0].role = Role::teaching;
    cases[0].level = Level::shared;
    cases[1].threading = Threading::own;
    cases[1].ours = false;
    cases[1].library = {"OpenBLAS", "0.3.21", "Haswell"};
    cases[1].subject = Subject::concurrency;
    const Json written = strict(result_json({cases}, {}, {}, {}))["workspan"]["cases"];
    const std::map<std::string, Json> expected = {{"ceiling", "copy"},  {"rate_unit", "bytes"},
                                                  {"role", "teaching"}, {"level", "shared"},
                                                  {"threading", "one"}, {"ours", true},
                                                  {"scope", "host"},    {"subject", "computing"}};
    for (const auto& [field, value] : expected)
        EXPECT_EQ(written[0][field], value) << field;
    EXPECT_EQ(written[1]["threading"], "own");
    EXPECT_EQ(written[1]["ours"], false);
    EXPECT_EQ(written[1]["library"],
              Json({{"name", "OpenBLAS"}, {"version", "0.3.21"}, {"core", "Haswell"}}));
    EXPECT_FALSE(written[0].contains("library"));
    EXPECT_EQ(written[1]["subject"], "concurrency");
    EXPECT_EQ(written[1]["level"], "none");
    EXPECT_EQ(written[2]["scope"], "kernel");
    for (const char* gone : {"bound", "comparison", "is_ceiling", "cause", "baseline"})
        EXPECT_FALSE(written[0].contains(gone)) << gone;
}

TEST(ResultFile, TellsTheShareOfTheCpuOfHostCasesOnly)
{
    auto cases = three_cases();
    cases[2] = finished("triad", "cuda", 1024, 1, 1, {2048, 24576, 1024});
    const Json written = strict(result_json({cases}, {}, {}, {}))["workspan"]["cases"];
    EXPECT_EQ(written[0]["invocations"][0]["cpu_share"], 1.0);
    EXPECT_FALSE(written[2]["invocations"][0].contains("cpu_share"));
}

TEST(ResultFile, AWarningIsACodeAndItsDetail)
{
    auto cases = three_cases();
    cases[0].warnings = {{"gpu_clock_unsteady", "1410 to 1980 MHz after samples"}};
    const Json written = strict(result_json({cases}, {}, {}, {}))["workspan"]["cases"];
    EXPECT_EQ(written[0]["warnings"], Json::parse(R"([{"code": "gpu_clock_unsteady",
        "detail": "1410 to 1980 MHz after samples"}])"));
    EXPECT_EQ(written[1]["warnings"], Json::array());
}

TEST(ResultFile, APlannedCaseHasNeitherReasonNorTime)
{
    CaseResult c = three_cases()[2];
    c.status = Status::planned;
    c.cause = Cause::none;
    c.reason = "";
    const Json file = strict(result_json({{c}}, {}, {}, {}));
    const Json written = file["workspan"]["cases"][0];
    EXPECT_EQ(written["status"], "planned");
    EXPECT_EQ(written["reason"], "");
    EXPECT_FALSE(written.contains("cause") || written.contains("time"));
    EXPECT_TRUE(file["benchmarks"].empty());
}

TEST(ResultFile, TellsTheGpusClockAfterEachSample)
{
    auto cases = three_cases();
    cases[0].samples[0].gpu = GpuMoment{.sm_mhz = 1980, .throttled = {"power cap"}};
    cases[0].samples[1].gpu = GpuMoment{.sm_mhz = {}};
    const Json file = strict(result_json(
        {cases}, {.started = "s", .ended = "e", .complete = true, .arguments = {"bench"}}, {}, {}));
    const Json& samples = file["workspan"]["cases"][0]["invocations"][0];
    EXPECT_EQ(samples["sm_mhz"], Json::parse(R"([1980.0, "unknown", "unknown"])"));
    EXPECT_EQ(samples["throttled"], Json::parse(R"([["power cap"], [], []])"));
}

TEST(ResultFile, TellsThatSizesGrewWithTheThreadsOnPurpose)
{
    const auto run_of = [](const Options& options) {
        const Json file = strict(result_json({three_cases()}, {}, options, {}));
        return Json(file["workspan"]["run"]);
    };
    Options options;
    EXPECT_FALSE(run_of(options).contains("sweep"));
    options.weak = true;
    EXPECT_EQ(run_of(options)["sweep"], "weak_scaling");
}

TEST(ResultFile, UnknownValuesSaySo)
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

TEST(ResultFile, PairsOfCpusAreAListThatMayBeEmpty)
{
    Machine machine;
    const auto pairs = [&] {
        return strict(result_json({}, {}, {}, machine))["workspan"]["machine"]["cpu"]["pairs"];
    };
    EXPECT_EQ(pairs(), Json::array());
    machine.pairs = {{0, 1, 1.98}, {0, 8, 1.02}};
    EXPECT_EQ(pairs()[1], Json::parse(R"({"first": 0, "second": 8, "gain": 1.02})"));
}

TEST(ResultFile, HostileTextStaysStrictUtf8)
{
    Machine machine;
    machine.host = "bad\xff\"\n\x01";
    Options options;
    options.context = {{"key\"\n", "value\xc3"}};
    EXPECT_NO_THROW(strict(result_json({three_cases()}, {}, options, machine)));
}

TEST(ResultFile, AggregatesAndUnitsFollowTheFlags)
{
    Options options;
    options.aggregates_only = true;
    options.time_unit = "ms";
    const Json rows = strict(result_json({three_cases()}, {}, options, {}))["benchmarks"];
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0]["name"], "triad/seq/n:1024/threads:1_mean");
    EXPECT_EQ(rows[1]["aggregate_name"], "median");
    EXPECT_DOUBLE_EQ(rows[1]["real_time"], 1e-3);
    EXPECT_NEAR(rows[3]["real_time"], 0.01, 1e-9); // the coefficient of variation
}

} // namespace
} // namespace workspan
