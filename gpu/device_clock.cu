// SPDX-License-Identifier: Apache-2.0
#include "gpu/device.cuh"

namespace workspan {

Event::Event()
{
    cudaEvent_t made = nullptr;
    check(cudaEventCreate(&made));
    event_.reset(made);
}

void Event::record() { check(cudaEventRecord(event_.get(), stream())); }

Seconds Event::since(const Event& start) const
{
    check(cudaEventSynchronize(event_.get()));
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start.event_.get(), event_.get()));
    return milliseconds / 1e3;
}

// The runs are enqueued one behind the other, so that the time of a launch is hidden by the run before it, wherever a run takes longer
// than a launch (some microseconds).
Seconds device_clock(const Trial& trial, int times)
{
    Event start, end;
    start.record();
    for (int i = 0; i < times; ++i)
        trial.run();
    end.record();
    return end.since(start);
}

} // namespace workspan
