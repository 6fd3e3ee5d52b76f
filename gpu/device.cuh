// SPDX-License-Identifier: Apache-2.0
// Shared by all CUDA variants: checked calls, RAII for device memory, events and streams, and
// block-wide primitives. All kernels are enqueued on stream(), so that the events of device_clock()
// enclose them.
#pragma once

#include "harness/arithmetic.hpp"
#include "harness/host_array.hpp"

#include <cuda_runtime.h>

#include <source_location>

namespace workspan {

// Throws OutOfMemory if the device is out of memory, DeviceLost after a sticky error,
// std::runtime_error otherwise; each with the error's code and the place of the call.
void check(cudaError_t status, std::source_location place = std::source_location::current());

struct StreamDestroy {
    void operator()(cudaStream_t s) const noexcept { cudaStreamDestroy(s); }
};
using Stream = std::unique_ptr<CUstream_st, StreamDestroy>;

void require_device();      // throws Unavailable if no GPU can run our kernels
cudaStream_t stream();      // the stream of all kernels and clocks, created by the first call
Stream make_stream();       // a further one, for copies beside it
void synchronise();         // waits for stream(); asynchronous errors of kernels surface here
unsigned multiprocessors(); // SMs of the device
std::size_t l2_bytes();     // of the device

int device_attribute(cudaDeviceAttr which); // any other fact about the device

// Throws OutOfMemory, with the number of free bytes, if the device is out of memory.
void* allocate_on_device(std::size_t bytes);

// Blocks per SM for __launch_bounds__, capped at the SM's resident-thread limit.
constexpr unsigned resident(unsigned threads, unsigned blocks)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ == 750
    constexpr unsigned limit = 1024;
#elif defined(__CUDA_ARCH__) && (__CUDA_ARCH__ / 10 == 86 || __CUDA_ARCH__ / 10 == 87 ||           \
                                 __CUDA_ARCH__ / 10 == 89 || __CUDA_ARCH__ >= 1100)
    constexpr unsigned limit = 1536;
#else
    constexpr unsigned limit = 2048;
#endif
    return std::min(blocks, limit / threads);
}

// Blocks of a grid that covers `work` items, `per_block` of them in each block.
inline unsigned blocks_to_cover(std::size_t work, std::size_t per_block)
{
    return static_cast<unsigned>(ceil_div(work, per_block));
}

// Blocks of a grid-stride loop over `work` items, `per_block` of them in one step of a block: at
// least one, at most the number resident at once.
unsigned blocks_for(std::size_t work, std::size_t per_block, unsigned per_multiprocessor);

struct DeviceFree {
    void operator()(void* p) const noexcept { cudaFree(p); }
};

// n elements of uninitialised device memory. Copies are enqueued on stream().
template <class T> class DeviceArray {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    using value_type = T;

    explicit DeviceArray(std::size_t n) : n_(n), data_(allocate(n)) {}

    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }
    std::size_t size() const { return n_; }
    std::size_t size_bytes() const { return n_ * sizeof(T); }

    void download(std::span<std::byte> to, // exactly size_bytes()
                  cudaStream_t on = stream()) const
    {
        if (n_ > 0)
            check(cudaMemcpyAsync(to.data(), data(), size_bytes(), cudaMemcpyDeviceToHost, on));
    }
    void fill(unsigned char byte)
    {
        if (n_ > 0)
            check(cudaMemsetAsync(data(), byte, size_bytes(), stream()));
    }

private:
    static T* allocate(std::size_t n)
    {
        return static_cast<T*>(n > 0 ? allocate_on_device(n * sizeof(T)) : nullptr);
    }

    std::size_t n_;
    std::unique_ptr<T, DeviceFree> data_;
};

struct EventDestroy {
    void operator()(cudaEvent_t event) const noexcept { cudaEventDestroy(event); }
};

// A point of time in a stream.
class Event {
public:
    Event();
    void record(cudaStream_t in = stream()); // enqueues the event
    void precede(cudaStream_t work) const;   // what that stream is given from now on comes after it
    Seconds since(const Event& start) const; // waits for the event

private:
    std::unique_ptr<CUevent_st, EventDestroy> event_;
};

// Reduces one value per thread over a block of kThreads, a multiple of 32: by shuffles within each
// warp, then across the warps through shared memory. Thread 0 gets the result. T{} must be neutral.
template <unsigned kThreads, class T, class Combine>
__device__ T combine_block(T value, Combine combine)
{
    __shared__ T partial[32]; // of each warp
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    for (unsigned distance = 16; distance > 0; distance /= 2)
        value = combine(value, __shfl_down_sync(~0U, value, distance));
    if (lane == 0)
        partial[warp] = value;
    __syncthreads(); // all partials are written before the first warp reads them
    if (warp == 0) {
        value = lane < kThreads / 32 ? partial[lane] : T{};
        for (unsigned distance = 16; distance > 0; distance /= 2)
            value = combine(value, __shfl_down_sync(~0U, value, distance));
    }
    __syncthreads(); // all partials are read before another call overwrites them
    return value;
}

// True in every thread of the last block to arrive, which then sees all earlier writes to global
// memory by thread 0 of the other blocks. `arrivals` is 0 before and after a launch, so that no
// launch has to reset it: atomicInc wraps around to 0 at the last block.
__device__ inline bool is_last_block(unsigned* arrivals)
{
    __shared__ bool last;
    if (threadIdx.x == 0) {
        __threadfence(); // release: this block's writes become visible before its arrival
        last = atomicInc(arrivals, gridDim.x - 1) == gridDim.x - 1;
        __threadfence(); // acquire: the other blocks' writes are visible after theirs
    }
    __syncthreads(); // `last` is written
    return last;
}

} // namespace workspan
