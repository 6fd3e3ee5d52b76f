// SPDX-License-Identifier: Apache-2.0
// Tasks on the device as handles of the host: the event after a kernel and the copy of its result.
#include "gpu/trial.cuh"
#include "harness/contracts/futures.hpp"

namespace workspan {

namespace {

using futures::Value;

using TaskEvent = std::unique_ptr<CUevent_st, EventDestroy>;

TaskEvent make_event() // without a time, which would cost
{
    cudaEvent_t event = nullptr;
    check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    return TaskEvent(event);
}

// One thread, one task. Adds to the cleared result, so that a task that ran twice shows.
__global__ void futures_kernel(Value* result, Value first, Affine step)
{
    *result += lcg(first, futures::kPieces * futures::kStepsOfPiece, step);
}

// Of all runs: an event, a result on the device and its copy in page-locked memory for each task.
struct Arrays {
    explicit Arrays(std::size_t n)
        : on_device(n), host(transfers({}, on_device.size_bytes(), true)),
          results(reinterpret_cast<Value*>(host.out.data()), n)
    {
        for (std::size_t i = 0; i < n; ++i)
            events.push_back(make_event());
    }

    DeviceArray<Value> on_device;
    Transfers host;
    std::span<Value> results; // in host.out
    std::vector<TaskEvent> events;
};

class Events {
public:
    Events(const futures::Work& work, Arrays& on) : work_(work), on_(on)
    {
        on.on_device.fill(0);
        std::fill(on.results.begin(), on.results.end(), 0);
    }
    ~Events() { cudaStreamSynchronize(stream()); }
    Events(const Events&) = delete;
    Events& operator=(const Events&) = delete;

    void spawn(std::size_t i)
    {
        Value* const result = on_.on_device.data() + i;
        futures_kernel<<<1, 1, 0, stream()>>>(result, futures::first_of(work_.seed, i), work_.step);
        check(cudaGetLastError());
        check(cudaMemcpyAsync(&on_.results[i], result, sizeof(Value), cudaMemcpyDeviceToHost,
                              stream()));
        check(cudaEventRecord(on_.events[i].get(), stream()));
    }
    void cancel(std::size_t) { throw std::logic_error("a kernel cannot be cancelled"); }
    bool is_ready(std::size_t i) const
    {
        const cudaError_t status = cudaEventQuery(on_.events[i].get());
        if (status == cudaErrorNotReady) {
            cudaGetLastError(); // no error, but kept as one until it is asked for
            return false;
        }
        check(status);
        return true;
    }
    void wait(std::size_t i) { check(cudaEventSynchronize(on_.events[i].get())); }
    Value get(std::size_t i)
    {
        ++work_.tasks[i].begun; // by its result: the device knows nothing of this memory
        ++work_.tasks[i].ran;
        return on_.results[i];
    }

private:
    const futures::Work& work_;
    Arrays& on_;
};

futures::Caller on_device(const Problem& p)
{
    return futures::caller_of<Events>(std::make_shared<Arrays>(p.n));
}

} // namespace

Trial futures::cuda(const Problem& p)
{
    require_device();
    Trial trial = host(p, on_device);
    trial.traced_run = {}; // the device records nothing
    trial.tasks = 0;
    return trial;
}

} // namespace workspan
