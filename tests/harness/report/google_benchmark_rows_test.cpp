// SPDX-License-Identifier: Apache-2.0
#include "harness/report/google_benchmark_rows.hpp"
#include "tests/harness/results.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <sstream>

namespace workspan {
namespace {

// Wall times of 1, 2 and 6 s: mean 3, median 2, deviation sqrt((4 + 1 + 9) / 2) = sqrt(7).
CaseResult three_samples()
{
    CaseResult c = finished("triad", "seq", 1024, 1, 2, {0, 12, 6});
    c.samples = {{1, 2}, {2, 4}, {6, 12}};
    return c;
}

std::vector<std::string> lines(const std::string& text)
{
    std::vector<std::string> found;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        found.push_back(line);
    return found;
}

TEST(UnitOf, IsOneOfGoogleBenchmarks)
{
    EXPECT_EQ(unit_of("").name, "ns");
    const std::vector<std::pair<std::string, double>> units = {
        {"ns", 1e9}, {"us", 1e6}, {"ms", 1e3}, {"s", 1}};
    for (const auto& [name, per_second] : units) {
        EXPECT_EQ(unit_of(name).name, name);
        EXPECT_EQ(unit_of(name).per_second, per_second);
    }
    EXPECT_THROW(unit_of("min"), std::out_of_range);
}

TEST(RowsOf, APlainRowHasTheMedians)
{
    const std::vector<Row> rows = rows_of(three_samples(), false);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].name, "triad/seq/n:1024/threads:1");
    EXPECT_EQ(rows[0].aggregate, "");
    EXPECT_EQ(rows[0].real, 2);
    EXPECT_EQ(rows[0].cpu, 4);
}

TEST(RowsOf, AggregatesAreMeanMedianDeviationAndTheirRatio)
{
    const std::vector<Row> rows = rows_of(three_samples(), true);
    const std::vector<std::pair<std::string, double>> expected = {
        {"mean", 3}, {"median", 2}, {"stddev", std::sqrt(7.0)}, {"cv", std::sqrt(7.0) / 3}};
    ASSERT_EQ(rows.size(), expected.size());
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const auto& [aggregate, value] = expected[k];
        EXPECT_EQ(rows[k].name, "triad/seq/n:1024/threads:1_" + aggregate);
        EXPECT_EQ(rows[k].aggregate, aggregate);
        EXPECT_DOUBLE_EQ(rows[k].real, value);
        EXPECT_DOUBLE_EQ(rows[k].cpu, aggregate == "cv" ? value : 2 * value);
    }
}

TEST(RowsOf, ASingleSampleHasNoDeviation)
{
    CaseResult c = three_samples();
    c.samples.resize(1);
    const std::vector<Row> rows = rows_of(c, true);
    EXPECT_EQ(rows[2].real, 0);
    EXPECT_EQ(rows[3].real, 0);
}

TEST(ResultCsv, HasGoogleBenchmarksColumnsAndFinishedCasesOnly)
{
    CaseResult failed = three_samples();
    failed.status = Status::failed;
    const auto rows = lines(result_csv({three_samples(), failed}, "ms", false));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0], "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,"
                       "items_per_second,label,error_occurred,error_message");
    EXPECT_EQ(rows[1], "\"triad/seq/n:1024/threads:1\",3,2000,4000,ms,6,3,,,");
}

TEST(ResultCsv, SpreadHasNoRateAndTheShareNoUnit)
{
    const auto rows = lines(result_csv({three_samples()}, "ms", true));
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_TRUE(rows[1].ends_with(",3000,6000,ms,4,2,,,")) << rows[1];
    EXPECT_TRUE(rows[3].ends_with(",ms,,,,,")) << rows[3];
    EXPECT_NE(rows[4].find("_cv\",3,0.88"), std::string::npos) << rows[4];
}

} // namespace
} // namespace workspan
