// SPDX-License-Identifier: Apache-2.0
// Samples are taken in blocks: once every case, in random order, until the main variants are known.
#include "tests/harness/measure/made_up.hpp"

#include <gtest/gtest.h>
#include <set>

namespace workspan {
namespace {

// Cases that all take 1 ms by their clock.
class Blocks : public testing::Test {
protected:
    void add(Role role, Clock clock = made_up_clock)
    {
        results_.push_back({});
        results_.back().name = "case/" + std::to_string(results_.size());
        results_.back().role = role;
        results_.back().threading = Threading::own; // other work disturbs no sample
        clocks_.push_back(clock);
    }
    int measure_all(const SamplingPolicy& policy, Seconds budget = 60, int blocks_before = 0)
    {
        std::vector<PreparedCase> prepared;
        for (std::size_t k = 0; k < results_.size(); ++k) {
            prepared.push_back({&results_[k], clocks_[k], idle()});
            EXPECT_TRUE(verify_and_time_once(prepared.back()));
            prepared.back().beside = k == beside_;
        }
        return measure(prepared, {now() + budget, kNeverStop, blocks_before}, policy,
                       [&](const CaseResult& next) { order_ += next.name.back(); });
    }
    std::vector<int> blocks_of(std::size_t k) const
    {
        std::vector<int> blocks;
        for (const Sample& sample : results_[k].samples)
            blocks.push_back(sample.block);
        return blocks;
    }
    static SamplingPolicy single_runs() // no calibration
    {
        SamplingPolicy policy;
        policy.target = kDefaultTarget;
        policy.sample = 1e-5;
        return policy;
    }

    std::vector<CaseResult> results_;
    std::vector<Clock> clocks_;
    std::size_t beside_ = 99; // which of them is a ceiling
    std::string order_;       // of the samples
};

TEST_F(Blocks, EachHasOneSampleOfEveryCaseInRandomOrder)
{
    make_noise(0);
    for (int k = 0; k < 3; ++k)
        add(Role::main);
    SamplingPolicy policy = single_runs();
    policy.repetitions = 40;
    EXPECT_EQ(measure_all(policy), 40);
    std::set<std::string> orders;
    for (std::size_t at = 0; at < order_.size(); at += 3) {
        std::string block = order_.substr(at, 3);
        orders.insert(block);
        std::sort(block.begin(), block.end());
        EXPECT_EQ(block, "123");
    }
    EXPECT_GE(orders.size(), 4U); // of six; all 40 blocks in three orders: below 1e-10
    EXPECT_EQ(blocks_of(0), blocks_of(2));
    EXPECT_EQ(blocks_of(0).front(), 1);
    EXPECT_EQ(blocks_of(0).back(), 40);
}

TEST_F(Blocks, TeachingVariantsAreInEveryFourth)
{
    make_noise(0);
    add(Role::main);
    add(Role::teaching);
    SamplingPolicy policy = single_runs();
    policy.repetitions = 9;
    measure_all(policy);
    EXPECT_EQ(blocks_of(0).size(), 9U);
    EXPECT_EQ(blocks_of(1), (std::vector<int>{1, 5, 9}));
    EXPECT_EQ(results_[1].status, Status::ok);
    EXPECT_FALSE(results_[1].interval);
}

TEST_F(Blocks, TeachingVariantsAloneAreInAll)
{
    make_noise(0);
    add(Role::teaching);
    SamplingPolicy policy = single_runs();
    policy.repetitions = 7;
    measure_all(policy);
    EXPECT_EQ(results_[0].samples.size(), 7U);
}

TEST_F(Blocks, TeachingVariantsBesideACeilingOnlyAreInAllAndDecide)
{
    add(Role::teaching);
    add(Role::main, [](const Trial&, int times) -> Seconds { return times * 1e-3; });
    beside_ = 1;
    make_noise(0.05);
    measure_all(single_runs());
    EXPECT_GE(results_[0].samples.size(), 12U);
    EXPECT_EQ(blocks_of(0), blocks_of(1));
}

TEST_F(Blocks, AGroupEndsAsAWholeWhenItsNoisiestMainVariantIsKnown)
{
    make_noise(0.05);
    add(Role::main);
    add(Role::main, [](const Trial&, int times) -> Seconds { return times * 1e-3; }); // no noise
    measure_all(single_runs());
    EXPECT_GT(results_[0].samples.size(), 12U);
    EXPECT_EQ(results_[1].samples.size(), results_[0].samples.size());
    EXPECT_EQ(results_[0].stopped, "target");
    EXPECT_EQ(results_[1].stopped, "target");
}

TEST_F(Blocks, ANoisyTeachingVariantDoesNotProlongAGroup)
{
    add(Role::main, [](const Trial&, int times) -> Seconds { return times * 1e-3; });
    add(Role::teaching);
    make_noise(0.5);
    EXPECT_EQ(measure_all(single_runs()), kFirstLook);
}

TEST_F(Blocks, TheBudgetEndsAGroupBetweenTwoBlocks)
{
    make_noise(0.5);
    add(Role::main);
    add(Role::main);
    const int blocks = measure_all(single_runs(), 0.05);
    EXPECT_GE(blocks, 3);
    EXPECT_EQ(results_[0].samples.size(), static_cast<std::size_t>(blocks));
    EXPECT_EQ(results_[1].samples.size(), static_cast<std::size_t>(blocks));
    EXPECT_EQ(results_[0].stopped, "budget");
}

// Google Benchmark calls a body for its warm-up too; the last reading of a block counts.
TEST_F(Blocks, AWarmUpIsNoSampleOfItsBlock)
{
    static int readings = 0;
    add(Role::main, [](const Trial&, int times) -> Seconds { return 1e-3 * ++readings * times; });
    SamplingPolicy policy = single_runs();
    policy.repetitions = 2;
    policy.benchmark_flags = {"--benchmark_min_warmup_time=1e-9"};
    EXPECT_EQ(measure_all(policy), 2);
    policy.benchmark_flags = {"--benchmark_min_warmup_time=0"}; // a variable of the library
    measured(idle(), made_up_clock, policy);
    EXPECT_EQ(blocks_of(0), (std::vector<int>{1, 2}));
    EXPECT_GT(order_.size(), 2U) << "there was no warm-up";
    EXPECT_NEAR(results_[0].samples.back().wall, 1e-3 * readings, 1e-9);
}

TEST_F(Blocks, ALaterPartOfAGroupGoesOnCounting)
{
    make_noise(0);
    add(Role::main);
    SamplingPolicy policy = single_runs();
    policy.repetitions = 2;
    EXPECT_EQ(measure_all(policy, 60, 8), 2);
    EXPECT_EQ(blocks_of(0), (std::vector<int>{9, 10}));
}

} // namespace
} // namespace workspan
