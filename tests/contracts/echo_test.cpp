// SPDX-License-Identifier: Apache-2.0
// echo: payloads and hashes, which problems suit, and what a rate that was not reached is.
#include "harness/contracts/echo.hpp"

#include <gtest/gtest.h>
#include <set>

namespace workspan {
namespace {

using Keys = std::map<std::string, std::string>;

Problem problem(const Keys& differing)
{
    Problem p = {.n = 5000, .keys = differing};
    p.keys.merge(Keys{{"input", "b64"}, {"inflight", "16"}, {"rate", "closed"}});
    return p;
}

TEST(EchoContract, PayloadsDifferAndTheirHashesToo)
{
    std::set<std::uint64_t> words, hashes;
    for (const std::uint64_t seed : {1, 2}) {
        const echo::Work work = {.words = 8, .seed = seed};
        echo::Words payload(work.words);
        for (std::size_t i = 0; i < 1000; ++i) {
            echo::fill(work, i, payload);
            words.insert(payload.begin(), payload.end());
            hashes.insert(echo::hash_of(payload));
        }
    }
    EXPECT_EQ(words.size(), 2U * 1000 * 8);
    EXPECT_EQ(hashes.size(), 2U * 1000);
}

TEST(EchoContract, TheHashSeesEachBitAndTheOrder)
{
    echo::Words payload = {1, 2, 3, 4, 5, 6, 7, 8};
    const echo::Hash before = echo::hash_of(payload);
    for (std::size_t bit = 0; bit < 8 * 64; ++bit) {
        payload[bit / 64] ^= std::uint64_t(1) << bit % 64;
        EXPECT_NE(echo::hash_of(payload), before) << bit;
        payload[bit / 64] ^= std::uint64_t(1) << bit % 64;
    }
    std::swap(payload[2], payload[5]);
    EXPECT_NE(echo::hash_of(payload), before);
}

TEST(EchoContract, ProcessesAreFew)
{
    EXPECT_TRUE(echo::suits_processes(problem({{"inflight", "64"}})));
    EXPECT_FALSE(echo::suits_processes(problem({{"inflight", "65"}})));
}

TEST(EchoContract, AnOpenLoopHasNoBaseline)
{
    EXPECT_TRUE(echo::suits_seq(problem({{"input", "k16"}, {"inflight", "1"}, {"cpus", "1"}})));
    EXPECT_FALSE(echo::suits_seq(problem({{"rate", "20000"}})));
}

bool keeps_the_rate(std::size_t n, std::uint64_t rate, std::size_t judged, std::size_t behind)
{
    echo::Work work = {.n = n, .rate = rate};
    work.since_poison.judged = judged;
    work.since_poison.behind = behind;
    try {
        echo::require_rate(work);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

TEST(EchoContract, ARateIsReachedUnlessMostRunsEndBehind)
{
    EXPECT_TRUE(keeps_the_rate(5000, 20000, 1, 0));
    EXPECT_FALSE(keeps_the_rate(5000, 20000, 1, 1));
    EXPECT_TRUE(keeps_the_rate(5000, 20000, 4, 2));
    EXPECT_FALSE(keeps_the_rate(5000, 20000, 4, 3));
    EXPECT_TRUE(keeps_the_rate(1000, 20000, 1, 1)) << "too few requests to tell";
    EXPECT_TRUE(keeps_the_rate(20000, 0, 1, 1)) << "closed loop";
}

TEST(EchoContract, ARequestWithoutLatencyIsWrong)
{
    const auto skips_one = [](const Problem&) -> echo::Run {
        return [](echo::Work& work) {
            echo::Words payload(work.words);
            for (std::size_t i = 0; i < work.n; ++i) {
                echo::fill(work, i, payload);
                work.out[i] = echo::hash_of(payload);
                if (i != 7)
                    work.latencies->set(i, 1);
            }
        };
    };
    const Trial trial = echo::host(problem({}), skips_one);
    trial.run();
    EXPECT_TRUE(trial.check(trial.output).ok);
    EXPECT_EQ(trial.verify().why, "1 requests have no latency");
}

TEST(EchoContract, TheMedianOfAHistogram)
{
    Histogram histogram;
    EXPECT_EQ(echo::median_of(histogram), 0);
    for (const std::uint64_t ns : {10, 20, 30})
        histogram.add(ns);
    EXPECT_EQ(echo::median_of(histogram), 20);
    histogram.add(5);
    EXPECT_EQ(echo::median_of(histogram), 10) << "the lower of two";
}

} // namespace
} // namespace workspan
