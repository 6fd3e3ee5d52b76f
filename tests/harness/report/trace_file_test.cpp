// SPDX-License-Identifier: Apache-2.0
// The trace file: lanes of tasks, CPUs and workers, in which nothing overlaps. The reader in Python
// has the rules; it is tested with files of the binary.
#include "harness/report/trace_file.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace workspan {
namespace {

using Json = nlohmann::json;
using Kind = Span::Kind;

// Two tasks; the first issues the second at 4 us and waits. On CPU 1 the second begins before the
// first ends, by the reading of two clocks.
TracedCase made_up()
{
    TracedCase c = {"waiters/futures/n:2/threads:2",
                    "waiters",
                    "futures",
                    {.n = 2, .threads = 2, .keys = {{"tau", "1ms"}}},
                    std::make_shared<Trace>(2),
                    1000,
                    21000};
    c.trace->add(0, Kind::run, 2000, 5000, 1);
    c.trace->add(0, Kind::wait, 5000, 20000, 1);
    c.trace->add(1, Kind::run, 4900, 9000, 1);
    return c;
}

Json file_of(const std::vector<TracedCase>& cases)
{
    return Json::parse(trace_json(cases, {}, 41.5));
}

// The spans of a group of lanes.
std::vector<Json> spans(const Json& file, int pid)
{
    std::vector<Json> found;
    for (const Json& event : file.at("traceEvents"))
        if (event.at("ph") == "X" && event.at("pid") == pid && event.contains("args"))
            found.push_back(event);
    return found;
}

TEST(TraceFile, SaysWhichCaseAndHowManyTasks)
{
    const Json about = file_of({made_up()}).at("otherData").at("workspan").at("cases").at(0);
    EXPECT_EQ(about.at("name"), "waiters/futures/n:2/threads:2");
    EXPECT_EQ(about.at("keys").at("tau"), "1ms");
    EXPECT_EQ(about.at("tasks"), 2);
    EXPECT_EQ(about.at("written"), 2);
    EXPECT_EQ(about.at("dropped"), 0);
    EXPECT_DOUBLE_EQ(about.at("seconds"), 2e-5);
    EXPECT_DOUBLE_EQ(about.at("span_cost_ns"), 41.5);
}

TEST(TraceFile, TimesAreMicrosecondsSinceTheRunBegan)
{
    const std::vector<Json> tasks = spans(file_of({made_up()}), 1);
    ASSERT_EQ(tasks.size(), 3U);
    EXPECT_EQ(tasks[0].at("ts"), 1.0);
    EXPECT_EQ(tasks[0].at("dur"), 3.0);
    EXPECT_EQ(tasks[0].at("cat"), "run");
    EXPECT_EQ(tasks[1].at("cat"), "wait");
    EXPECT_EQ(tasks[2].at("tid"), 2);
    EXPECT_EQ(tasks[2].at("args").at("task"), 1);
}

TEST(TraceFile, OnALaneOfACpuNothingWaitsAndNothingOverlaps)
{
    const std::vector<Json> on_cpu = spans(file_of({made_up()}), 2);
    ASSERT_EQ(on_cpu.size(), 2U);
    EXPECT_EQ(on_cpu[0].at("tid"), 2);
    EXPECT_EQ(on_cpu[1].at("ts"), 4.0) << "clipped to the end of the one before";
    EXPECT_EQ(spans(file_of({made_up()}), 3).size(), 2U) << "workers";
}

TEST(TraceFile, AnArrowLeadsFromTheIssueToTheStart)
{
    TracedCase c = made_up();
    c.trace->issue(0, 1);
    c.begin = 0;
    std::vector<Json> arrow;
    const Json file = file_of({c});
    for (const Json& event : file.at("traceEvents"))
        if (event.at("ph") == "s" || event.at("ph") == "f")
            arrow.push_back(event);
    ASSERT_EQ(arrow.size(), 2U);
    EXPECT_EQ(arrow[0].at("tid"), 1);
    EXPECT_EQ(arrow[1].at("tid"), 2);
    EXPECT_EQ(arrow[1].at("ts"), 4.9);
    EXPECT_EQ(arrow[0].at("id"), arrow[1].at("id"));
}

TEST(TraceFile, CasesHaveGroupsOfTheirOwn)
{
    const Json file = file_of({made_up(), made_up()});
    EXPECT_EQ(spans(file, 4).size(), 3U);
    EXPECT_EQ(file.at("otherData").at("workspan").at("cases").at(1).at("pid_tasks"), 4);
}

} // namespace
} // namespace workspan
