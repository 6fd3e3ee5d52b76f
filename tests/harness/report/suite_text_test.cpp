// SPDX-License-Identifier: Apache-2.0
#include "harness/report/suite_text.hpp"

#include "harness/report/prose.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sstream>

namespace workspan {
namespace {

TEST(List, NamesEveryWorkloadWithALine)
{
    const std::string text = list_text(suite());
    for (const Workload& w : suite())
        EXPECT_NE(text.find(w.name + " "), std::string::npos);
    EXPECT_NE(text.find("; input uniform zipf"), std::string::npos);
}

TEST(List, HasLinesOfAtMostAHundredColumns)
{
    std::size_t longest = 0, continued = 0;
    for (const bool with_prose : {false, true}) {
        std::istringstream lines(list_text(suite(), with_prose));
        for (std::string line; std::getline(lines, line);) {
            EXPECT_LE(line.size(), 100U) << line;
            longest = std::max(longest, line.size());
            continued += line.starts_with(std::string(14, ' ')) ? 1 : 0;
        }
    }
    EXPECT_GT(longest, 90U);
    EXPECT_GT(continued, 0U);
}

TEST(List, LongSaysWhatEachContractSays)
{
    const std::string text = list_text(suite(), true);
    for (const Workload& w : suite()) {
        const std::string comment(prose(w.name));
        EXPECT_TRUE(comment.starts_with(w.name + ":") || w.contract.rate == Rate::flops)
            << "a contract begins with the name of its workload: " << w.name;
        std::string words = comment; // wherever its lines are broken
        std::replace(words.begin(), words.end(), '\n', ' ');
        EXPECT_GT(comment.size(), 300U) << w.name;
        EXPECT_NE(text.find("  " + comment.substr(0, comment.find('\n'))), std::string::npos)
            << w.name;
        EXPECT_NE(text.find("\n  " + comment.substr(comment.rfind('\n') + 1) + "\n\n"),
                  std::string::npos)
            << w.name;
        for (const char* word : {"Parallel pattern:", "rithmetic intensity", "Check"}) // A or a
            EXPECT_NE(words.find(word), std::string::npos) << w.name << " does not say: " << word;
        EXPECT_EQ(comment.find("//"), std::string::npos) << w.name;
    }
    EXPECT_TRUE(prose("nowhere").empty());
    EXPECT_EQ(prose("fma"), prose("dfma"));
    EXPECT_TRUE(prose("em").empty()) << "a part of a name is not a name";
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

TEST(List, LongEndsWithTheMeaningOfTheShownVariants)
{
    const std::string all = list_text(suite(), true);
    const std::string words = all.substr(all.rfind("\n\nvariants\n"));
    for (const char* name : {"seq", "seq_plain", "omp", "omp_plain", "cuda", "cuda_naive",
                             "cuda_e2e", "cuda_pinned"}) {
        const std::size_t found = words.find(fmt::format("\n  {:<13}", name));
        EXPECT_NE(found, std::string::npos) << name;
        EXPECT_EQ(found, words.rfind(fmt::format("\n  {:<13}", name))) << name << " twice";
    }
    // Variants of one workload only: its contract describes them.
    for (const char* name : {"omp_tiled", "omp_tasks", "omp_static", "seq_sweeps", "tbb"})
        EXPECT_EQ(words.find(std::string("  ") + name), std::string::npos) << name;
    EXPECT_TRUE(words.ends_with("  others       described above, or the library of that name\n"))
        << words;
    Workload fma = suite().at(3);
    fma.variants.resize(2);
    EXPECT_TRUE(
        list_text({fma}, true).ends_with("SIMD included\n  omp          OpenMP across the cores\n"))
        << list_text({fma}, true);
    EXPECT_EQ(list_text({fma}).find("OpenMP across"), std::string::npos);
}

} // namespace
} // namespace workspan
