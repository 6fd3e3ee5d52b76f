// SPDX-License-Identifier: Apache-2.0
// The functions of the CUDA runtime that gpu/ calls, for one device whose memory is the host's and
// whose operations complete at once, but for the copies of streams.hpp.
#pragma once

#include "tests/gpu/host_gpu/host_gpu.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

enum cudaError_t : int {
    cudaSuccess = 0,
    cudaErrorInvalidValue = 1,
    cudaErrorMemoryAllocation = 2,
    cudaErrorInvalidConfiguration = 9,
    cudaErrorInsufficientDriver = 35,
    cudaErrorInvalidDeviceFunction = 98,
    cudaErrorNoDevice = 100,
    cudaErrorNoKernelImageForDevice = 209,
    cudaErrorECCUncorrectable = 214,
    cudaErrorNvlinkUncorrectable = 220,
    cudaErrorContained = 226,
    cudaErrorNotReady = 600,
    cudaErrorIllegalAddress = 700,
    cudaErrorLaunchTimeout = 702,
    cudaErrorAssert = 710,
    cudaErrorHardwareStackError = 714,
    cudaErrorIllegalInstruction = 715,
    cudaErrorMisalignedAddress = 716,
    cudaErrorInvalidAddressSpace = 717,
    cudaErrorInvalidPc = 718,
    cudaErrorLaunchFailure = 719,
    cudaErrorTensorMemoryLeak = 721,
    cudaErrorNotSupported = 801,
    cudaErrorMpsClientTerminated = 810,
    cudaErrorExternalDevice = 911
};
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice };
enum cudaDeviceAttr {
    cudaDevAttrMultiProcessorCount,
    cudaDevAttrClockRate,
    cudaDevAttrMemoryClockRate,
    cudaDevAttrL2CacheSize,
    cudaDevAttrMaxSharedMemoryPerBlockOptin
};
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize };
enum cudaLaunchAttributeID { cudaLaunchAttributeProgrammaticStreamSerialization };
enum { cudaStreamNonBlocking, cudaEventDisableTiming };

struct CUstream_st; // streams.hpp
using cudaStream_t = CUstream_st*;
struct cudaFuncAttributes {
    int ptxVersion;
};
struct cudaLaunchAttribute {
    cudaLaunchAttributeID id;
    struct {
        int programmaticStreamSerializationAllowed;
    } val;
};
struct cudaLaunchConfig_t {
    dim3 gridDim, blockDim;
    std::size_t dynamicSmemBytes;
    cudaStream_t stream;
    cudaLaunchAttribute* attrs;
    unsigned numAttrs;
};
struct cudaDeviceProp {
    char name[32];
    int multiProcessorCount, major, minor, l2CacheSize;
    std::size_t totalGlobalMem;
};

namespace host_gpu {

struct FakeDevice {
    int count = 1, multiprocessors = 4, compute_major = 9, driver = 13000, runtime = 13000;
    std::size_t memory = std::size_t(1) << 30, used = 0, l2 = 1 << 20;
    std::size_t shared = 227 * 1024;  // of a block, at most
    std::size_t lockable = memory;    // host memory, by one call
    cudaError_t broken = cudaSuccess; // returned by every call, if it is an error
};
inline FakeDevice device;
inline std::map<const char*, std::size_t> memory; // allocated on the device
inline cudaError_t last = cudaSuccess;
inline std::map<const void*, std::size_t> shared_of_kernel; // allowed by cudaFuncSetAttribute
inline std::map<const char*, std::size_t> page_locked;      // host memory
struct Free {
    void operator()(void* p) const { std::free(p); }
};
// Host memory that was page-locked once, by size, with what it held.
inline std::multimap<std::size_t, std::unique_ptr<void, Free>> recycled;
inline std::vector<std::string> done_in_order; // memset BYTES, record, copy page-locked, copy
                                               // pageable; while there is room for more
inline void note(std::string what)
{
    if (done_in_order.size() < done_in_order.capacity())
        done_in_order.push_back(std::move(what));
}

inline cudaError_t done(cudaError_t error = device.broken)
{
    return error == cudaSuccess ? error : last = error;
}

template <class T> cudaError_t give(T* to, std::type_identity_t<T> value)
{
    *to = value;
    return done();
}

inline bool within(const std::map<const char*, std::size_t>& blocks, const void* p,
                   std::size_t bytes)
{
    const auto* const begin = static_cast<const char*>(p);
    const auto after = blocks.upper_bound(begin);
    return after != blocks.begin() &&
           begin + bytes <= std::prev(after)->first + std::prev(after)->second;
}
inline bool on_device(const void* p, std::size_t bytes) { return within(memory, p, bytes); }

template <class T> void expect_on_device(const T& argument)
{
    if constexpr (std::is_pointer_v<T>)
        if (argument != nullptr && !on_device(argument, 0))
            throw std::runtime_error("a kernel is given a pointer that is not the device's");
}

inline bool can_launch(const dim3& grid, const dim3& block)
{
    const bool can = std::min({grid.x, grid.y, grid.z, block.x, block.y, block.z}) > 0 &&
                     std::max(grid.y, grid.z) < 65536 &&
                     std::size_t(block.x) * block.y * block.z <= 1024;
    return done(can ? device.broken : cudaErrorInvalidConfiguration) == cudaSuccess;
}

// Dynamic shared memory; what the kernel declares besides is not counted.
inline bool can_have_shared(const void* kernel, std::size_t bytes)
{
    const bool can = bytes <= std::max<std::size_t>(48 * 1024, shared_of_kernel[kernel]);
    return done(can ? device.broken : cudaErrorInvalidValue) == cudaSuccess;
}

} // namespace host_gpu

