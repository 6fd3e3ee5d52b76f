// SPDX-License-Identifier: Apache-2.0
// Streams and events of the host's GPU, and the copies between both memories. A copy happens as
// late as it may: when its stream is waited for, or has work that comes after it. So a missing wait
// shows, and so does one for another stream.
#pragma once

#include "tests/gpu/host_gpu/runtime.hpp"

#include <chrono>
#include <set>

struct CUstream_st {
    std::vector<std::function<void()>> copies; // that have not happened yet
};
struct CUevent_st {
    std::chrono::steady_clock::time_point time;
};
using cudaEvent_t = CUevent_st*;

namespace host_gpu {

inline std::set<cudaStream_t> streams;

inline void finish_copies_of(cudaStream_t stream)
{
    if (stream != nullptr)
        for (const auto& copy : std::exchange(stream->copies, {}))
            copy();
}

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
    stream->copies.emplace_back([=] { std::memcpy(to, from, bytes); });
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
    host_gpu::finish_copies_of(stream);
    host_gpu::note("record");
    return host_gpu::give(&event->time, std::chrono::steady_clock::now());
}
inline cudaError_t cudaEventQuery(cudaEvent_t) { return host_gpu::done(); }
inline cudaError_t cudaEventSynchronize(cudaEvent_t) { return host_gpu::done(); }
inline cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end)
{
    return host_gpu::give(
        milliseconds, std::chrono::duration<float, std::milli>(end->time - start->time).count());
}
