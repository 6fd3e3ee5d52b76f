// SPDX-License-Identifier: Apache-2.0
#include "gpu/device.cuh"

#include "harness/machine/devices.hpp"

namespace workspan {

namespace {

unsigned assumed_multiprocessors = 0;

// Its attributes tell whether this binary contains code for the GPU at hand.
__global__ void probe_kernel() {}

std::string version(int number) // 13000 -> 13.0
{
    return number > 0 ? std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10)
                      : "";
}

std::string driver_version()
{
    int number = 0;
    cudaDriverGetVersion(&number);
    return version(number);
}

std::string runtime_version()
{
    int number = 0;
    cudaRuntimeGetVersion(&number);
    return version(number);
}

int attribute(cudaDeviceAttr which, int device)
{
    int value = 0;
    check(cudaDeviceGetAttribute(&value, which, device));
    return value;
}

// The reason why no GPU can run our kernels; empty if one can. Clears the error, so that no later
// check() reports it.
std::string why_no_device()
{
    int count = 0;
    const cudaError_t status = cudaGetDeviceCount(&count);
    cudaGetLastError();
    if (status == cudaErrorInsufficientDriver && !driver_version().empty())
        return "the driver supports CUDA " + driver_version() + " at most, this binary needs " +
               runtime_version();
    if (status == cudaErrorInsufficientDriver || status == cudaErrorNoDevice ||
        (status == cudaSuccess && count == 0))
        return "no CUDA device";
    if (status != cudaSuccess)
        return std::string("no CUDA device can be used: ") + cudaGetErrorString(status);
    cudaFuncAttributes attributes;
    const cudaError_t code = cudaFuncGetAttributes(&attributes, probe_kernel);
    cudaGetLastError();
    if (code == cudaErrorNoKernelImageForDevice || code == cudaErrorInvalidDeviceFunction)
        return "built without code for this GPU (CMAKE_CUDA_ARCHITECTURES)";
    return code == cudaSuccess
               ? ""
               : std::string("no CUDA device can be used: ") + cudaGetErrorString(code);
}

Gpu describe(int device)
{
    cudaDeviceProp of;
    check(cudaGetDeviceProperties(&of, device));
    char bus_id[32] = "";
    check(cudaDeviceGetPCIBusId(bus_id, sizeof bus_id, device));
    return {.index = device,
            .name = of.name,
            .bus_id = bus_id,
            .multiprocessors = of.multiProcessorCount,
            .compute_major = of.major,
            .compute_minor = of.minor,
            .memory = double(of.totalGlobalMem),
            .l2 = double(of.l2CacheSize),
            .free_memory = 0,
            .clock_mhz = attribute(cudaDevAttrClockRate, device) / 1e3,
            .memory_clock_mhz = attribute(cudaDevAttrMemoryClockRate, device) / 1e3};
}

// Kernels run on the current device only. The free memory of the others stays unknown: the query
// would create a context on them, which takes memory.
std::vector<Gpu> describe_all()
{
    int count = 0, current = 0;
    check(cudaGetDeviceCount(&count));
    check(cudaGetDevice(&current));
    std::vector<Gpu> gpus;
    for (int device = 0; device < count; ++device)
        gpus.push_back(describe(device));
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total));
    gpus.at(current).free_memory = double(free);
    std::rotate(gpus.begin(), gpus.begin() + current, gpus.begin() + current + 1);
    return gpus;
}

[[noreturn]] void throw_lost(const std::string& message)
{
    static const std::string first = message;
    static bool again = false;
    const bool before = std::exchange(again, true);
    throw DeviceLost(before ? "the GPU was lost to this process before: " + first : message,
                     before);
}

} // namespace

void check(cudaError_t status, std::source_location place)
{
    if (status == cudaSuccess)
        return;
    cudaGetLastError(); // clears it, so that the check after the next launch does not see it again
    const std::string message = std::string(cudaGetErrorName(status)) + " (" +
                                std::to_string(status) + "): " + cudaGetErrorString(status) +
                                ", at " + place.file_name() + ":" + std::to_string(place.line()) +
                                " in " + place.function_name();
    const DeviceError kind = kind_of_error(status);
    if (kind == DeviceError::memory)
        throw OutOfMemory("not enough device memory: " + message);
    if (kind == DeviceError::lost)
        throw_lost(message);
    throw std::runtime_error(message);
}

void* allocate_on_device(std::size_t bytes)
{
    void* p = nullptr;
    const cudaError_t status = cudaMalloc(&p, bytes);
    if (status == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        std::size_t free = 0, total = 0;
        check(cudaMemGetInfo(&free, &total));
        throw OutOfMemory("needs " + std::to_string(bytes) + " more bytes of device memory; " +
                          std::to_string(free) + " bytes are free");
    }
    check(status);
    return p;
}

// Lost: the sticky errors, after which the process must be relaunched by CUDA's documentation, and
// two hardware errors, from which no call recovers.
DeviceError kind_of_error(int status)
{
    switch (status) {
    case cudaSuccess:
        return DeviceError::none;
    case cudaErrorMemoryAllocation:
        return DeviceError::memory;
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case 226: // cudaErrorContained, not named by CUDA 12
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case 721: // cudaErrorTensorMemoryLeak, likewise
    case cudaErrorMpsClientTerminated:
    case cudaErrorExternalDevice:
        return DeviceError::lost;
    default:
        return DeviceError::other;
    }
}

void require_device()
{
    static const std::string why = why_no_device();
    if (!why.empty())
        throw Unavailable(why);
}

Stream make_stream()
{
    cudaStream_t s = nullptr;
    check(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
    return Stream(s);
}

cudaStream_t stream()
{
    static const Stream main = make_stream();
    return main.get();
}

void synchronise() { check(cudaStreamSynchronize(stream())); }

void assume_multiprocessors(unsigned count) { assumed_multiprocessors = count; }

int device_attribute(cudaDeviceAttr which)
{
    int device = 0;
    check(cudaGetDevice(&device));
    return attribute(which, device);
}

unsigned multiprocessors()
{
    if (assumed_multiprocessors > 0)
        return assumed_multiprocessors;
    static const int count = device_attribute(cudaDevAttrMultiProcessorCount);
    return static_cast<unsigned>(count);
}

std::size_t l2_bytes()
{
    static const int bytes = device_attribute(cudaDevAttrL2CacheSize);
    return static_cast<std::size_t>(bytes);
}

unsigned blocks_for(std::size_t work, std::size_t per_block, unsigned per_multiprocessor)
{
    const std::size_t resident_blocks = std::size_t(multiprocessors()) * per_multiprocessor;
    return static_cast<unsigned>(
        std::clamp<std::size_t>(ceil_div(work, per_block), 1, resident_blocks));
}

std::string use_device(int index)
{
    int count = 0;
    if (cudaGetDeviceCount(&count) == cudaSuccess && count > 0 && index >= count)
        return "unknown GPU " + std::to_string(index) + ": there are 0 to " +
               std::to_string(count - 1) + "; --info lists them";
    cudaGetLastError();
    if (count > 0)
        check(cudaSetDevice(index)); // first of all: other calls create a context on GPU 0
    return why_no_device();
}

Devices devices()
{
    Devices all;
    try {
        all.runtime = runtime_version();
        all.driver = driver_version();
        all.why_none = why_no_device();
        if (all.why_none.empty())
            all.gpus = describe_all();
    } catch (const std::exception& error) {
        all.why_none = error.what();
    }
    return all;
}

} // namespace workspan
