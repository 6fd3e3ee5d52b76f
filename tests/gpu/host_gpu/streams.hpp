// SPDX-License-Identifier: Apache-2.0
// Streams and events of the host's GPU, and the copies between both memories. Copies, events and
// waits for events happen as late as they may: when their stream is waited for, or has work that
// comes after them. So a missing wait shows, and so does one for another stream.
#pragma once

#include "tests/gpu/host_gpu/runtime.hpp"

#include <chrono>
#include <deque>
#include <set>

struct CUstream_st {
    std::deque<std::function<void()>> pending; // that have not happened yet
    std::size_t finished = 0;                  // how many have
};
struct CUevent_st {
    using Time = std::chrono::steady_clock::time_point;
    cudaStream_t stream = nullptr;                         // where it was recorded last,
    std::size_t place = 0;                                 // and after how many operations there
    std::shared_ptr<Time> time = std::make_shared<Time>(); // 0: it has not happened yet
};
using cudaEvent_t = CUevent_st*;

namespace host_gpu {

inline std::set<cudaStream_t> streams;

// The first operations of a stream, or all; of one that was destroyed all have happened.
inline void finish(cudaStream_t stream, std::size_t first)
{
    while (streams.contains(stream) && !stream->pending.empty() && stream->finished < first) {
        const auto next = std::move(stream->pending.front());
        stream->pending.pop_front();
        ++stream->finished;
        next();
    }
}
inline void finish_copies_of(cudaStream_t stream) { finish(stream, SIZE_MAX); }

} // namespace host_gpu

inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned)
{
    if (host_gpu::done() != cudaSuccess)
        return host_gpu::last;
    return host_gpu::give(stream, *host_gpu::streams.insert(new CUstream_st).first);
}
inline cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    host_gpu::finish_copies_of(stream);
    host_gpu::streams.erase(stream);
    delete stream;
    return host_gpu::done();
}
inline cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    host_gpu::finish_copies_of(stream);
    return host_gpu::done();
}

inline cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes,
                                   cudaMemcpyKind kind, cudaStream_t stream)
{
    if (host_gpu::on_device(from, bytes) != (kind != cudaMemcpyHostToDevice) ||
        host_gpu::on_device(to, bytes) != (kind != cudaMemcpyDeviceToHost))
        return host_gpu::done(cudaErrorInvalidValue);
    stream->pending.emplace_back([=] { std::memcpy(to, from, bytes); });
    host_gpu::note(
        host_gpu::within(host_gpu::page_locked, kind == cudaMemcpyHostToDevice ? from : to, bytes)
            ? "copy page-locked"
            : "copy pageable");
    return host_gpu::done();
}
inline cudaError_t cudaMemsetAsync(void* to, int byte, std::size_t bytes, cudaStream_t stream)
{
    if (!host_gpu::on_device(to, bytes))
        return host_gpu::done(cudaErrorInvalidValue);
    host_gpu::finish_copies_of(stream);
    std::memset(to, byte, bytes);
    host_gpu::note("memset " + std::to_string(bytes));
    return host_gpu::done();
}
// Waits for everything that was begun before.
inline cudaError_t cudaFree(void* p)
{
    for (const cudaStream_t stream : host_gpu::streams)
        host_gpu::finish_copies_of(stream);
    const auto at = host_gpu::memory.find(static_cast<const char*>(p));
    if (at == host_gpu::memory.end())
        return host_gpu::done(cudaErrorInvalidValue);
    host_gpu::device.used -= at->second;
    host_gpu::memory.erase(at);
    std::free(p);
    return host_gpu::done();
}

inline cudaError_t cudaEventCreate(cudaEvent_t* event)
{
    return host_gpu::give(event, new CUevent_st);
}
inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned)
{
    return cudaEventCreate(event);
}
inline cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    delete event;
    return host_gpu::done();
}
inline cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    event->stream = stream;
    event->time = std::make_shared<CUevent_st::Time>();
    stream->pending.emplace_back(
        [time = event->time] { *time = std::chrono::steady_clock::now(); });
    event->place = stream->finished + stream->pending.size();
    host_gpu::note("record");
    return host_gpu::done();
}
inline cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    host_gpu::finish(event->stream, event->place);
    return host_gpu::done();
}
inline cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags)
{
    if (flags != 0)
        return host_gpu::done(cudaErrorInvalidValue);
    stream->pending.emplace_back(
        [of = event->stream, place = event->place] { host_gpu::finish(of, place); });
    return host_gpu::done();
}
// As late as it may: once the event was waited for.
inline cudaError_t cudaEventQuery(cudaEvent_t event)
{
    return event->stream->finished >= event->place ? host_gpu::done()
                                                   : host_gpu::done(cudaErrorNotReady);
}
inline cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end)
{
    if (*start->time == CUevent_st::Time() || *end->time == CUevent_st::Time())
        return host_gpu::done(cudaErrorNotReady);
    return host_gpu::give(
        milliseconds, std::chrono::duration<float, std::milli>(*end->time - *start->time).count());
}
