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

// The runs are enqueued one behind the other, so that the time of a launch is hidden by the run
// before it, wherever a run takes longer than a launch (some microseconds).
Seconds device_clock(const Trial& trial, int times)
{
    Event start, end;
    start.record();
    for (int i = 0; i < times; ++i)
        trial.run();
    end.record();
    return end.since(start);
}

// The L2 is overwritten before each run, by twice its size since no device says how it replaces; as
// nvbench (NVIDIA) does for its cold measurements. That takes longer than a launch, so that the run
// follows it at once, and only the run lies between the events.
Seconds cold_device_clock(const Trial& trial, int times)
{
    static DeviceArray<unsigned char> flood(2 * l2_bytes());
    constexpr int kBatch = 64; // of runs that are waited for together
    Event starts[kBatch], ends[kBatch];
    Seconds sum = 0;
    for (int left = times; left > 0; left -= kBatch) {
        const int runs = std::min(left, kBatch);
        for (int i = 0; i < runs; ++i) {
            flood.fill(0);
            starts[i].record();
            trial.run();
            ends[i].record();
        }
        for (int i = 0; i < runs; ++i)
            sum += ends[i].since(starts[i]);
    }
    return sum;
}

} // namespace workspan
