// SPDX-License-Identifier: Apache-2.0
// A wrong kernel never gets a time, whenever it goes wrong: mutants of every workload's baseline
// end as failed cases without samples.
#include "tests/contracts/walk.hpp"
#include "tests/harness/measure/made_up.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

class EveryMutant : public testing::TestWithParam<Walked> {
protected:
    // The baseline's trial; tests replace its run.
    Trial right() const
    {
        const auto [workload, variant] = find(GetParam());
        const std::size_t n = workload.contract.awkward[3]; // 31, or 3 for matrices
        return variant.prepare(problems(workload, variant, {n}).front());
    }
    static void spoil(std::span<std::byte> output, std::size_t at)
    {
        output[at] ^= std::byte(0x40);
    }

    void expect_no_number(const Trial& trial)
    {
        const CaseResult result = measured(trial);
        EXPECT_EQ(result.status, Status::failed);
        EXPECT_TRUE(result.samples.empty());
        EXPECT_EQ(result.time, 0);
        EXPECT_EQ(result.cause, Cause::wrong_result);
        EXPECT_NE(result.reason.find("wrong result"), std::string::npos) << result.reason;
    }
};

TEST_P(EveryMutant, ARightKernelGetsATime)
{
    const CaseResult result = measured(right());
    EXPECT_EQ(result.status, Status::ok) << result.reason;
    EXPECT_GE(result.samples.size(), 3U);
    EXPECT_GT(result.time, 0);
}

TEST_P(EveryMutant, AKernelWrongInTheLastElementGetsNoTime)
{
    Trial trial = right();
    trial.run = [run = trial.run, output = trial.output] {
        run();
        spoil(output, output.size() - 1);
    };
    expect_no_number(trial);
}

TEST_P(EveryMutant, AKernelWrongFromTheThirdRunOnGetsNoTime)
{
    Trial trial = right();
    trial.run = [run = trial.run, output = trial.output, calls = std::make_shared<int>(0)] {
        run();
        if (++*calls >= 3)
            spoil(output, output.size() - 1);
    };
    expect_no_number(trial);
}

TEST_P(EveryMutant, AKernelThatWritesNothingGetsNoTime)
{
    Trial trial = right();
    trial.run = [] {};
    expect_no_number(trial);
}

TEST_P(EveryMutant, AKernelThatStopsWritingAfterTheFirstRunGetsNoTime)
{
    Trial trial = right();
    trial.run = [run = trial.run, calls = std::make_shared<int>(0)] {
        if (++*calls == 1)
            run();
    };
    expect_no_number(trial);
}

INSTANTIATE_TEST_SUITE_P(Suite, EveryMutant, testing::ValuesIn(all_baselines()), shown_name);

} // namespace
} // namespace workspan
