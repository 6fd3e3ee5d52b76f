// SPDX-License-Identifier: Apache-2.0
// Walks the suite: every variant is right at awkward sizes and thread counts, and every checker
// catches wrong outputs.
#include "harness/machine/devices.hpp"
#include "tests/contracts/walk.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace workspan {
namespace {

class EveryVariant : public testing::TestWithParam<Walked> {};
class EveryKernel : public testing::TestWithParam<Walked> {
protected:
    void TearDown() override { assume_multiprocessors(0); }
};
class EveryWorkload : public testing::TestWithParam<Walked> {};

std::vector<int> team_sizes(const Variant& variant)
{
    if (variant.threading == Threading::per_task)
        return {2};
    return is_parallel(variant) ? std::vector<int>{1, 2, 3, 4, 7} : std::vector<int>{1};
}

// Right, and again on top of the right output: a run overwrites, it does not accumulate.
void expect_right_twice(const Trial& trial)
{
    trial.poison();
    ASSERT_NO_FATAL_FAILURE(expect_right(trial));
    expect_right(trial);
}

TEST_P(EveryVariant, IsRightAtAwkwardSizesTwice)
{
    const auto [workload, variant] = find(GetParam());
    std::string unavailable;
    int ran = 0;
    for (Problem& problem : awkward_problems(workload, variant))
        for (const int team : team_sizes(variant))
            for (const Caches& believed : assumed_caches(variant)) {
                const Assume assume(believed);
                SCOPED_TRACE(name_of(problem, team));
                problem.threads = team;
                const auto trial = prepare_if_available(variant, problem);
                if (!trial) {
                    unavailable = why_unavailable(variant, problem);
                    continue;
                }
                ASSERT_NO_FATAL_FAILURE(expect_right_twice(*trial));
                ++ran;
            }
    const bool lacks_a_disk = unavailable.starts_with("input:direct ");
    EXPECT_TRUE(unavailable.empty() || lacks_a_disk ||
                (variant.name != "seq" && variant.name != "omp"))
        << unavailable;
    if (ran == 0)
        GTEST_SKIP() << "skipped: " << unavailable;
}

// Large GPUs select some kernels of a workload for large problems only; a small GPU reaches them
// all. The sanitizers run this test.
TEST_P(EveryKernel, IsRightOnFewMultiprocessors)
{
    const auto [workload, variant] = find(GetParam());
    assume_multiprocessors(4);
    for (const Problem& problem : awkward_problems(workload, variant)) {
        if (problem.n > 200000)
            continue;
        SCOPED_TRACE(name_of(problem, 1));
        const auto trial = prepare_if_available(variant, problem);
        if (!trial)
            GTEST_SKIP() << "skipped: " << why_unavailable(variant, problem);
        ASSERT_NO_FATAL_FAILURE(expect_right_twice(*trial));
    }
}

TEST_P(EveryVariant, IsWrongWhenNotRun)
{
    const auto [workload, variant] = find(GetParam());
    for (const Problem& problem : awkward_problems(workload, variant)) {
        SCOPED_TRACE(name_of(problem, 1));
        const auto trial = prepare_if_available(variant, problem);
        if (!trial)
            GTEST_SKIP() << "skipped: " << why_unavailable(variant, problem);
        if (problem.n == 0)
            continue; // an empty output is right as it stands
        EXPECT_FALSE(trial->verify().ok) << "never run";
        trial->run();
        EXPECT_TRUE(trial->verify().ok);
        trial->poison();
        EXPECT_FALSE(trial->verify().ok) << "poisoned and not run again";
    }
}

TEST_P(EveryVariant, HasWorkAndFootprint)
{
    const auto [workload, variant] = find(GetParam());
    const Problem problem = awkward_problems(workload, variant).back();
    const Bytes bytes = workload.contract.footprint(problem, variant.name);
    EXPECT_GT(bytes.kernel_on_host(), 0);
    EXPECT_GT(bytes.device_case, 0);
    if (const auto trial = prepare_if_available(variant, problem)) {
        EXPECT_GT(trial->cost.flops + trial->cost.bytes + trial->cost.items, 0);
        EXPECT_GT(trial->cost.items, 0);
        EXPECT_GE(bytes.host_case, static_cast<double>(trial->output.size()));
        if (workload.contract.cost != nullptr && !has_passes(problem)) {
            const Cost known = workload.contract.cost(problem.n); // of n alone
            EXPECT_EQ(known.items, trial->cost.items);
            if (known.flops > 0)
                EXPECT_EQ(known.flops, trial->cost.flops);
            if (known.bytes > 0)
                EXPECT_EQ(known.bytes, trial->cost.bytes);
        }
    }
}

// The byte that holds the exponent of some float or double, or the highest digits of an integer, at
// or after `from`.
std::size_t top_byte(std::size_t from, std::size_t size)
{
    return std::min(from / 8 * 8 + 7, size - 1);
}

// Calls expect(trial) after a right run of each awkward problem that is available.
template <class Expect> void after_each_right_run(const Walked& walked, Expect expect)
{
    const auto [workload, variant] = find(walked);
    for (const Problem& problem : awkward_problems(workload, variant)) {
        SCOPED_TRACE(name_of(problem, 1));
        const auto trial = prepare_if_available(variant, problem);
        if (!trial)
            continue;
        trial->run();
        ASSERT_TRUE(trial->verify().ok);
        expect(*trial);
    }
}

TEST_P(EveryWorkload, OneSpoiledElementIsCaught)
{
    after_each_right_run(GetParam(), [](const Trial& trial) {
        const std::size_t size = trial.output.size();
        for (const std::size_t from : {std::size_t(0), size / 2, size - 1}) {
            if (size == 0)
                break;
            std::byte& byte = trial.output[top_byte(from, size)];
            byte ^= std::byte(0x40);
            EXPECT_FALSE(trial.verify().ok) << "byte " << top_byte(from, size) << " of " << size;
            byte ^= std::byte(0x40);
        }
        EXPECT_TRUE(trial.verify().ok) << "restored";
    });
}

TEST_P(EveryWorkload, NanAndWrongLengthAreCaught)
{
    after_each_right_run(GetParam(), [](const Trial& trial) {
        const std::size_t size = trial.output.size(), eight = std::min<std::size_t>(size, 8);
        std::vector<std::byte> bytes(trial.output.begin(), trial.output.end());
        ASSERT_TRUE(trial.check(bytes).ok);
        std::fill_n(bytes.begin(), eight, std::byte(0xff));
        if (size > 0)
            EXPECT_FALSE(trial.check(bytes).ok) << "NaN, or the largest integer";
        std::copy(trial.output.begin(), trial.output.end(), bytes.begin());
        bytes.resize(size + 8, std::byte(0));
        EXPECT_FALSE(trial.check(bytes).ok) << "too long";
        if (size > 0)
            EXPECT_FALSE(trial.check(trial.output.first(size - eight)).ok) << "too short";
        if (size > 1)
            EXPECT_FALSE(trial.check(trial.output.first(size - 1)).ok) << "ends within an element";
    });
}

TEST_P(EveryWorkload, SameProblemSameBitsAndSharedInput)
{
    const auto [workload, variant] = find(GetParam());
    const Problem problem = awkward_problems(workload, variant).back();
    std::vector<std::byte> first;
    {
        const auto trial = prepare_if_available(variant, problem);
        if (!trial)
            GTEST_SKIP() << "skipped: " << why_unavailable(variant, problem);
        trial->run();
        first.assign(trial->output.begin(), trial->output.end());
    }
    Problem other = problem;
    other.seed = problem.seed + 1000;
    variant.prepare(other).run();
    const Trial again = variant.prepare(problem);
    again.run();
    EXPECT_TRUE(std::equal(first.begin(), first.end(), again.output.begin(), again.output.end()));
}

class EveryVariantLong : public EveryVariant {};

// Runs a problem once, if this machine has enough memory for it.
void expect_right_where_it_fits(const Workload& workload, const Variant& variant,
                                const Problem& problem)
{
    SCOPED_TRACE(name_of(problem, problem.threads));
    const double memory = 0.8 * double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));
    if (workload.contract.footprint(problem, variant.name).on_host() > memory)
        return;
    const auto trial = prepare_if_available(variant, problem);
    if (!trial)
        GTEST_SKIP() << "skipped: " << why_unavailable(variant, problem);
    trial->poison();
    expect_right(*trial);
}

