// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/case_result.hpp"
#include "tests/harness/results.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

constexpr double kMiB = 1 << 20;
const CacheSizes kCaches = {48 * 1024, 2 * kMiB, 50 * kMiB};

Level level(double bytes, int threads, const CacheSizes& caches = kCaches)
{
    return level_of(finished("read", "omp", 1, threads, 1, {0, bytes, 1}), caches);
}

TEST(Level, FollowsTheShareOfAThread)
{
    EXPECT_EQ(level(24 * 1024, 1), Level::l1);
    EXPECT_EQ(level(25 * 1024, 1), Level::l1); // with a table of a KiB
    EXPECT_EQ(level(26 * 1024, 1), Level::l2);
    EXPECT_EQ(level(kMiB, 1), Level::l2);
    EXPECT_EQ(level(2 * kMiB, 1), Level::shared);
    EXPECT_EQ(level(2 * kMiB, 2), Level::l2);
    EXPECT_EQ(level(255 * kMiB, 1), Level::shared);
    EXPECT_EQ(level(256 * kMiB, 8), Level::memory);
}

TEST(Level, OfADeviceCaseIsItsL2OrItsMemory)
{
    const auto on_device = [](double bytes, const CacheSizes& caches) {
        return level_of(finished("read", "cuda", 1, 1, 1, {0, bytes, 1}), caches);
    };
    EXPECT_EQ(on_device(25 * kMiB, kCaches), Level::l2);
    EXPECT_EQ(on_device(26 * kMiB, kCaches), Level::memory);
    EXPECT_EQ(on_device(0, kCaches), Level::none);
    EXPECT_EQ(on_device(26 * kMiB, {48 * 1024, 2 * kMiB, 0}), Level::none);
}

TEST(Level, IsNoneWithoutAWorkingSetOrIfADecidingCacheIsUnknown)
{
    EXPECT_EQ(level(0, 1), Level::none);
    EXPECT_EQ(level(kMiB, 1, {0, 0, 0}), Level::none);
    EXPECT_EQ(level(kMiB, 1, {0, 2 * kMiB, 0}), Level::none) << "L1 or L2";
    EXPECT_EQ(level(3 * kMiB, 1, {0, 2 * kMiB, 0}), Level::shared) << "whatever L1 is";
    EXPECT_EQ(level(256 * kMiB, 1, {0, 0, 0}), Level::memory);
}

TEST(CpuShare, IsTheMedianOverTheSamplesOfCpuOverWallAndThreads)
{
    CaseResult c = finished("read", "omp", 1, 2, 1, {0, 1, 1});
    EXPECT_DOUBLE_EQ(cpu_share(c).value(), 1);
    c.samples = {{1, 1}, {2, 2}, {1, 2}}; // both threads on one core, but for one sample
    EXPECT_DOUBLE_EQ(cpu_share(c).value(), 0.5);
}

TEST(CpuShare, IsOfHostCasesWithSamplesOnly)
{
    EXPECT_FALSE(cpu_share(finished("read", "cuda", 1, 1, 1, {0, 1, 1})));
    CaseResult c = finished("read", "omp", 1, 2, 1, {0, 1, 1});
    c.samples.clear();
    EXPECT_FALSE(cpu_share(c));
}

// Of a case in memory with 300 MB, whose rate is in bytes, the warnings about caches of this size.
std::vector<Warning> warnings_with(double last_level,
                                   const std::function<void(CaseResult&)>& change)
{
    CaseResult c = finished("read", "omp", 1, 2, 1, {0, 300e6, 1});
    c.level = Level::memory;
    change(c);
    warn_of_cache(c, {.last = last_level});
    return c.warnings;
}

TEST(PartlyCached, IsWhatLastLevelCachesHoldAQuarterOf)
{
    const auto as_it_is = [](CaseResult&) {};
    EXPECT_EQ(
        warnings_with(100e6, as_it_is),
        (std::vector<Warning>{{"partly_cached", "300 MB of data, 100 MB of last-level cache"}}));
    EXPECT_TRUE(warnings_with(75e6, as_it_is).empty());
    EXPECT_TRUE(warnings_with(0, as_it_is).empty()) << "unknown";
}

