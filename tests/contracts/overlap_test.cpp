// SPDX-License-Identifier: Apache-2.0
// overlap: where the chunks are, known values, and what the counters mean. The copies run in
// host_gpu_test and on a GPU.
#include "harness/contracts/overlap.hpp"
#include "tests/contracts/walk.hpp"

namespace workspan {
namespace {

using overlap::Chunks;
using overlap::Value;

TEST(Overlap, ChunksAndTheirSumsFillTheArray)
{
    for (const std::size_t n : {0U, 1U, 7U, 8U, 9U, 1000U})
        for (const std::size_t count : {1U, 7U, 8U, 64U}) {
            const Chunks chunks = {n, count};
            std::size_t i = 0;
            for (std::size_t chunk = 0; chunk < count; ++chunk) {
                EXPECT_EQ(chunks.begin(chunk), i);
                for (; i < chunks.sum(chunk); ++i)
                    ASSERT_EQ(chunks.chunk_of(i), chunk) << "n = " << n << ", element " << i;
                ASSERT_EQ(chunks.chunk_of(i++), chunk) << "the sum";
            }
            EXPECT_EQ(i, chunks.length());
            EXPECT_LE(chunks.size(0) - chunks.size(count - 1), 1U);
        }
}

TEST(Overlap, ResultsAreThoseOfSingleSteps)
{
    const auto in = overlap::input({.n = 10, .keys = {{"chunks", "3"}}}); // 4, 3, 3
    std::vector<Value> expected;
    for (const std::size_t size : {4U, 3U, 3U}) {
        Value sum = 0;
        for (std::size_t i = 0; i < size; ++i) {
            expected.push_back(lcg(in->values[expected.size()], overlap::kSteps, {}));
            sum += expected.back();
        }
        EXPECT_EQ(in->values[expected.size()], 0U) << "a sum begins with 0";
        expected.push_back(sum);
    }
    EXPECT_TRUE(overlap::check(*in, expected).ok);
    std::swap(expected[1], expected[2]);
    EXPECT_FALSE(overlap::check(*in, expected).ok) << "the sum is the same";
}

TEST(Overlap, GainIsOneInOrderAndTheLongestStepIsItsLimit)
{
    const Counters in_order = overlap::counters({2e-3, 1e-3, 1e-3, 4e-3});
    EXPECT_DOUBLE_EQ(in_order.at("overlap_gain"), 1);
    EXPECT_DOUBLE_EQ(in_order.at("overlap_efficiency"), 0.5);
    const Counters hidden = overlap::counters({2e-3, 1e-3, 1e-3, 2e-3});
    EXPECT_DOUBLE_EQ(hidden.at("overlap_gain"), 2);
    EXPECT_DOUBLE_EQ(hidden.at("overlap_efficiency"), 1);
    EXPECT_DOUBLE_EQ(hidden.at("copy_in_us"), 2000);
    EXPECT_DOUBLE_EQ(hidden.at("overlapped_us"), 2000);
}

TEST(Overlap, TimesContainTheCopiesFromPageLockedMemory)
{
    const Workload workload = find({"overlap", "seq"}).workload;
    for (const Variant& v : workload.variants) {
        EXPECT_EQ(v.scope, v.name == "seq" ? Scope::host : Scope::e2e) << v.name;
        EXPECT_EQ(v.transfer, v.name == "seq" ? Transfer::none : Transfer::pinned) << v.name;
        const auto suits = [&v](const char* chunks) {
            return is_suited(v, {.n = 1, .keys = {{"chunks", chunks}}});
        };
        EXPECT_TRUE(suits("1")) << v.name;
        EXPECT_EQ(suits("4096"), v.name != "seq") << v.name << ": nothing overlaps on the host";
        EXPECT_FALSE(suits("4097")) << v.name;
    }
}

} // namespace
} // namespace workspan