TEST_P(EveryVariantLong, IsRightAtTheCataloguesSizes)
{
    const auto [workload, variant] = find(GetParam());
    for (Problem& problem : problems(workload, variant, workload.contract.sizes))
        for (const int team : is_parallel(variant) ? std::vector<int>{1, 2} : std::vector<int>{1}) {
            problem.threads = team;
            ASSERT_NO_FATAL_FAILURE(expect_right_where_it_fits(workload, variant, problem));
        }
}

// Of every workload the size at which one array exceeds 2^31 bytes, or the samples exceed 2^32, so
// that 32-bit indices overflow; or none, with the reason.
struct LargeSize {
    std::size_t n = 0;
    const char* why_none = "";
};

const std::map<std::string, LargeSize> kLargeSizes = {
    {"copy", {(1 << 28) + 1}},
    {"read", {(1 << 28) + 1}},
    {"triad", {(1 << 28) + 1}},
    {"fma", {(1 << 29) + 1}},
    {"dfma", {(1 << 28) + 1}},
    {"reduce", {(1 << 29) + 1}},
    {"scan", {(1 << 29) + 1}},
    {"transpose", {23173}},
    {"gemm", {0, "n^3 flops would take hours"}},
    {"stencil2d", {23173}},
    {"stencil3d", {813}},
    {"conv2d", {23173}},
    {"fft", {1 << 28}},
    {"nbody", {0, "n^2 interactions would take hours"}},
    {"montecarlo", {(std::size_t(1) << 32) + 1}},
    {"mandelbrot", {23173}},
    {"kmeans", {(1 << 25) + 1}},
    {"cholesky", {0, "n^3 flops would take hours"}},
    {"linrec", {(1 << 28) + 1}},
    {"histogram", {(1 << 29) + 1}},
    {"dispatch", {0, "2^29 empty tasks tell nothing about indices that fewer do not"}},
    {"busy", {0, "n counts steps: no array grows with it"}},
    {"waiters", {0, "2^29 waiting tasks need more memory than there is"}},
    {"futures", {0, "2^29 tasks with handles need more memory than there is"}},
    {"fileio", {32769}},
    {"contention", {0, "n counts increments: no array grows with it"}},
    {"overlap", {(1 << 28) + 1}},
    {"echo", {0, "2^28 requests take an hour, and no payload is larger than 16 KiB"}},
    {"pipeline", {(1 << 19) + 1}},
    {"transfer", {(std::size_t(1) << 31) + 1}}};

