// SPDX-License-Identifier: Apache-2.0
// Inputs, references and checks are made by all cores, in pieces: their results are those of one
// core.
#include "harness/contracts/linrec.hpp"
#include "harness/contracts/transpose.hpp"
#include "tests/contracts/walk.hpp"

#include <cmath>
#include <omp.h>
#include <sched.h>

namespace workspan {
namespace {

struct Outcome {
    std::vector<std::byte> output;
    CheckResult right, spoiled;
};

Outcome outcome_of(const Variant& variant, const Problem& problem)
{
    Outcome all;
    const Trial trial = variant.prepare(problem);
    trial.poison();
    trial.run();
    all.right = trial.verify();
    all.output.assign(trial.output.begin(), trial.output.end());
    std::vector<std::byte> spoiled = all.output;
    spoiled[spoiled.size() / 4 * 3 | 3] ^= std::byte(0x4d);
    all.spoiled = trial.check(spoiled);
    return all;
}

// On one CPU a team of all cores has one thread.
Outcome outcome_of_one_thread(const Variant& variant, const Problem& problem)
{
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
    sched_setaffinity(0, sizeof one, &one);
    EXPECT_EQ(omp_get_num_procs(), 1);
    Outcome outcome = outcome_of(variant, problem);
    sched_setaffinity(0, sizeof all, &all);
    return outcome;
}

// The largest awkward size has several pieces of the input, of the reference and of the check. The
// exceptions are workloads whose awkward sizes stay within one piece, since a run takes long.
std::size_t size_of_several_pieces(const Workload& workload)
{
    static const std::map<std::string, std::size_t> larger = {{"fma", 70001},
                                                              {"dfma", 70001},
                                                              {"mandelbrot", 300},
                                                              {"kmeans", 5000},
                                                              {"histogram", 3000001}};
    const auto found = larger.find(workload.name);
    const std::vector<std::size_t>& awkward = workload.contract.awkward;
    return found != larger.end() ? found->second
                                 : *std::max_element(awkward.begin(), awkward.end());
}

class Team : public testing::TestWithParam<Walked> {};

TEST_P(Team, InputsReferencesAndChecksAreThoseOfOneThread)
{
    const auto [workload, variant] = find(GetParam());
    if (workload.contract.subject == Subject::concurrency)
        GTEST_SKIP() << "its tasks make threads of their own";
    const Problem problem = problems(workload, variant, {size_of_several_pieces(workload)}).front();
    const Outcome many = outcome_of(variant, problem);
    const Outcome one = outcome_of_one_thread(variant, problem);
    EXPECT_TRUE(many.right.ok) << many.right.why;
    EXPECT_EQ(many.output, one.output);
    EXPECT_EQ(many.right.error, one.right.error);
    EXPECT_FALSE(many.spoiled.ok);
    EXPECT_EQ(many.spoiled.why, one.spoiled.why);
}

INSTANTIATE_TEST_SUITE_P(Suite, Team, testing::ValuesIn(all_baselines()), shown_name);

// A mistake in any piece is found, and the first one is named.
TEST(TeamCheck, TheFirstOfTwoWrongPiecesDecides)
{
    const std::size_t n = 400;
    const auto in = transpose::input({.n = n});
    HostArray<float> out(n * n);
    transpose::seq(n, in->matrix, out);
    for (const std::size_t row : {std::size_t(399), std::size_t(250), std::size_t(0)}) {
        out[row * n + 7] = 0;
        const CheckResult result = transpose::check(*in, out);
        EXPECT_EQ(result.why.rfind("in row " + std::to_string(row) + ",", 0), 0U) << result.why;
    }
}

TEST(TeamCheck, StatesOfTheReferenceAreThoseOfThePlainLoop)
{
    const auto in = linrec::input({.n = 3 * kGrain + 1});
    ASSERT_EQ(in->states.size(), 4U);
    linrec::State state;
    for (std::size_t i = 0; i <= 3 * kGrain; ++i) {
        if (i % kGrain == 0) {
            EXPECT_EQ(in->states[i / kGrain].x, state.x) << i;
            EXPECT_EQ(in->states[i / kGrain].w, state.w) << i;
        }
        state.advance(in->a[i], in->b[i]);
    }
}

} // namespace
} // namespace workspan
