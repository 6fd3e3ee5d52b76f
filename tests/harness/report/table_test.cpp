// SPDX-License-Identifier: Apache-2.0
#include "harness/report/progress.hpp"
#include "harness/report/prose.hpp"
#include "harness/report/table.hpp"
#include "harness/support/format.hpp"
#include "tests/harness/results.hpp"

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
            Comparison& k = cases.back().comparison;
            k.vs_seq = k.vs_one_thread = k.efficiency = k.vs_all_cores = k.of_ceiling =
                Ratio{12345.678, std::nullopt};
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
    cases[0].warnings = {"implausible: too fast"};
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
    EXPECT_NE(text.find("40.5%~"), std::string::npos);
    EXPECT_NE(text.find("FAILED: wrong result before timing: element 3 is odd (1):"),
              std::string::npos);
    const std::string skipped = std::to_string(suite().size()); // each workload's cuda
    EXPECT_NE(text.find("skipped: no CUDA device (" + skipped + "):"), std::string::npos);
    EXPECT_NE(text.find("note: implausible: too fast (1): copy/seq"), std::string::npos);
    EXPECT_NE(text.find("Skipped: " + skipped + ". Failed: 1."), std::string::npos);
    for (const char* column :
         {"vs seq", "vs 1 thread", "efficiency", "vs all cores", "ceiling", "GB/s", "GFLOP/s"})
        EXPECT_NE(text.find(column), std::string::npos) << column;
}

TEST(Table, WhereNoBytesNeedToMoveItemsAreCounted)
{
    Workload workload = suite().front();
    workload.name = "free"; // bound by nothing that is measured
    const auto text = results_text(
        {finished("free", "seq", 1024, 1, 0.5, {.flops = 0, .bytes = 0, .items = 3.5e9})},
        {workload}, {});
    EXPECT_NE(text.find("Gitem/s"), std::string::npos) << text;
    EXPECT_NE(text.find("7.00"), std::string::npos) << text;
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

TEST(Table, ItsLegendNamesEveryCeiling)
{
    const std::string text = results_text(one_of_each(), suite(), {});
    const std::string ceilings = text.substr(text.find("bounds the workload ("), 60);
    for (const Workload& w : suite())
        EXPECT_TRUE(w.contract.ceiling.empty() ||
                    ceilings.find(w.contract.ceiling) != std::string::npos)
            << w.contract.ceiling;
    EXPECT_NE(ceilings.find(",\ndfma)"), std::string::npos) << "fma is a part of it";
}

TEST(Table, ACaseThatIsNotOkHasNoNumber)
{
    std::vector<CaseResult> cases = {finished("triad", "seq", 1024, 1, 7.77e-3, {1, 1, 1})};
    cases[0].status = Status::failed;
    EXPECT_EQ(results_text(cases, suite(), {}).find("7.77"), std::string::npos);
}

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
    EXPECT_EQ(format_duration(65.2), "1:05");
    EXPECT_EQ(format_duration(-3), "0:00");
}

TEST(Progress, LineIsCutToTheTerminal)
{
    const CaseResult c = finished("triad", "seq", 1024, 1, 1e-3, {1, 1, 1});
    const std::string line = progress_line({&c, 3, 12, 90}, 200);
    EXPECT_EQ(line, "[3/12] 1:30 left at most  triad/seq/n:1024/threads:1  1.00 ms (3 samples)");
    EXPECT_EQ(progress_line({&c, 3, 12, 90}, 20).size(), 19U);
}

TEST(List, NamesEveryWorkloadWithALine)
{
    const std::string text = list_text(suite());
    for (const Workload& w : suite())
        EXPECT_NE(text.find(w.name + " "), std::string::npos);
    EXPECT_NE(text.find("inputs uniform zipf"), std::string::npos);
}

TEST(List, LongSaysWhatEachContractSays)
{
    const std::string text = list_text(suite(), true);
    for (const Workload& w : suite()) {
        const std::string comment(prose(w.name));
        EXPECT_GT(comment.size(), 300U) << w.name;
        EXPECT_NE(text.find("  " + comment.substr(0, comment.find('\n'))), std::string::npos)
            << w.name;
        EXPECT_NE(text.find("\n  " + comment.substr(comment.rfind('\n') + 1) + "\n\n"),
                  std::string::npos)
            << w.name;
        for (const char* word : {"Parallel pattern:", "rithmetic intensity", "Check"}) // A or a
            EXPECT_NE(comment.find(word), std::string::npos) << w.name << " does not say: " << word;
        EXPECT_EQ(comment.find("//"), std::string::npos) << w.name;
    }
    EXPECT_TRUE(prose("nowhere").empty());
    EXPECT_EQ(prose("fma"), prose("dfma"));
    EXPECT_TRUE(prose("em").empty()) << "a part of a name is no name";
}

TEST(List, LongBeginsWithTheNameAndSaysASharedContractOnce)
{
    const std::string text = list_text(suite(), true);
    EXPECT_TRUE(text.starts_with("copy  ")) << text.substr(0, 100);
    EXPECT_NE(text.find("\n\nread  "), std::string::npos);
    const std::size_t fma = text.find("\n\nfma  "), dfma = text.find("\ndfma  "),
                      said = text.find("  fma (float) and dfma (double):");
    EXPECT_TRUE(fma < dfma && dfma < said && said != std::string::npos);
    EXPECT_EQ(text.rfind("  fma (float) and dfma (double):"), said);
}

TEST(List, LongEndsWithWhatTheShownVariantsAre)
{
    const std::string all = list_text(suite(), true);
    const std::string words = all.substr(all.rfind("\n\nvariants\n"));
    for (const char* word : {"  seq  ", "  seq_plain  ", "  omp  ", "  cuda  ", "  cuda_e2e  ",
                             "  cuda_pinned  ", "  others  "})
        EXPECT_NE(words.find(word), std::string::npos) << word;
    Workload fma = suite().at(3);
    fma.variants.resize(2);
    EXPECT_TRUE(
        list_text({fma}, true).ends_with("SIMD included\n  omp          OpenMP across the cores\n"))
        << list_text({fma}, true);
    EXPECT_EQ(list_text({fma}).find("OpenMP across"), std::string::npos);
}

TEST(DryRun, EndsWithTheTimeWhereItIsKnown)
{
    CaseResult planned = finished("triad", "seq", 1024, 1, 0, {1, 1, 1}), skipped = planned;
    planned.reason = "planned";
    skipped.reason = "no CUDA device";
    EXPECT_TRUE(
        plan_text({planned, skipped}, 200)
            .ends_with(
                "\nCases to measure: 1. Workloads: 1. Time: at most 3:20 min, by the budgets.\n"));
    EXPECT_TRUE(plan_text({planned}, std::nullopt).ends_with("Workloads: 1.\n"));
    EXPECT_TRUE(plan_text({skipped}, 200).ends_with("Cases to measure: 0. Workloads: 0.\n"));
}

} // namespace
} // namespace workspan
