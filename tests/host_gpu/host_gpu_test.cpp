// SPDX-License-Identifier: Apache-2.0
// The kernels of gpu/ on the host: every variant at awkward sizes, its threads in several orders.
#include "tests/host_gpu/runtime.hpp"
#include "tests/walk.hpp"

namespace workspan {
namespace {

using host_gpu::Order;

class EveryKernel : public testing::TestWithParam<Walked> {};

void expect_right(const Trial& trial)
{
    trial.run();
    const Verdict verdict = trial.verify();
    ASSERT_TRUE(verdict.ok) << verdict.why;
}

TEST_P(EveryKernel, IsRightInEveryOrder)
{
    const auto [workload, variant] = find(GetParam());
    for (const Problem& problem : awkward_problems(workload)) {
        SCOPED_TRACE(name_of(problem, 1));
        const Trial trial = variant.prepare(problem);
        trial.poison();
        host_gpu::schedule() = {.order = Order::shuffled, .blocks = 3, .late_copies = true};
        ASSERT_NO_FATAL_FAILURE(expect_right(trial)) << "shuffled";
        if (variant.scope == Scope::e2e)
            continue; // the same kernels
        host_gpu::schedule() = {.order = Order::backward};
        ASSERT_NO_FATAL_FAILURE(expect_right(trial)) << "backward, on top of a right output";
        trial.poison();
        host_gpu::schedule() = {.order = Order::forward};
        ASSERT_NO_FATAL_FAILURE(expect_right(trial)) << "forward";
    }
}

INSTANTIATE_TEST_SUITE_P(HostGpu, EveryKernel, testing::ValuesIn([] {
                             std::vector<Walked> ours = all_variants(true); // those of libraries do not run here
                             std::erase_if(ours, [](const Walked& w) { return !w.variant.starts_with("cuda"); });
                             return ours;
                         }()),
                         shown_name);

} // namespace
} // namespace workspan
