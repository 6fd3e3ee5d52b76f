// SPDX-License-Identifier: Apache-2.0
#include "harness/report/table.hpp"
#include "tests/harness/results.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

namespace workspan {
namespace {

std::vector<CaseResult> one_of_each()
{
    std::vector<CaseResult> cases;
    for (const Workload& w : suite())
        for (const Variant& v : w.variants) {
            cases.push_back(finished(w.name, v.name, 16777216, 128, 1.2345e-3, {1e12, 3e11, 1}));
            cases.back().baseline = 15.2356;
        }
    cases[1].interval.reset();
    cases[2].interval = Interval{1e-3, 2e-3};
    cases[5].status = Status::failed;
    cases[5].reason = "wrong result before timing: element 3 is odd";
    for (CaseResult& c : cases)
        if (c.variant == "cuda") {
            c.status = Status::skipped;
            c.reason = "no CUDA device";
        }
    cases[0].warnings = {{"gpu_clock_held", "power cap: after 2 of 8 samples"}};
    return cases;
}

TEST(Table, FitsInto100ColumnsWithoutColour)
{
    std::istringstream lines(results_text(one_of_each(), suite(), {}));
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 100U) << line;
    EXPECT_EQ(results_text(one_of_each(), suite(), {}).find('\x1b'), std::string::npos);
    EXPECT_NE(results_text(one_of_each(), suite(), {.color = true}).find('\x1b'),
              std::string::npos);
}

TEST(Table, ShowsMarksReasonsAndTotals)
{
    const std::string text = results_text(one_of_each(), suite(), {});
    EXPECT_NE(text.find("none~"), std::string::npos);
    EXPECT_NE(text.find("~: wider than the target, or no interval for"), std::string::npos);
    EXPECT_NE(text.find("40.5%~"), std::string::npos);
    EXPECT_NE(text.find("FAILED: wrong result before timing: element 3 is odd (1):"),
              std::string::npos);
    const std::vector<CaseResult> cases = one_of_each();
    const std::string skipped = std::to_string(std::count_if(
        cases.begin(), cases.end(), [](const CaseResult& c) { return c.variant == "cuda"; }));
    EXPECT_NE(text.find("skipped: no CUDA device (" + skipped + "):"), std::string::npos);
    EXPECT_NE(text.find("note: GPU clock held down: power cap: after 2 of 8 samples (1): copy/seq"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("Skipped: " + skipped + ". Failed: 1."), std::string::npos);
    const std::size_t head = text.find("   variant ");
    const std::string columns = text.substr(head, text.find('\n', head) - head);
    for (const char* column : {"variant", "threads", "time", "+-", "GB/s", "vs seq"})
        EXPECT_NE(columns.find(column), std::string::npos) << column;
    for (const char* judged : {"ceiling", "efficiency", "vs 1 thread", "vs all cores"})
        EXPECT_EQ(columns.find(judged), std::string::npos) << judged << " compares cases";
}

TEST(Table, HasOneHeadPerProblemWithItsWorkingSetIfThereIsOne)
{
    Workload workload = suite().front();
    workload.name = "free";
    std::vector<CaseResult> cases = {finished("free", "seq", 1024, 1, 0.5, {1, 4000, 1}),
                                     finished("free", "omp", 1024, 2, 0.5, {1, 8000, 1})};
    std::string text = results_text(cases, {workload}, {});
    EXPECT_NE(text.find("n = 2^10 (4.00 kB)\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("n = 2^10"), text.rfind("n = 2^10"))
        << "memory for each thread makes no other problem";
    cases[0].footprint = {0, 32, 0};
    text = results_text(cases, {workload}, {});
    EXPECT_NE(text.find("n = 2^10\n"), std::string::npos) << text;
}

TEST(Table, ACaseThatIsNotOkHasNoNumber)
{
    std::vector<CaseResult> cases = {finished("triad", "seq", 1024, 1, 7.77e-3, {1, 1, 1})};
    cases[0].status = Status::failed;
    EXPECT_EQ(results_text(cases, suite(), {}).find("7.77"), std::string::npos);
}

TEST(Table, TellsTheRateInTheUnitOfTheWorkload)
{
    Workload workload = suite().front();
    workload.name = "free"; // bound by nothing that is measured
    CaseResult c =
        finished("free", "seq", 1024, 1, 0.5, {.flops = 1e9, .bytes = 2e9, .items = 4e9});
    const std::vector<std::tuple<Rate, const char*, const char*>> told = {
        {Rate::flops, "GFLOP/s", " 2.00 "},
        {Rate::bytes, "GB/s", " 4.00 "},
        {Rate::items, "Gitem/s", " 8.00 "}};
    for (const auto& [rate, unit, number] : told) {
        c.rate = rate;
        const std::string text = results_text({c}, {workload}, {});
        EXPECT_NE(text.find(unit), std::string::npos) << text;
        EXPECT_NE(text.find(number), std::string::npos) << text;
    }
}

TEST(Table, RatesOfItemsAreInTheLargestUnitInWhichTheLowestIsAtLeastOne)
{
    Workload workload = suite().front();
    workload.name = "free";
    CaseResult slow = finished("free", "seq", 1024, 1, 0.5, {}), fast = slow;
    fast.problem.n = 2048;
    slow.rate = fast.rate = Rate::items;
    struct Shown {
        double lowest, highest; // items per second
        const char *unit, *low, *high;
    };
    for (const Shown& s : {Shown{3e9, 3e12, " Gitem/s", " 3.00 ", " 3000 "},
                           Shown{998e6, 998e9, " Mitem/s", " 998 ", " 998000 "},
                           Shown{3e6, 3e9, " Mitem/s", " 3.00 ", " 3000 "},
                           Shown{3e3, 3e6, " kitem/s", " 3.00 ", " 3000 "},
                           Shown{350, 75e6, " kitem/s", " 0.35 ", " 75000 "}, // 7.5e+07 item/s
                           Shown{100, 1e5, " item/s", " 100 ", " 100000 "},
                           Shown{0.1, 100, " item/s", " 0.10 ", " 100 "},
                           Shown{0, 0, " Gitem/s", " 0.00 ", " 0.00 "}}) {
        slow.cost.items = s.lowest * slow.time;
        fast.cost.items = s.highest * fast.time;
        const std::string text = results_text({slow, fast}, {workload}, {});
        for (const char* part : {s.unit, s.low, s.high})
            EXPECT_NE(text.find(part), std::string::npos) << part << text;
        EXPECT_NE(text.find(s.unit), text.rfind(s.unit)) << "one unit for both problems";
    }
}

TEST(Table, VsSeqIsTheRatioOfTheTwoMediansOrADash)
{
    CaseResult c = finished("triad", "omp", 1024, 2, 2e-3, {1, 1, 1});
    EXPECT_NE(results_text({c}, suite(), {}).find(" -\n"), std::string::npos);
    c.baseline = 3e-3;
    EXPECT_NE(results_text({c}, suite(), {}).find(" 1.50\n"), std::string::npos);
}

TEST(Table, EndsWithTheWayToTheJudgedTable)
{
    const std::vector<CaseResult> cases = {finished("triad", "seq", 1024, 1, 1, {1, 1, 1})};
    EXPECT_TRUE(results_text(cases, suite(), {.file = "r.json"})
                    .ends_with("doubtful results: workspan info r.json\n"));
    EXPECT_TRUE(results_text(cases, suite(), {})
                    .ends_with("repeat with --out FILE, then workspan info FILE\n"));
}

} // namespace
} // namespace workspan
