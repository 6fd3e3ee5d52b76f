// SPDX-License-Identifier: Apache-2.0
// A contract and a kernel become a variant, with the facts of its kind; the clock of host variants.
#include "harness/check.hpp"
#include "harness/suite/variants.hpp"

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <omp.h>
#include <thread>

namespace workspan {
namespace {

int seen_threads = 0; // of the team in the last run

// A contract's host(problem, kernel).
Trial host(const Problem&, void (*run)())
{
    Trial trial;
    trial.run = run;
    return trial;
}

void count_threads()
{
#pragma omp parallel
#pragma omp single
    seen_threads = omp_get_num_threads();
}

Trial no_trial(const Problem&) { return {}; }

TEST(HostVariants, RunWithTheProblemsNumberOfThreads)
{
    const Variant variant = omp_team("omp", host, count_threads);
    const Trial trial = variant.prepare({.n = 1, .threads = 3});
    omp_set_num_threads(1); // left behind by another case
    trial.run();
    EXPECT_EQ(seen_threads, 3);
}

TEST(HostVariants, CountWithTheProblemsNumberOfThreads)
{
    const Variant variant = on_host("omp", Threading::team, [](const Problem&) {
        Trial trial;
        trial.run = count_threads;
        trial.counters = [] {
            count_threads();
            return Counters{{"threads", seen_threads}};
        };
        return trial;
    });
    const Trial trial = variant.prepare({.n = 1, .threads = 3});
    omp_set_num_threads(1); // left behind by another case
    EXPECT_EQ(trial.counters().at("threads"), 3);
}

TEST(HostVariants, SayHowTheyMakeThreads)
{
    const Variant seq = single_threaded("seq", host, count_threads),
                  omp = omp_team("omp", host, count_threads), tbb = host_library("tbb", no_trial),
                  mkl = team_library("mkl", no_trial);
    EXPECT_EQ(seq.threading, Threading::one);
    EXPECT_EQ(omp.threading, Threading::team);
    EXPECT_EQ(tbb.threading, Threading::own);
    EXPECT_EQ(mkl.threading, Threading::team);
    for (const Variant& variant : {seq, omp, tbb, mkl}) {
        EXPECT_EQ(variant.scope, Scope::host);
        EXPECT_EQ(variant.clock, &wall_clock);
        EXPECT_EQ(variant.cold_clock, nullptr);
        EXPECT_EQ(variant.role, Role::main);
    }
    EXPECT_TRUE(seq.ours && omp.ours);
    EXPECT_FALSE(tbb.ours || mkl.ours);
}

TEST(DeviceVariants, AreTimedOnTheDeviceWarmOrCold)
{
    const Variant ours = device_kernel("cuda", no_trial), cub = device_library("cub", no_trial);
    for (const Variant& variant : {ours, cub}) {
        EXPECT_EQ(variant.scope, Scope::kernel);
        EXPECT_EQ(variant.clock, &device_clock);
        EXPECT_EQ(variant.cold_clock, &cold_device_clock);
        EXPECT_EQ(variant.transfer, Transfer::none);
    }
    EXPECT_TRUE(ours.ours);
    EXPECT_FALSE(cub.ours);
}

TEST(Variants, TeachingAndLibraryChangeOneFactEach)
{
    const Variant plain = teaching(single_threaded("seq_plain", host, count_threads)),
                  memcpy = library(single_threaded("memcpy", host, count_threads));
    EXPECT_EQ(plain.role, Role::teaching);
    EXPECT_TRUE(plain.ours);
    EXPECT_EQ(memcpy.role, Role::main);
    EXPECT_FALSE(memcpy.ours);
    EXPECT_EQ(memcpy.threading, Threading::one);
}

TEST(VariantsOf, EndsWithCudaWithBothTransfers)
{
    static std::vector<Transfer> asked;
    const Make cuda = [](const Problem& problem) {
        asked.push_back(problem.transfer);
        return Trial{};
    };
    const Variants all = variants_of({single_threaded("seq", host, count_threads)}, cuda,
                                     {device_kernel("cub", no_trial)});
    std::vector<std::string> names;
    for (const Variant& variant : all)
        names.push_back(variant.name);
    EXPECT_EQ(names, (std::vector<std::string>{"seq", "cuda", "cub", "cuda_e2e", "cuda_pinned"}));
    for (const std::size_t k : {1U, 3U, 4U})
        all[k].prepare({});
    EXPECT_EQ(asked, (std::vector{Transfer::none, Transfer::pageable, Transfer::pinned}));
    for (const std::size_t k : {3U, 4U}) {
        EXPECT_EQ(all[k].scope, Scope::e2e);
        EXPECT_EQ(all[k].clock, &wall_clock) << "the host's clock includes the transfers";
        EXPECT_EQ(all[k].transfer, asked[k - 2]);
    }
}

TEST(Transfers, EachCopyIsPageableThenPinned)
{
    static std::vector<std::pair<std::string, Transfer>> asked;
    const auto copy = [](const std::string& name) {
        return std::pair(name, Make([name](const Problem& problem) {
                             asked.emplace_back(name, problem.transfer);
                             return Trial{};
                         }));
    };
    std::vector<std::string> names;
    for (const Variant& variant : pageable_and_pinned({copy("h2d"), copy("both"), copy("d2h")})) {
        names.push_back(variant.name);
        variant.prepare({});
        EXPECT_EQ(variant.transfer, asked.back().second) << "as the plan is told";
        EXPECT_EQ(variant.scope, Scope::e2e);
        EXPECT_EQ(variant.clock, &wall_clock) << "the host's clock";
    }
    EXPECT_EQ(names, (std::vector<std::string>{"h2d", "h2d_pinned", "both", "both_pinned", "d2h",
                                               "d2h_pinned"}));
    EXPECT_EQ(asked, (std::vector<std::pair<std::string, Transfer>>{{"h2d", Transfer::pageable},
                                                                    {"h2d", Transfer::pinned},
                                                                    {"both", Transfer::pageable},
                                                                    {"both", Transfer::pinned},
                                                                    {"d2h", Transfer::pageable},
                                                                    {"d2h", Transfer::pinned}}));
}

TEST(WallClock, TimesAllRuns)
{
    int runs = 0;
    Trial trial;
    trial.run = [&runs] {
        ++runs;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    };
    const Seconds time = wall_clock(trial, 5);
    EXPECT_EQ(runs, 5);
    EXPECT_GE(time, 0.010);
    EXPECT_LT(time, 10);
}

// A run that writes nothing would otherwise keep the right result of the run before it.
TEST(WallClock, SpoilsTheOutputBeforeEachRun)
{
    std::array<float, 16> output = {}, right = {};
    right.fill(1);
    int spoiled = 0;
    Trial trial;
    trial.run = [&] {
        spoiled += output == right ? 0 : 1;
        output = right;
    };
    trial.output = std::as_writable_bytes(std::span(output));
    output = right;
    wall_clock(trial, 1000);
    EXPECT_EQ(spoiled, 1000);
}

} // namespace
} // namespace workspan
