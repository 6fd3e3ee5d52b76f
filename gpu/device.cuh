// SPDX-License-Identifier: Apache-2.0
// What the CUDA variants share: checked calls, owned device memory and events, the one stream, and
// what the threads of a block do together. All work is enqueued on stream(), so that the device
// clock's events surround it.
#pragma once

#include "harness/host_array.hpp"

#include <cuda_runtime.h>

#include <source_location>

namespace workspan {

// Throws an error with its code and the place of the call: Unavailable where memory lacks,
// DeviceLost where nothing will work any more, else std::runtime_error.
void check(cudaError_t status, std::source_location place = std::source_location::current());

void require_device(); // throws Unavailable where no GPU can run our kernels; every prepare calls
                       // it before it makes any input
cudaStream_t stream(); // the one stream of this process, made at the first call
void synchronise(); // waits for all that is enqueued on stream(); errors of kernels come out here
unsigned multiprocessors(); // of the device
std::size_t l2_bytes();     // of the device

void* allocate_on_device(
    std::size_t bytes); // throws Unavailable, with what is free, where that is too little

// So many blocks of `threads` as a kernel is bound to, but no more than a multiprocessor holds of
// the GPUs that it is compiled for.
constexpr unsigned resident(unsigned threads, unsigned blocks)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ == 750
    constexpr unsigned held = 1024;
#elif defined(__CUDA_ARCH__) && (__CUDA_ARCH__ / 10 == 86 || __CUDA_ARCH__ / 10 == 87 ||           \
                                 __CUDA_ARCH__ / 10 == 89 || __CUDA_ARCH__ >= 1100)
    constexpr unsigned held = 1536;
#else
    constexpr unsigned held = 2048;
#endif
    return std::min(blocks, held / threads);
}

// Blocks that share `work` pieces, `per_block` at a time: enough for one round, no more than the
// device holds at once, at least one.
unsigned blocks_for(std::size_t work, std::size_t per_block, unsigned per_multiprocessor);

struct DeviceFree {
    void operator()(void* p) const noexcept { cudaFree(p); }
};

// n elements of device memory, not initialised. Copies are enqueued on stream().
template <class T> class DeviceArray {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    using value_type = T;

    explicit DeviceArray(std::size_t n) : n_(n), data_(allocated(n)) {}

    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }
    std::size_t size() const { return n_; }
    std::size_t size_bytes() const { return n_ * sizeof(T); }

    void download(std::span<std::byte> to) const // exactly size_bytes()
    {
        if (n_ > 0)
            check(
                cudaMemcpyAsync(to.data(), data(), size_bytes(), cudaMemcpyDeviceToHost, stream()));
    }
    void fill(unsigned char byte)
    {
        if (n_ > 0)
            check(cudaMemsetAsync(data(), byte, size_bytes(), stream()));
    }

private:
    static T* allocated(std::size_t n)
    {
        return static_cast<T*>(n > 0 ? allocate_on_device(n * sizeof(T)) : nullptr);
    }

    std::size_t n_;
    std::unique_ptr<T, DeviceFree> data_;
};

struct EventDestroy {
    void operator()(cudaEvent_t event) const noexcept { cudaEventDestroy(event); }
};

// A point in the stream's time.
class Event {
public:
    Event();
    void record();                           // enqueued
    Seconds since(const Event& start) const; // waits until this event has happened

private:
    std::unique_ptr<CUevent_st, EventDestroy> event_;
};

// Combines one value of every thread of a block of kThreads, a multiple of 32; thread 0 gets the
// result. T{} must be neutral.
template <unsigned kThreads, class T, class Combine>
__device__ T combine_block(T value, Combine combine)
{
    __shared__ T of_warp[32];
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    for (unsigned distance = 16; distance > 0; distance /= 2)
        value = combine(value, __shfl_down_sync(~0U, value, distance));
    if (lane == 0)
        of_warp[warp] = value;
    __syncthreads(); // every warp's value is there before the first warp reads them
    if (warp == 0) {
        value = lane < kThreads / 32 ? of_warp[lane] : T{};
        for (unsigned distance = 16; distance > 0; distance /= 2)
            value = combine(value, __shfl_down_sync(~0U, value, distance));
    }
    __syncthreads(); // the first warp has read them before a next call overwrites them
    return value;
}

// True in all threads of that block of the grid which comes here last: it sees all that thread 0 of
// the others wrote to global memory before. `finished` is 0 before and after, so that a launch
// needs no preparation: atomicInc wraps from the last block's count to 0.
__device__ inline bool is_last_block(unsigned* finished)
{
    __shared__ bool last;
    if (threadIdx.x == 0) {
        __threadfence(); // what this block wrote comes before its count
        last = atomicInc(finished, gridDim.x - 1) == gridDim.x - 1;
        __threadfence(); // and what the others wrote before theirs is seen after it
    }
    __syncthreads(); // `last` is known to all
    return last;
}

} // namespace workspan