TEST(Suite, HasALargeSizeOfEveryWorkloadOrTheReasonForNone)
{
    for (const Workload& w : suite())
        EXPECT_TRUE(kLargeSizes.contains(w.name)) << w.name << ": a line in kLargeSizes is missing";
    EXPECT_EQ(kLargeSizes.size(), suite().size());
}

TEST_P(EveryVariantLong, IsRightBeyondTwoGibibytes)
{
    const auto [workload, variant] = find(GetParam());
    const LargeSize& size = kLargeSizes.at(workload.name);
    if (size.n == 0)
        GTEST_SKIP() << "skipped: " << size.why_none;
    for (Problem& problem : problems(workload, variant, {size.n})) {
        problem.threads = is_parallel(variant) ? 2 : 1;
        ASSERT_NO_FATAL_FAILURE(expect_right_where_it_fits(workload, variant, problem));
    }
}

TEST(Suite, IsWellFormed)
{
    for (const Workload& w : suite()) {
        SCOPED_TRACE(w.name);
        EXPECT_EQ(w.name, std::string(w.name.begin(),
                                      std::find_if_not(w.name.begin(), w.name.end(), [](char c) {
                                          return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9');
                                      })));
        const bool transfers = w.contract.subject == Subject::transfers;
        EXPECT_NE(w.variants.front().name == "seq", transfers);
        EXPECT_TRUE(std::is_sorted(w.contract.sizes.begin(), w.contract.sizes.end()));
        const bool computes = w.contract.subject == Subject::computing;
        EXPECT_EQ(w.contract.cost != nullptr, computes) << "for weak scaling";
        EXPECT_GE(w.contract.quick.size(), computes ? 2U : 1U);
        for (const std::size_t n : w.contract.quick)
            EXPECT_NE(std::find(w.contract.sizes.begin(), w.contract.sizes.end(), n),
                      w.contract.sizes.end());
        for (const char* needed : {"seq", "omp", "cuda", "cuda_e2e", "cuda_pinned"})
            if (computes)
                EXPECT_EQ(std::count_if(w.variants.begin(), w.variants.end(),
                                        [&](const Variant& v) { return v.name == needed; }),
                          1)
                    << needed;
        for (const Variant& v : w.variants) {
            EXPECT_EQ(v.cold_clock != nullptr, v.scope == Scope::kernel) << v.name;
            EXPECT_TRUE(!transfers || v.scope == Scope::e2e) << v.name;
        }
    }
}

