// SPDX-License-Identifier: Apache-2.0
// Host memory: aligned, poisoned, movable; parallel initialisation.
#include "harness/host_array.hpp"

#include <atomic>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

namespace workspan {
namespace {

TEST(HostArray, IsAlignedAndPoisoned)
{
    for (const std::size_t n : {0, 1, 1000, 1 << 18, 1 << 20}) {
        HostArray<double> array(n, 2);
        EXPECT_EQ(array.size(), n);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 4096, 0U);
        for (std::size_t i = 0; i < n; i += 997)
            EXPECT_TRUE(std::isnan(array[i]));
        std::iota(array.begin(), array.end(), 0);
        if (n > 0)
            EXPECT_EQ(array[n - 1], static_cast<double>(n - 1));
    }
}

TEST(HostArray, TooLargeIsBadAlloc)
{
    EXPECT_THROW(HostArray<double>(std::size_t(1) << 62), std::bad_alloc);
    EXPECT_THROW(HostArray<double>(std::size_t(1) << 50), std::bad_alloc);
}

TEST(HostArray, MovesWithoutCopying)
{
    HostArray<int> a(10);
    a[3] = 7;
    const int* const at = a.data();
    const HostArray<int> b = std::move(a);
    EXPECT_EQ(b.data(), at);
    EXPECT_EQ(b[3], 7);
}

TEST(NumaNodes, AreCountedWhateverTheirNumbers)
{
    const std::filesystem::path machines = "tests/data/machines";
    EXPECT_EQ(numa_nodes(machines / "power_server/sys/devices/system/node"), 2); // 0 and 8
    EXPECT_EQ(numa_nodes(machines / "power_server/sys/devices/system/node/node0"), 0);
    EXPECT_EQ(numa_nodes(machines / "cloud_vm/sys/devices/system/node"), 0); // absent
}

TEST(InPieces, ExceptionOfAPieceIsRethrownAfterAllHaveEnded)
{
    const auto refuse = [](std::size_t, std::size_t) { throw std::bad_alloc(); };
    for (const std::size_t n : {std::size_t(10), std::size_t(1) << 20}) // one piece, many
        EXPECT_THROW(in_pieces(n, refuse), std::bad_alloc) << n;
    std::atomic<std::size_t> done = 0;
    const auto refuse_the_first = [&](std::size_t from, std::size_t to) {
        if (from == 0)
            throw std::runtime_error("the first piece");
        done += to - from;
    };
    EXPECT_THROW(in_pieces(1 << 20, refuse_the_first), std::runtime_error);
    EXPECT_EQ(done, (1U << 20) - (1U << 16));
}

TEST(InPieces, CoverAllElementsOnceInPiecesOfTheGrain)
{
    for (const std::size_t grain : {std::size_t(1), std::size_t(7), kGrain}) {
        std::vector<int> visits(2 * kGrain + 5);
        std::atomic<std::size_t> pieces = 0;
        in_pieces(
            visits.size(),
            [&](std::size_t from, std::size_t to) {
                EXPECT_EQ(from % grain, 0U);
                EXPECT_LE(to - from, grain);
                ++pieces;
                for (std::size_t i = from; i < to; ++i)
                    ++visits[i];
            },
            grain);
        EXPECT_EQ(pieces, (visits.size() + grain - 1) / grain);
        EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), std::ssize(visits));
    }
}

TEST(InPieces, RowsOfAPieceAreAboutAGrain)
{
    EXPECT_EQ(rows_per_piece(0), kGrain);
    EXPECT_EQ(rows_per_piece(1023), kGrain / 1024);
    EXPECT_EQ(rows_per_piece(kGrain), 1U);
    EXPECT_EQ(rows_per_piece(10 * kGrain), 1U);
}

TEST(OfPieces, KeepsTheOrderOfThePieces)
{
    const auto firsts =
        of_pieces<std::size_t>(5 * kGrain + 1, [](std::size_t from, std::size_t) { return from; });
    ASSERT_EQ(firsts.size(), 6U);
    EXPECT_TRUE(std::is_sorted(firsts.begin(), firsts.end()));
    EXPECT_EQ(firsts.back(), 5 * kGrain);
}

} // namespace
} // namespace workspan
