// SPDX-License-Identifier: Apache-2.0
// transfer: what its checker catches, what a copy costs, and the memory at both ends. The copies
// themselves run in host_gpu_test and on a GPU.
#include "harness/contracts/transfer.hpp"
#include "tests/contracts/walk.hpp"

namespace workspan {
namespace {

using Bytes8 = std::vector<std::uint8_t>;

Bytes8 arrived(const transfer::Input& in) { return {in.begin(), in.end()}; }

TEST(Transfer, EveryByteMustArriveInItsPlace)
{
    for (const std::size_t n : {1U, 31U, 4096U, 300001U}) {
        SCOPED_TRACE(n);
        const auto in = transfer::input({.n = n});
        Bytes8 out = arrived(*in);
        ASSERT_TRUE(transfer::check(*in, out).ok);
        for (const std::size_t at : {std::size_t(0), n / 2, n - 1}) {
            out[at] ^= 1;
            EXPECT_FALSE(transfer::check(*in, out).ok) << "one bit of byte " << at;
            out[at] ^= 1;
        }
        out.pop_back();
        EXPECT_FALSE(transfer::check(*in, out).ok) << "too short";
        out.resize(n + 1);
        EXPECT_FALSE(transfer::check(*in, out).ok) << "too long";
    }
}

TEST(Transfer, ShiftedCopiesAndRepeatedPagesAreCaught)
{
    const auto in = transfer::input({.n = 3 * 4096});
    Bytes8 out = arrived(*in);
    std::rotate(out.begin(), out.begin() + 1, out.end());
    EXPECT_FALSE(transfer::check(*in, out).ok) << "by one byte";
    out = arrived(*in);
    std::copy_n(out.begin(), 4096, out.begin() + 4096);
    EXPECT_FALSE(transfer::check(*in, out).ok) << "a page twice";
}

TEST(Transfer, NoByteIsThatOfPoisonedMemory)
{
    const auto in = transfer::input({.n = 300001});
    EXPECT_EQ(std::count(in->begin(), in->end(), 0xff), 0);
}

TEST(Transfer, CountsTheBytesThatCrossTheLinkOnce)
{
    EXPECT_EQ(transfer::one_way(1000).bytes, 1000);
    EXPECT_EQ(transfer::both_ways(1000).bytes, 2000);
    EXPECT_EQ(transfer::both_ways(1000).flops, 0);
}

TEST(Transfer, HasTheMemoryOfBothEnds)
{
    const auto memory = [](const char* variant) {
        const Bytes of = transfer::footprint({.n = 100}, variant);
        return std::vector{of.host_shared, of.host_case, of.device_case};
    };
    EXPECT_EQ(memory("h2d"), (std::vector<double>{100, 0, 100}));
    EXPECT_EQ(memory("d2h_pinned"), (std::vector<double>{100, 100, 100}));
    EXPECT_EQ(memory("both"), (std::vector<double>{100, 100, 200}));
}

TEST(Transfer, HasNoBaselineAndNoCeiling)
{
    const Workload workload = find({"transfer", "h2d"}).workload;
    EXPECT_EQ(workload.contract.ceiling, "");
    EXPECT_EQ(workload.contract.subject, Subject::transfers);
    for (const Variant& v : workload.variants)
        EXPECT_NE(v.scope, Scope::host) << v.name;
}

// From a few KiB, where the latency decides, to more than any cache holds.
TEST(Transfer, QuickSizesShowLatencyAndBandwidth)
{
    const Contract c = transfer::contract();
    EXPECT_EQ(c.sizes.front(), 4U << 10);
    EXPECT_EQ(c.sizes.back(), 1U << 30);
    EXPECT_EQ(c.quick.front(), c.sizes.front());
    EXPECT_EQ(c.quick.back(), 256U << 20);
    EXPECT_EQ(c.quick.size(), 3U);
}

} // namespace
} // namespace workspan