// Of the host's main variants on one thread, so that two machines have sizes in common which their
// caches and their memory hold: half of an L2 of 512 KiB, or all of it where the size of the cache
// does not bound the rate; beyond any core's cache, but no longer to run than needed.
TEST(Suite, QuickSizesFillACoresCacheAndTheMemory)
{
    constexpr double kKiB = 1 << 10, kMiB = 1 << 20;
    for (const Workload& w : suite()) {
        const Contract& c = w.contract;
        if (c.subject != Subject::computing)
            continue;
        SCOPED_TRACE(w.name);
        const bool in_bytes = c.rate == Rate::bytes;
        for (const Variant& v : w.variants) {
            if (v.scope != Scope::host || v.role != Role::main)
                continue;
            const auto working_set = [&](std::size_t n) {
                return c.footprint({.n = n}, v.name).kernel_on_host();
            };
            EXPECT_LE(working_set(c.quick.front()), (in_bytes ? 256 : 512) * kKiB) << v.name;
            if (in_bytes) {
                EXPECT_GE(working_set(c.quick.back()), 256 * kMiB) << v.name;
                EXPECT_LE(working_set(c.quick.back()), 400 * kMiB) << v.name;
            }
        }
    }
}

// scripts/gpu-check runs the tests whose names begin with Device.
INSTANTIATE_TEST_SUITE_P(Host, EveryVariantLong, testing::ValuesIn(all_variants(false)),
                         shown_name);
INSTANTIATE_TEST_SUITE_P(Host, EveryVariant, testing::ValuesIn(all_variants(false)), shown_name);
INSTANTIATE_TEST_SUITE_P(Device, EveryVariantLong, testing::ValuesIn(all_variants(true)),
                         shown_name);
INSTANTIATE_TEST_SUITE_P(Device, EveryVariant, testing::ValuesIn(all_variants(true)), shown_name);
INSTANTIATE_TEST_SUITE_P(Device, EveryKernel, testing::ValuesIn(all_variants(true)), shown_name);
INSTANTIATE_TEST_SUITE_P(Suite, EveryWorkload, testing::ValuesIn(all_baselines()), shown_name);

} // namespace
} // namespace workspan
