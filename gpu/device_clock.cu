// SPDX-License-Identifier: Apache-2.0
#include "gpu/device.cuh"

namespace workspan {

Event::Event()
{
    cudaEvent_t event = nullptr;
    check(cudaEventCreate(&event));
    event_.reset(event);
}

void Event::record(cudaStream_t in) { check(cudaEventRecord(event_.get(), in)); }

void Event::precede(cudaStream_t work) const { check(cudaStreamWaitEvent(work, event_.get(), 0)); }

Seconds Event::since(const Event& start) const
{
    check(cudaEventSynchronize(event_.get()));
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start.event_.get(), event_.get()));
    return milliseconds / 1e3;
}

// The runs are enqueued back to back: each hides the launch overhead of the next (some
// microseconds), if it takes longer. What is read is the time from run to run.
Seconds device_clock(const Trial& trial, int times)
{
    Event start, end;
    start.record();
    for (int i = 0; i < times; ++i)
        trial.run();
    end.record();
    return end.since(start);
}

// Before each run the L2 is flushed by writing twice its size, since its replacement policy is not
// documented; as nvbench (NVIDIA) does for cold measurements. The flush hides the launch overhead
// of the run, and only the run lies between the events.
Seconds cold_device_clock(const Trial& trial, int times)
{
    static DeviceArray<unsigned char> flush(2 * l2_bytes());
    constexpr int kBatch = 64; // runs in flight
    Event starts[kBatch], ends[kBatch];
    Seconds sum = 0;
    for (int left = times; left > 0; left -= kBatch) {
        const int runs = std::min(left, kBatch);
        for (int i = 0; i < runs; ++i) {
            flush.fill(0);
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
