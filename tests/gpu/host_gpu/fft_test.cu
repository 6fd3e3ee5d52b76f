// SPDX-License-Identifier: Apache-2.0
// The kernels of fft that the awkward sizes do not reach.
#include "gpu/fft_passes.hpp"
#include "gpu/trial.cuh"
#include "tests/contracts/walk.hpp"

namespace workspan {
namespace {

using host_gpu::Order;

class LongTransform : public testing::Test {
protected:
    void SetUp() override
    {
        host_gpu::schedule() = {.order = Order::shuffled, .blocks = 3, .late_copies = true};
    }
    void TearDown() override
    {
        host_gpu::device.shared = shared;
        host_gpu::device.compute_major = compute_major;
    }

    const std::size_t shared = host_gpu::device.shared;
    const int compute_major = host_gpu::device.compute_major;
};

void expect_right_with_poison(const Trial& trial)
{
    trial.poison();
    expect_right(trial);
}

TEST_F(LongTransform, IsRightInTwoPasses)
{
    const auto [workload, variant] = find({"fft", "cuda"});
    expect_right_with_poison(variant.prepare({.n = 1 << 21}));
}

TEST_F(LongTransform, IsRightInThreePassesOnADeviceOfLittleSharedMemory)
{
    const auto [workload, variant] = find({"fft", "cuda"});
    host_gpu::device.shared = 99 * 1024;
    host_gpu::device.compute_major = 8; // without programmatic dependent launch
    expect_right_with_poison(variant.prepare({.n = 1 << 21}));
}

TEST_F(LongTransform, TakesTwoPassesUpToAsMuchAsTheSharedMemoryAllows)
{
    const auto radices = [](int length) {
        const FftPasses passes = passes_on_device(std::size_t(1) << length);
        return std::vector(passes.radices.begin(), passes.radices.begin() + passes.count);
    };
    using Radices = std::vector<unsigned>;
    EXPECT_EQ(radices(12), (Radices{12}));
    EXPECT_EQ(radices(13), (Radices{6, 7}));
    EXPECT_EQ(radices(24), (Radices{12, 12}));
    EXPECT_EQ(radices(25), (Radices{8, 8, 9}));
    EXPECT_EQ(radices(31), (Radices{7, 8, 8, 8}));
    host_gpu::device.shared = 99 * 1024;
    EXPECT_EQ(radices(20), (Radices{10, 10}));
    EXPECT_EQ(radices(24), (Radices{8, 8, 8}));
}

void expect_right_in(const FftPasses& passes)
{
    const unsigned length = passes.radices[0] + passes.radices[1];
    SCOPED_TRACE(testing::Message() << passes.radices[0] << " + " << passes.radices[1]);
    const auto in = fft::input({.n = std::size_t(1) << length});
    DeviceArray<fft::Complex> x(in->values.size()), scratch(x.size()), out(x.size());
    enqueue({{x, in->values}});
    for (const Order order : {Order::shuffled, Order::backward}) {
        host_gpu::schedule().order = order;
        out.fill(0xff);
        enqueue_passes(passes, x.data(), scratch.data(), out.data());
        std::vector<fft::Complex> bins(out.size());
        out.download(std::as_writable_bytes(std::span(bins)));
        synchronise();
        const CheckResult result = fft::check(*in, bins);
        EXPECT_TRUE(result.ok) << result.why;
    }
}

TEST_F(LongTransform, IsRightInPassesOfAllRadices)
{
    for (unsigned radix = 6; radix <= 12; ++radix) {
        expect_right_in({.count = 2, .radices = {radix, 6}, .in_pair = true});
        expect_right_in({.count = 2, .radices = {6, radix}, .in_pair = true});
    }
    for (unsigned radix = 7; radix <= 10; ++radix) {
        expect_right_in({.count = 2, .radices = {radix, 7}});
        expect_right_in({.count = 2, .radices = {7, radix}});
    }
}

} // namespace
} // namespace workspan
