// SPDX-License-Identifier: Apache-2.0
// contention: what its checker says, where the threads run, and that they get their CPUs back.
#include "harness/contracts/contention.hpp"
#include "harness/openmp.hpp"
#include "tests/contracts/walk.hpp"

#include <omp.h>
#include <sched.h>

namespace workspan {
namespace {

using contention::Count;
using contention::kTooEarly;

const contention::Work kWork = {.n = 10, .threads = 3}; // shares 4, 3, 3

std::string why(const std::vector<Count>& out) { return contention::check(kWork, out).why; }

TEST(Contention, NeedsTheExactCountAndTheShareOfEachThread)
{
    EXPECT_TRUE(contention::check(kWork, std::vector<Count>{10, 4, 3, 3}).ok);
    EXPECT_EQ(why({7, 4, 3, 3}), "3 of 10 increments were lost");
    EXPECT_NE(why({11, 4, 3, 3}), "") << "one more than there should be";
    EXPECT_NE(why({10, 5, 2, 3}), "") << "the work of another";
    EXPECT_EQ(why({10, 4, 3 + kTooEarly, 3}), "thread 1 began before all others had arrived");
    EXPECT_NE(why({10, 4, 3}), "") << "a thread less";
}

TEST(Contention, SharesAddUp)
{
    for (const std::size_t n : {0, 1, 6, 7, 8, 1000}) {
        const contention::Work work = {.n = n, .threads = 7};
        std::size_t sum = 0;
        for (std::size_t thread = 0; thread < 7; ++thread)
            sum += work.share_of(thread);
        EXPECT_EQ(sum, n);
    }
}

std::size_t allowed_cpus() // of the calling thread
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    sched_getaffinity(0, sizeof cpus, &cpus);
    return static_cast<std::size_t>(CPU_COUNT(&cpus));
}

TEST(Contention, EachThreadHasACpuOfItsOwnDuringARunOnly)
{
    const std::size_t before = allowed_cpus();
    if (before < 2)
        GTEST_SKIP() << "one CPU";
    const auto [workload, variant] = find({"contention", "atomic"});
    const Trial trial = variant.prepare({.n = 1000, .threads = 2});
    for (int run = 0; run < 5; ++run)
        ASSERT_NO_FATAL_FAILURE(expect_right(trial));
    if (openmp_cpus().empty())
        EXPECT_EQ(trial.counters().at("cpus_used"), 2);
    std::vector<std::size_t> afterwards(2);
#pragma omp parallel num_threads(2)
    afterwards[static_cast<std::size_t>(omp_get_thread_num())] = allowed_cpus();
    EXPECT_EQ(afterwards, std::vector(2, before));
}

TEST(Contention, MoreThreadsThanCpusShareThem)
{
    const int threads = static_cast<int>(allowed_cpus()) + 1;
    for (const char* name : {"omp_critical", "mutex", "sharded"}) {
        const auto [workload, variant] = find({"contention", name});
        const Trial trial = variant.prepare({.n = 1001, .threads = threads});
        ASSERT_NO_FATAL_FAILURE(expect_right(trial)) << name;
    }
}

} // namespace
} // namespace workspan
