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
std::size_t l2_bytes();     // of the device

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

    void download(std::span<T> to) const // exactly size() elements
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

// A copy to the device that a trial needs for its input: exactly the size of the array, from host memory that outlives the trial.
struct Upload {
    template <class T> Upload(DeviceArray<T>& array, std::span<const std::type_identity_t<T>> source)
        : to(array.data()), from(source.data()), bytes(array.size_bytes())
    {
    }

    void* to;
    const void* from;
    std::size_t bytes;
};
using Uploads = std::vector<Upload>;

void enqueue(const Uploads& uploads);

// Host memory for transfers. The device reads and writes page-locked memory itself; pageable memory the driver copies once more, through a
// page-locked buffer of its own. Throws Unavailable where the system locks no more pages.
std::shared_ptr<std::byte> transfer_memory(std::size_t bytes, bool page_locked);

// Moves the sources of the uploads to page-locked memory, which the result owns.
std::vector<std::shared_ptr<std::byte>> page_lock(Uploads& uploads);

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
// uploads(input, arrays) are the copies of the inputs, launch(input, arrays) enqueues the kernels and leaves waiting to the trial.

// Data resident: uploaded once; run() only enqueues the kernels, and whoever takes the time waits for them.
template <class Arrays, class Input, class Check, class ListUploads, class Launch>
Trial resident_trial(std::shared_ptr<const Input> input, Cost cost, Check check, ListUploads uploads, Launch launch)
{
    using T = typename decltype(Arrays::out)::value_type;
    const auto on = std::make_shared<Arrays>(*input);
    const auto judge = check_of_bytes<T>(input, check);
    on->out.fill(0xff); // memory that an earlier trial gave back may still hold its right output
    enqueue(uploads(*input, *on));
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

// End to end: run() copies the inputs to the device, computes, and copies the output back, from and to pageable or page-locked memory of
// the host, as the problem says. All memory is allocated beforehand.
template <class Arrays, class Input, class Check, class ListUploads, class Launch>
Trial e2e_trial(const Problem& problem, std::shared_ptr<const Input> input, Cost cost, Check check, ListUploads uploads, Launch launch)
{
    using T = typename decltype(Arrays::out)::value_type;
    const auto on = std::make_shared<Arrays>(*input);
    const auto judge = check_of_bytes<T>(input, check);
    auto copies = uploads(*input, *on);
    auto memory = problem.page_locked ? page_lock(copies) : std::vector<std::shared_ptr<std::byte>>();
    memory.push_back(transfer_memory(on->out.size_bytes(), problem.page_locked));
    const std::span<T> out(reinterpret_cast<T*>(memory.back().get()), on->out.size());
    const auto run = [input, on, memory, out, copies, launch] {
        enqueue(copies);
        launch(*input, *on);
        on->out.download(out);
        synchronise();
    };
    const auto poison_outputs = [on, out] {
        on->out.fill(0xff);
        synchronise();
        poison(std::as_writable_bytes(out));
    };
    return {.run = run,
            .verify = [out, judge] { return judge(std::as_bytes(out)); },
            .poison = poison_outputs,
            .check = judge,
            .output = std::as_writable_bytes(out),
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
