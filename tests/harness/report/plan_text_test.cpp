// SPDX-License-Identifier: Apache-2.0
#include "harness/report/plan_text.hpp"
#include "tests/harness/results.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

TEST(DryRun, EndsWithTheTimeIfItIsKnown)
{
    CaseResult planned = finished("triad", "seq", 1024, 1, 0, {1, 1, 1}), skipped = planned;
    planned.status = Status::planned;
    skipped.status = Status::skipped;
    skipped.reason = "no CUDA device";
    EXPECT_TRUE(plan_text({planned, skipped}, 200)
                    .ends_with("\nCases to measure: 1. Workloads: 1. Time limit: 3 min 20 s.\n"));
    EXPECT_TRUE(plan_text({planned}, 0.2).ends_with(" Time limit: 200 ms.\n"));
    EXPECT_TRUE(plan_text({planned}, std::nullopt).ends_with("Workloads: 1.\n"));
    EXPECT_TRUE(plan_text({skipped}, 200).ends_with("Cases to measure: 0. Workloads: 0.\n"));
}

} // namespace
} // namespace workspan
