// SPDX-License-Identifier: Apache-2.0
// fft on a real GPU: radices that the awkward sizes do not reach, and launches that overlap.
#include "gpu/fft_passes.hpp"
#include "gpu/trial.cuh"
#include "tests/contracts/walk.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace workspan {
namespace {

class DeviceFft : public GpuTest {};

TEST_F(DeviceFft, IsRightBeyondTheAwkwardSizes)
{
    const auto [workload, variant] = find({"fft", "cuda"});
    for (const int length : {19, 20, 21, 22, 23, 24, 25}) {
        SCOPED_TRACE(length);
        const Trial trial = variant.prepare({.n = std::size_t(1) << length});
        trial.poison();
        ASSERT_NO_FATAL_FAILURE(expect_right(trial));
    }
}

struct Transform {
    explicit Transform(const Problem& problem)
        : in(fft::input(problem)), x(in->values.size()), out(x.size())
    {
        enqueue({{x, in->values}});
        out.fill(0xff);
    }
    CheckResult check() const
    {
        std::vector<fft::Complex> bins(out.size());
        out.download(std::as_writable_bytes(std::span(bins)));
        synchronise();
        return fft::check(*in, bins);
    }

    std::shared_ptr<const fft::Input> in;
    DeviceArray<fft::Complex> x, out;
};

// A kernel that does not wait for the one before reads what a run of the other input has left in
// the scratch memory, or overwrites it too early.
TEST_F(DeviceFft, OverlappedRunsDoNotMixTheirScratchMemory)
{
    for (const int length : {13, 14, 16, 18, 20}) {
        SCOPED_TRACE(length);
        const std::size_t n = std::size_t(1) << length;
        const FftPasses passes = passes_on_device(n);
        Transform first({.n = n, .seed = 1}), second({.n = n, .seed = 2});
        DeviceArray<fft::Complex> scratch(n);
        for (int run = 0; run < 200; ++run)
            for (Transform* const of : {&first, &second})
                enqueue_passes(passes, of->x.data(), scratch.data(), of->out.data());
        for (const Transform* const of : {&first, &second}) {
            const CheckResult result = of->check();
            EXPECT_TRUE(result.ok) << result.why;
        }
    }
}

} // namespace
} // namespace workspan