TEST(PartlyCached, IsAWordOnMemoryThatBoundsTheCase)
{
    EXPECT_TRUE(warnings_with(100e6, [](CaseResult& c) { c.level = Level::shared; }).empty());
    EXPECT_TRUE(warnings_with(100e6, [](CaseResult& c) { c.rate = Rate::flops; }).empty());
    EXPECT_TRUE(warnings_with(100e6, [](CaseResult& c) { c.ceiling = ""; }).empty());
    EXPECT_TRUE(warnings_with(100e6, [](CaseResult& c) { c.scope = Scope::kernel; }).empty());
}

TEST(CacheSizes, AreThoseOfTheMachineAndOfItsFirstGpu)
{
    Machine machine;
    machine.caches = {
        {1, "Instruction", 32768, 2, 1}, {1, "Data", 49152, 2, 1}, {2, "Unified", 2097152, 2, 1}};
    CacheSizes sizes = cache_sizes(machine);
    EXPECT_EQ(sizes.l1, 49152);
    EXPECT_EQ(sizes.l2, 2097152);
    EXPECT_EQ(sizes.device_l2, 0);
    EXPECT_EQ(sizes.last, 2 * 2097152) << "of both cores";
    machine.caches.push_back({3, "Unified", 32e6, 4, 8});
    EXPECT_EQ(cache_sizes(machine).last, 4 * 32e6);
    EXPECT_EQ(cache_sizes({}).last, 0);
    machine.devices.gpus.resize(2);
    machine.devices.gpus[0].l2 = 5e7;
    EXPECT_EQ(cache_sizes(machine).device_l2, 5e7);
}

TEST(SecondsOf, AreOneTimeOfEverySample)
{
    CaseResult c = finished("read", "omp", 1, 2, 1, {0, 1, 1});
    c.samples = {{1, 4}, {2, 5}};
    EXPECT_EQ(seconds_of(c.samples, &Sample::wall), (std::vector<double>{1, 2}));
    EXPECT_EQ(seconds_of(c.samples, &Sample::cpu), (std::vector<double>{4, 5}));
}

TEST(FailAndSkip, DropTheSamplesAndKeepTheReason)
{
    for (const bool failed : {true, false}) {
        CaseResult c = finished("read", "omp", 1, 2, 1, {0, 1, 1});
        (failed ? fail : skip)(c, Cause::too_slow, "why");
        EXPECT_EQ(c.status, failed ? Status::failed : Status::skipped);
        EXPECT_EQ(c.cause, Cause::too_slow);
        EXPECT_EQ(c.reason, "why");
        EXPECT_TRUE(c.samples.empty());
    }
}

TEST(Attempt, KeepsACaseWhoseStepCompletes)
{
    CaseResult c = finished("read", "omp", 1, 2, 1, {0, 1, 1});
    int calls = 0;
    EXPECT_TRUE(attempt(c, [&] { ++calls; }));
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(c.status, Status::ok);
    EXPECT_EQ(c.samples.size(), 3U);
}

TEST(Attempt, AnExceptionSkipsTheCaseIfItIsNotAtFaultElseFailsIt)
{
    struct Ending {
        std::function<void()> step;
        Status status;
        Cause cause;
        const char* reason;
    };
    const std::vector<Ending> endings = {
        {[] { throw OutOfMemory("full"); }, Status::skipped, Cause::memory, "full"},
        {[] { throw Unavailable("no GPU"); }, Status::skipped, Cause::unavailable, "no GPU"},
        {[] { throw DeviceLost("lost", true); }, Status::skipped, Cause::device_lost, "lost"},
        {[] { throw DeviceLost("lost", false); }, Status::failed, Cause::device_lost, "lost"},
        {[] { throw std::bad_alloc(); }, Status::failed, Cause::memory, "out of memory"},
        {[] { throw std::runtime_error("bug"); }, Status::failed, Cause::error, "bug"}};
    for (const auto& [step, status, cause, reason] : endings) {
        CaseResult c = finished("read", "omp", 1, 2, 1, {0, 1, 1});
        EXPECT_FALSE(attempt(c, step)) << reason;
        EXPECT_EQ(c.status, status) << reason;
        EXPECT_EQ(c.cause, cause) << reason;
        EXPECT_EQ(c.reason, reason);
        EXPECT_TRUE(c.samples.empty()) << reason;
    }
}

} // namespace
} // namespace workspan