inline cudaError_t cudaGetLastError()
{
    return std::exchange(host_gpu::last, host_gpu::device.broken);
}
inline const char* cudaGetErrorName(cudaError_t error)
{
    return error == cudaErrorIllegalAddress ? "cudaErrorIllegalAddress" : "cudaError";
}
inline const char* cudaGetErrorString(cudaError_t) { return "as the test wants it"; }

inline cudaError_t cudaGetDeviceCount(int* count)
{
    return host_gpu::give(count, host_gpu::device.count);
}
inline cudaError_t cudaGetDevice(int* index) { return host_gpu::give(index, 0); }
inline cudaError_t cudaSetDevice(int) { return host_gpu::done(); }
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp* of, int)
{
    return host_gpu::give(of, {"the host", host_gpu::device.multiprocessors,
                               host_gpu::device.compute_major, 0,
                               static_cast<int>(host_gpu::device.l2), host_gpu::device.memory});
}
inline cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int)
{
    const auto& of = host_gpu::device;
    return host_gpu::give(value, which == cudaDevAttrMultiProcessorCount ? of.multiprocessors
                                 : which == cudaDevAttrL2CacheSize       ? static_cast<int>(of.l2)
                                 : which == cudaDevAttrMaxSharedMemoryPerBlockOptin
                                     ? static_cast<int>(of.shared)
                                     : 1'000'000);
}
inline cudaError_t cudaDeviceGetPCIBusId(char* id, int, int) { return host_gpu::give(id, '\0'); }
inline cudaError_t cudaDriverGetVersion(int* version)
{
    return host_gpu::give(version, host_gpu::device.driver);
}
inline cudaError_t cudaRuntimeGetVersion(int* version)
{
    return host_gpu::give(version, host_gpu::device.runtime);
}
template <class... P> cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* of, void (*)(P...))
{
    return host_gpu::give(of, {.ptxVersion = 10 * host_gpu::device.compute_major});
}
template <class... P>
cudaError_t cudaFuncSetAttribute(void (*kernel)(P...), cudaFuncAttribute, int bytes)
{
    if (static_cast<std::size_t>(bytes) > host_gpu::device.shared)
        return host_gpu::done(cudaErrorInvalidValue);
    host_gpu::shared_of_kernel[reinterpret_cast<const void*>(kernel)] = bytes;
    return host_gpu::done();
}

inline cudaError_t cudaMalloc(void** p, std::size_t bytes)
{
    if (host_gpu::device.used + bytes > host_gpu::device.memory ||
        posix_memalign(p, 256, bytes) != 0)
        return host_gpu::done(cudaErrorMemoryAllocation);
    std::memset(*p, 0xff, bytes);
    host_gpu::memory[static_cast<const char*>(*p)] = bytes;
    host_gpu::device.used += bytes;
    return host_gpu::done();
}
inline cudaError_t cudaMallocHost(void** p, std::size_t bytes)
{
    if (bytes > host_gpu::device.lockable)
        return host_gpu::done(cudaErrorMemoryAllocation);
    auto freed = host_gpu::recycled.extract(bytes);
    *p = freed ? freed.mapped().release() : std::malloc(bytes);
    host_gpu::page_locked[static_cast<const char*>(*p)] = bytes;
    return host_gpu::done();
}
inline cudaError_t cudaFreeHost(void* p)
{
    const auto block = host_gpu::page_locked.extract(static_cast<const char*>(p));
    host_gpu::recycled.emplace(block.mapped(), p);
    return host_gpu::done();
}
inline cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total)
{
    *free = host_gpu::device.memory - host_gpu::device.used;
    return host_gpu::give(total, host_gpu::device.memory);
}
