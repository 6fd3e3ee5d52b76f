// SPDX-License-Identifier: Apache-2.0
// What the CUDA variants share: checked calls, owned device memory and events, the one stream, the two shapes of a device trial, and
// what the threads of a block do together. All work is enqueued on stream(), so that the device clock's events surround it.
#pragma once

#include "harness/host_array.hpp"

#include <cuda_runtime.h>

#include <source_location>

namespace workspan {

// Throws an error with its code and the place of the call: Unavailable where memory lacks, DeviceLost where nothing will work any more,
// else std::runtime_error.
void check(cudaError_t status, std::source_location place = std::source_location::current());

void require_device();      // throws Unavailable where no GPU can run our kernels; every prepare calls it before it makes any input
cudaStream_t stream();      // the one stream of this process, made at the first call
void synchronise();         // waits for all that is enqueued on stream(); errors of kernels come out here
unsigned multiprocessors(); // of the device

void* allocate_on_device(std::size_t bytes); // throws Unavailable, with what is free, where that is too little

// Blocks that share `work` pieces, `per_block` at a time: enough for one round, no more than the device holds at once, at least one.
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

    void upload(std::span<const T> from) // exactly size() elements, as below
    {
        if (n_ > 0)
            check(cudaMemcpyAsync(data(), from.data(), size_bytes(), cudaMemcpyHostToDevice, stream()));
    }
    void download(std::span<T> to) const
    {
        if (n_ > 0)
            check(cudaMemcpyAsync(to.data(), data(), size_bytes(), cudaMemcpyDeviceToHost, stream()));
    }
    void fill(unsigned char byte)
    {
        if (n_ > 0)
            check(cudaMemsetAsync(data(), byte, size_bytes(), stream()));
    }

private:
    static T* allocated(std::size_t n) { return static_cast<T*>(n > 0 ? allocate_on_device(n * sizeof(T)) : nullptr); }

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

// The trials of a workload on the device. Arrays is constructed from the input and owns what lies on the device, `out` among it;
// upload(input, arrays) enqueues the copies of the inputs, launch(input, arrays) the kernels. Both leave waiting to the trial.

// Data resident: uploaded once; run() only enqueues the kernels, and whoever takes the time waits for them.
template <class Arrays, class Input, class Check, class Upload, class Launch>
Trial resident_trial(std::shared_ptr<const Input> input, Cost cost, Check check, Upload upload, Launch launch)
{
    using T = typename decltype(Arrays::out)::value_type;
    const auto on = std::make_shared<Arrays>(*input);
    const auto judge = check_of_bytes<T>(input, check);
    on->out.fill(0xff); // memory that an earlier trial gave back may still hold its right output
    upload(*input, *on);
    synchronise();
    const auto verify = [on, judge] {
        HostArray<T> out(on->out.size()); // spoilt, so that a copy that does not happen is caught
        on->out.download({out.data(), out.size()});
        synchronise();
        return judge(out.bytes());
    };
    const auto poison_output = [on] {
        on->out.fill(0xff);
        synchronise();
    };
    return {.run = [input, on, launch] { launch(*input, *on); }, .verify = verify, .poison = poison_output, .check = judge, .cost = cost};
}

// End to end: run() copies the inputs to the device, computes, and copies the output back; ordinary (pageable) host memory, memory of the
// device allocated beforehand.
template <class Arrays, class Input, class Check, class Upload, class Launch>
Trial e2e_trial(std::shared_ptr<const Input> input, Cost cost, Check check, Upload upload, Launch launch)
{
    using T = typename decltype(Arrays::out)::value_type;
    const auto on = std::make_shared<Arrays>(*input);
    const auto out = std::make_shared<HostArray<T>>(on->out.size());
    const auto judge = check_of_bytes<T>(input, check);
    const auto run = [input, on, out, upload, launch] {
        upload(*input, *on);
        launch(*input, *on);
        on->out.download({out->data(), out->size()});
        synchronise();
    };
    const auto poison_outputs = [on, out] {
        on->out.fill(0xff);
        synchronise();
        poison(out->bytes());
    };
    return {.run = run,
            .verify = [out, judge] { return judge(out->bytes()); },
            .poison = poison_outputs,
            .check = judge,
            .output = out->bytes(),
            .cost = cost};
}

// Combines one value of every thread of a block of kThreads, a multiple of 32; thread 0 gets the result. T{} must be neutral.
template <unsigned kThreads, class T, class Combine> __device__ T combine_block(T value, Combine combine)
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

// True in all threads of that block of the grid which comes here last: it sees all that thread 0 of the others wrote to global memory
// before. `finished` is 0 before and after, so that a launch needs no preparation: atomicInc wraps from the last block's count to 0.
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
