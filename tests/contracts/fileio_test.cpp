// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/fileio.hpp"

#include "cpu/crc32c.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <unistd.h>

namespace workspan::fileio {
namespace {

Problem problem(std::size_t n, const char* input = "cached")
{
    return {.n = n, .keys = {{"input", input}, {"inflight", "4"}}};
}

// Of RFC 3720, B.4: 32 bytes.
TEST(FileioCrc, HasTheValuesOfTheStandard)
{
    std::array<std::uint32_t, 4 * 8> streams = {};
    for (std::size_t k = 8; k < 16; ++k)
        streams[k] = 0xffffffff;
    for (std::uint32_t k = 0; k < 8; ++k) {
        streams[16 + k] = 0x03020100 + k * 0x04040404;
        streams[24 + k] = 0x1c1d1e1f - k * 0x04040404;
    }
    const std::array<Crc, 4> expected = {0x8a9136aa, 0x62a8ab43, 0x46dd794e, 0x113fdb5c};
    EXPECT_EQ(crc_bit_by_bit<4>(streams.data(), 8), expected);
    std::array<Crc, 4> found = {};
    crc32c_of_four(std::as_bytes(std::span(streams)).data(), 32, found.data());
    EXPECT_EQ(found, expected);
}

TEST(FileioCrc, IsTheSameByTablesAsByTheInstruction)
{
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const auto crc = static_cast<std::uint32_t>(random_bits(1, i));
        EXPECT_EQ(crc32c_by_tables(crc, random_bits(2, i)), crc32c_step(crc, random_bits(2, i)));
    }
}

TEST(Fileio, ReadsEachBlockOnceInAnOrderThatTheSeedDecides)
{
    std::vector<std::uint32_t> order = random_order(1, 1000);
    EXPECT_NE(order, random_order(2, 1000));
    EXPECT_EQ(order, random_order(1, 1000));
    EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (std::uint32_t i = 0; i < 1000; ++i)
        EXPECT_EQ(order[i], i);
}

TEST(Fileio, TheFileHasTheBlocksOfTheCounter)
{
    const auto in = input(problem(5));
    for (const std::size_t word : {std::size_t(0), std::size_t(8191), 5 * kBlock / 8 - 1}) {
        std::uint64_t found = 0;
        ASSERT_EQ(pread(in->file.descriptor(), &found, 8, off_t(8 * word)), 8);
        EXPECT_EQ(found, random_bits(1, word));
    }
    char beyond = 0;
    EXPECT_EQ(pread(in->file.descriptor(), &beyond, 1, 5 * kBlock), 0);
    EXPECT_EQ(in->expected.size(), 5 * kQuarters);
}

TEST(Fileio, AllModelsOfOneInputReadOneFile)
{
    const auto in = input(problem(5));
    Problem more = problem(5);
    more.keys["inflight"] = "2";
    EXPECT_EQ(in, input(more));
    more.seed = 2;
    EXPECT_NE(in, input(more));
}

TEST(Fileio, NoMoreCanBeInFlightThanThereAreBlocks)
{
    for (const char* const number : {"6", "140737488355328"}) {
        Problem of = problem(5);
        of.keys["inflight"] = number;
        EXPECT_THROW(host(of, seq), Unavailable) << number;
    }
    EXPECT_NO_THROW(host(problem(0), seq)); // asks only whether it could run here
}

std::uint64_t tasks_of(const Latencies& latencies)
{
    std::uint64_t sum = 0;
    for (const auto& [ns, tasks] : latencies)
        sum += tasks;
    return sum;
}

TEST(Fileio, EveryReadHasALatencyUntilTheOutputIsPoisoned)
{
    for (Make* const make : {seq, threads, futures, coroutines}) {
        const Trial trial = host(problem(20), make);
        trial.poison();
        trial.run();
        trial.run();
        EXPECT_TRUE(trial.verify().ok);
        EXPECT_EQ(tasks_of(trial.take_latencies()), 40);
        trial.poison();
        EXPECT_EQ(tasks_of(trial.take_latencies()), 0);
    }
}

// The right output, with the latencies of another.
Run unrecorded(const Work& of)
{
    return [run = seq(of)](const Work& work) {
        const TaskLatencies others(work.order.size());
        Work other = work;
        other.latencies = &others;
        run(other);
    };
}

TEST(Fileio, AReadWithoutALatencyIsWrong)
{
    const Trial trial = host(problem(4), unrecorded);
    trial.poison();
    trial.run();
    EXPECT_EQ(trial.verify().why, "4 reads took no time");
    EXPECT_TRUE(trial.check(trial.output).ok);
    trial.poison();
    EXPECT_NE(trial.verify().why, "4 reads took no time") << "forgotten";
}

std::string failure_of(const Trial& trial)
{
    try {
        trial.run();
    } catch (const std::exception& e) {
        return e.what();
    }
    return "none";
}

// The file ends within block 10: those after it cannot be read.
TEST(Fileio, ABlockThatCannotBeReadFailsTheRunOfEveryModelAndTheNextOneIsRight)
{
    const Problem p = problem(20);
    const auto in = input(p);
    for (Make* const make : {seq, threads, futures, coroutines, io_uring}) {
        std::optional<Trial> trial;
        try {
            trial = host(p, make);
        } catch (const Unavailable& e) { // io_uring is refused
            EXPECT_EQ(make, io_uring) << e.what();
            continue;
        }
        std::vector<std::byte> rest(10 * kBlock);
        ASSERT_EQ(pread(in->file.descriptor(), rest.data(), rest.size(), 10 * kBlock), 10 * kBlock);
        ASSERT_EQ(ftruncate(in->file.descriptor(), 10 * kBlock + 1000), 0);
        const std::string why = failure_of(*trial);
        EXPECT_EQ(why.substr(0, 15), "reading block 1");
        EXPECT_TRUE(why.ends_with("got 0 bytes") || why.ends_with("got 1000 bytes")) << why;
        ASSERT_EQ(pwrite(in->file.descriptor(), rest.data(), rest.size(), 10 * kBlock),
                  10 * kBlock);
        trial->poison();
        trial->run();
        EXPECT_TRUE(trial->verify().ok);
    }
}

} // namespace
} // namespace workspan::fileio
