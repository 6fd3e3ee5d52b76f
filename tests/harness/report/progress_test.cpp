// SPDX-License-Identifier: Apache-2.0
#include "harness/report/progress.hpp"
#include "tests/harness/results.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(Progress, LineIsCutToTheTerminal)
{
    const CaseResult c = finished("triad", "seq", 1024, 1, 1e-3, {1, 1, 1});
    const std::string line = progress_line({&c, 3, 12, 90}, 200);
    EXPECT_EQ(line,
              "[3/12] at most 1 min 30 s left  triad/seq/n:1024/threads:1  1.00 ms (3 samples)");
    EXPECT_EQ(progress_line({&c, 3, 12, 90}, 20).size(), 19U);
}

} // namespace
} // namespace workspan
