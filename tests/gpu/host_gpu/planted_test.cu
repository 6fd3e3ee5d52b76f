// SPDX-License-Identifier: Apache-2.0
// Planted mistakes that the simulated GPU finds, and the device errors that gpu/device.cu reports.
#include "gpu/device.cuh"
#include "harness/machine/devices.hpp"

#include <cuda/atomic>
#include <cuda_pipeline.h>
#include <gtest/gtest.h>
#include <numeric>

extern "C" [[gnu::weak]] void __asan_init();

namespace workspan {
namespace {

using host_gpu::Order;

constexpr unsigned kThreads = 64;

class PlantedMistake : public testing::TestWithParam<Order> {
protected:
    void SetUp() override
    {
        host_gpu::schedule() = {.order = GetParam(), .blocks = 2, .late_copies = true};
    }

    void expect_reversed(bool expected)
    {
        std::vector<int> found(kThreads), reversed(kThreads);
        std::iota(reversed.rbegin(), reversed.rend(), 0);
        out.download(std::as_writable_bytes(std::span(found)));
        synchronise();
        EXPECT_EQ(found == reversed, expected);
    }

    DeviceArray<int> out{kThreads};
};

std::string shown_order(const testing::TestParamInfo<Order>& order)
{
    return order.param == Order::forward    ? "forward"
           : order.param == Order::backward ? "backward"
                                            : "shuffled";
}

INSTANTIATE_TEST_SUITE_P(HostGpu, PlantedMistake,
                         testing::Values(Order::forward, Order::backward, Order::shuffled),
                         shown_order);

template <bool kMeets> __global__ void reverse_kernel(int* out)
{
    __shared__ int shared[kThreads];
    shared[threadIdx.x] = static_cast<int>(threadIdx.x);
    if (kMeets)
        __syncthreads();
    out[threadIdx.x] = shared[kThreads - 1 - threadIdx.x];
}

TEST_P(PlantedMistake, MissingBarrierIsFound)
{
    reverse_kernel<true><<<1, kThreads, 0, stream()>>>(out.data());
    expect_reversed(true);
    reverse_kernel<false><<<1, kThreads, 0, stream()>>>(out.data());
    expect_reversed(false);
}

template <bool kWaits> __global__ void copy_kernel(const int* in, int* out)
{
    __shared__ int shared[kThreads];
    __pipeline_memcpy_async(shared + threadIdx.x, in + threadIdx.x, sizeof(int));
    __pipeline_commit();
    if (kWaits)
        __pipeline_wait_prior(0);
    __syncthreads();
    out[threadIdx.x] = shared[threadIdx.x];
}

TEST_P(PlantedMistake, CopyThatIsNotWaitedForIsFound)
{
    DeviceArray<int> in(kThreads);
    reverse_kernel<true><<<1, kThreads, 0, stream()>>>(in.data());
    copy_kernel<true><<<1, kThreads, 0, stream()>>>(in.data(), out.data());
    expect_reversed(true);
    copy_kernel<false><<<1, kThreads, 0, stream()>>>(in.data(), out.data());
    expect_reversed(false);
}

std::string why(const std::function<void()>& launch)
{
    try {
        launch();
        return "";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

__global__ void two_barriers_kernel()
{
    if (threadIdx.x < 32)
        __syncthreads();
    else
        __syncthreads();
}

__global__ void one_leaves_kernel()
{
    if (threadIdx.x == 1)
        return;
    __syncthreads();
}

__global__ void half_a_warp_kernel(int* out)
{
    if (threadIdx.x % 32 < 16)
        out[threadIdx.x] = __shfl_down_sync(~0U, threadIdx.x, 1);
}

__global__ void unnamed_lane_kernel(int* out)
{
    if (threadIdx.x % 32 < 16)
        out[threadIdx.x] = __shfl_down_sync(0xffffU, threadIdx.x, 1);
}

__global__ void waiting_kernel(unsigned* word)
{
    while (cuda::atomic_ref<unsigned, cuda::thread_scope_device>(*word).load(
               cuda::memory_order_relaxed) != 1) {
    }
}

TEST_P(PlantedMistake, ThreadsThatDoNotMeetAreFound)
{
    const auto found = [](const std::function<void()>& launch, const std::string& expected) {
        const std::string told = why(launch);
        EXPECT_NE(told.find(expected), std::string::npos) << told;
    };
    found([] { two_barriers_kernel<<<1, kThreads, 0, stream()>>>(); }, "different places");
    found([] { one_leaves_kernel<<<1, kThreads, 0, stream()>>>(); },
          "thread 1,0,0 of block 0,0,0 has ended");
    found([&] { half_a_warp_kernel<<<1, kThreads, 0, stream()>>>(out.data()); },
          "in the exchange of ");
    found([&] { unnamed_lane_kernel<<<1, kThreads, 0, stream()>>>(out.data()); },
          "asks one that is not there");
    DeviceArray<unsigned> word(1);
    found([&] { waiting_kernel<<<1, kThreads, 0, stream()>>>(word.data()); },
          "looks at a word in vain");
    reverse_kernel<true><<<1, kThreads, 0, stream()>>>(out.data());
    expect_reversed(true); // failed launches leave nothing behind
}

__global__ void write_kernel(int* out) { out[threadIdx.x + 1] = 0; }

TEST_P(PlantedMistake, WriteBeyondAnArrayIsFound)
{
    if (__asan_init == nullptr)
        GTEST_SKIP() << "skipped: built without AddressSanitizer";
    EXPECT_DEATH((write_kernel<<<1, kThreads, 0, stream()>>>(out.data())), "heap-buffer-overflow");
}

__global__ void write_shared_kernel(int* out)
{
    extern __shared__ int dynamic[];
    dynamic[threadIdx.x] = static_cast<int>(kThreads - 1 - threadIdx.x);
    out[threadIdx.x] = dynamic[threadIdx.x];
}

TEST_P(PlantedMistake, WriteBeyondDynamicSharedMemoryIsFound)
{
    write_shared_kernel<<<1, kThreads, kThreads * sizeof(int), stream()>>>(out.data());
    expect_reversed(true);
    if (__asan_init == nullptr)
        GTEST_SKIP() << "skipped: built without AddressSanitizer";
    EXPECT_DEATH(
        (write_shared_kernel<<<1, kThreads, (kThreads - 1) * sizeof(int), stream()>>>(out.data())),
        "heap-buffer-overflow");
}

TEST_P(PlantedMistake, PointersOfTheHostAreFound)
{
    std::vector<int> of_host(kThreads);
    EXPECT_NE(why([&] { write_kernel<<<1, kThreads, 0, stream()>>>(of_host.data()); }), "");
    EXPECT_THROW(
        check(cudaMemcpyAsync(of_host.data(), of_host.data(), 4, cudaMemcpyHostToDevice, stream())),
        std::runtime_error);
}

TEST(FakeDevice, TellsWhatItLacks)
{
    const host_gpu::FakeDevice whole = host_gpu::device;
    host_gpu::device.memory = host_gpu::device.used + 1000;
    EXPECT_EQ(why([] { DeviceArray<int>(1000); }),
              "needs 4000 more bytes of device memory; 1000 bytes are free");
    EXPECT_NO_THROW(DeviceArray<int>(250));
    host_gpu::device.count = 0;
    EXPECT_EQ(use_device(0), "no CUDA device");
    EXPECT_EQ(devices().why_none, "no CUDA device");
    host_gpu::device = whole;
    EXPECT_EQ(devices().gpus.size(), 1U);
    EXPECT_EQ(use_device(1), "unknown GPU 1: there are 0 to 0; --info lists them");
    reverse_kernel<true><<<1, 2 * 1024, 0, stream()>>>(nullptr);
    EXPECT_THROW(check(cudaGetLastError()), std::runtime_error);
    EXPECT_NO_THROW(check(cudaGetLastError()));
}

TEST(FakeDevice, HasMoreThan48KiBOfSharedMemoryForKernelsThatAskForIt)
{
    constexpr std::size_t bytes = 48 * 1024 + 16;
    DeviceArray<int> out(kThreads);
    const auto launch = [&] {
        write_shared_kernel<<<1, kThreads, bytes, stream()>>>(out.data());
        return cudaGetLastError();
    };
    const auto allow = [](std::size_t most) {
        return cudaFuncSetAttribute(write_shared_kernel,
                                    cudaFuncAttributeMaxDynamicSharedMemorySize,
                                    static_cast<int>(most));
    };
    EXPECT_EQ(launch(), cudaErrorInvalidValue);
    EXPECT_EQ(allow(host_gpu::device.shared + 1), cudaErrorInvalidValue);
    EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
    EXPECT_EQ(allow(bytes), cudaSuccess);
    EXPECT_EQ(launch(), cudaSuccess);
}

TEST(FakeDevice, IsLostOnce)
{
    host_gpu::device.broken = cudaErrorIllegalAddress;
    for (const bool before : {false, true}) {
        try {
            synchronise();
            ADD_FAILURE() << "not lost";
        } catch (const DeviceLost& lost) {
            EXPECT_EQ(lost.before, before);
        }
    }
    host_gpu::device.broken = cudaSuccess;
    EXPECT_EQ(cudaGetLastError(), cudaErrorIllegalAddress);
    EXPECT_NO_THROW(synchronise());
}

} // namespace
} // namespace workspan
