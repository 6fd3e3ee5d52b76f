// SPDX-License-Identifier: Apache-2.0
// The key passes of the ceilings in cache, beyond the walk over the suite: which variants have it,
// what it costs, that no pass is left out, and the working sets for each number of threads.
#include "harness/contracts/read.hpp"
#include "harness/plan/plan.hpp"
#include "tests/contracts/walk.hpp"

#include <chrono>

namespace workspan {
namespace {

// copy, read and triad.
std::vector<Workload> ceilings_in_cache()
{
    std::vector<Workload> found = suite();
    std::erase_if(found, [](const Workload& w) { return w.contract.l1.passes == 0; });
    return found;
}

Problem in_passes(std::size_t n, std::size_t passes, int threads = 1)
{
    return {.n = n, .threads = threads, .keys = {{kPassesKey, std::to_string(passes)}}};
}

TEST(Passes, SuitTheCeilingsSeqAndOmpOnly)
{
    std::vector<std::string> suited;
    for (const Workload& w : suite())
        for (const Variant& v : w.variants)
            if (is_suited(v, in_passes(1, 2)))
                suited.push_back(w.name + "/" + v.name);
    EXPECT_EQ(suited, (std::vector<std::string>{"copy/seq", "copy/omp", "read/seq", "read/omp",
                                                "triad/seq", "triad/omp"}));
}

TEST(Passes, AreInNoPresetAndPlannedIfAskedFor)
{
    const std::vector<Workload> all = suite();
    Options options;
    for (const Preset preset : {Preset::smoke, Preset::quick, Preset::full}) {
        options.preset = preset;
        for (const Group& group : make_plan(all, options, 2, {1e15, 1e15}).groups)
            for (const PlannedCase& c : group)
                EXPECT_FALSE(has_passes(c.problem)) << c.name;
    }
    options.workloads = {"read"};
    options.sizes = {768};
    options.axes = {{kPassesKey, "16"}};
    const Plan plan = make_plan(all, options, 2, {1e15, 1e15});
    ASSERT_EQ(plan.to_measure().size(), 3U);
    EXPECT_EQ(plan.groups.at(0).at(2).name, "read/omp/n:768/passes:16/threads:2");
}

TEST(Passes, CountInTheCost)
{
    for (const Workload& w : ceilings_in_cache()) {
        SCOPED_TRACE(w.name);
        for (const Variant& v : w.variants) {
            if (!v.makes_passes)
                continue;
            const Cost once = v.prepare({.n = 1000}).cost,
                       often = v.prepare(in_passes(1000, 7)).cost;
            EXPECT_EQ(often.bytes, 7 * once.bytes);
            EXPECT_EQ(often.flops, 7 * once.flops);
            EXPECT_EQ(often.items, 7 * once.items);
        }
    }
}

// Of whole cache lines, so that each thread has the same share.
TEST(Passes, GoOverDataInTheCacheOfEachThread)
{
    ASSERT_EQ(ceilings_in_cache().size(), 3U);
    for (const Workload& w : ceilings_in_cache())
        for (const auto& [set, level, bytes] : {std::tuple(w.contract.l1, Level::l1, 12 << 10),
                                                std::tuple(w.contract.l2, Level::l2, 192 << 10)})
            for (const int threads : {1, 2, 3, 16, 128}) {
                SCOPED_TRACE(w.name + " on " + std::to_string(threads));
                CaseResult c;
                c.problem = in_cache(set, threads);
                c.footprint = w.contract.footprint(c.problem, "omp");
                EXPECT_NEAR(c.footprint.kernel_on_host(), double(bytes) * threads, 8);
                EXPECT_EQ(set.per_thread % 64, 0U) << "grain of a chunk";
                EXPECT_EQ(passes_of(c.problem), set.passes);
                EXPECT_EQ(level_of(c, {32 << 10, 512 << 10, 0}), level);
            }
}

TEST(Passes, InCacheAreRightOnEveryTeam)
{
    for (const Workload& w : ceilings_in_cache())
        for (const Variant& v : w.variants)
            for (const InCache& set : {w.contract.l1, w.contract.l2})
                for (const int threads : {1, 2, 3}) {
                    if (!v.makes_passes || (threads > 1 && !is_parallel(v)))
                        continue;
                    SCOPED_TRACE(w.name + "/" + v.name + " on " + std::to_string(threads));
                    const Trial trial = v.prepare(in_cache(set, threads));
                    trial.poison();
                    ASSERT_NO_FATAL_FAILURE(expect_right(trial));
                }
}

// A check cannot tell the passes of copy. Three loads and a store of 64 bytes a cycle at 7.8 GHz,
// more than any core has, are 2 TB/s, so that a run that is faster has left passes out; how long
// it takes beyond that does not matter here.
TEST(Passes, AreNotLeftOut)
{
    constexpr std::size_t passes = 1 << 16;
    for (const Workload& w : ceilings_in_cache())
        for (const Variant& v : w.variants) {
            if (!v.makes_passes)
                continue;
            const Trial trial = v.prepare(in_passes(w.contract.l1.per_thread, passes));
            EXPECT_GE(wall_clock(trial, 1), trial.cost.bytes / 2e12) << w.name << "/" << v.name;
        }
}

// Of read: the word that the passes give differs for every number of them, and is never that of no
// pass.
TEST(Passes, OfReadAreCounted)
{
    std::vector<std::uint64_t> words = {0};
    for (int pass = 0; pass < 1000; ++pass)
        words.push_back(read::times_x(words.back()) ^ 0x0123456789abcdef);
    std::sort(words.begin(), words.end());
    EXPECT_EQ(std::unique(words.begin(), words.end()), words.end());
}

} // namespace
} // namespace workspan
