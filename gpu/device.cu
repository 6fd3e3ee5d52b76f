// SPDX-License-Identifier: Apache-2.0
#include "gpu/device.cuh"

#include "harness/machine/devices.hpp"

namespace workspan {

namespace {

unsigned assumed_multiprocessors = 0;

// There to be asked whether this binary has code for the GPU at hand.
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

int of_current_device(cudaDeviceAttr which)
{
    int device = 0;
    check(cudaGetDevice(&device));
    return attribute(which, device);
}

// Why no GPU can run our kernels, or nothing where one can. Forgets the error, so that no later
// call reports it.
std::string why_no_device()
{
    int count = 0;
    const cudaError_t status = cudaGetDeviceCount(&count);
    cudaGetLastError();
    if (status == cudaErrorInsufficientDriver && !driver_version().empty())
        return "the driver is made for CUDA " + driver_version() + ", older than " +
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
        return "built for other GPUs than this one (CMAKE_CUDA_ARCHITECTURES)";
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

// Kernels run on the current device only; asking the others for their free memory would take some
// of it for a context.
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

[[noreturn]] void throw_lost(const std::string& what)
{
    static const std::string first = what;
    static bool again = false;
    const bool before = std::exchange(again, true);
    throw DeviceLost(before ? "the GPU was lost to this process before: " + first : what, before);
}

} // namespace

void check(cudaError_t status, std::source_location place)
{
    if (status == cudaSuccess)
        return;
    cudaGetLastError(); // forgotten, so that the check after the next launch does not report it
                        // again
    const std::string what = std::string(cudaGetErrorName(status)) + " (" + std::to_string(status) +
                             "): " + cudaGetErrorString(status) + ", at " + place.file_name() +
                             ":" + std::to_string(place.line()) + " in " + place.function_name();
    const DeviceError kind = kind_of_error(status);
    if (kind == DeviceError::memory)
        throw Unavailable("not enough device memory: " + what);
    if (kind == DeviceError::lost)
        throw_lost(what);
    throw std::runtime_error(what);
}

void* allocate_on_device(std::size_t bytes)
{
    void* p = nullptr;
    const cudaError_t status = cudaMalloc(&p, bytes);
    if (status == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        std::size_t free = 0, total = 0;
        check(cudaMemGetInfo(&free, &total));
        throw Unavailable("needs " + std::to_string(bytes) + " B of device memory more, of which " +
                          std::to_string(free) + " B are free");
    }
    check(status);
    return p;
}

// Those of which CUDA's documentation says that the process must be relaunched, and two of the
// hardware that no call recovers from.
DeviceError kind_of_error(int status)
{
    switch (status) {
    case cudaSuccess:
        return DeviceError::none;
    case cudaErrorMemoryAllocation:
        return DeviceError::memory;
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case 226: // cudaErrorContained, which CUDA 12 does not name
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

cudaStream_t stream()
{
    struct Destroy {
        void operator()(cudaStream_t s) const noexcept { cudaStreamDestroy(s); }
    };
    static const auto made = [] {
        cudaStream_t s = nullptr;
        check(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
        return std::unique_ptr<CUstream_st, Destroy>(s);
    }();
    return made.get();
}

void synchronise() { check(cudaStreamSynchronize(stream())); }

void assume_multiprocessors(unsigned count) { assumed_multiprocessors = count; }

unsigned multiprocessors()
{
    if (assumed_multiprocessors > 0)
        return assumed_multiprocessors;
    static const int count = of_current_device(cudaDevAttrMultiProcessorCount);
    return static_cast<unsigned>(count);
}

std::size_t l2_bytes()
{
    static const int bytes = of_current_device(cudaDevAttrL2CacheSize);
    return static_cast<std::size_t>(bytes);
}

unsigned blocks_for(std::size_t work, std::size_t per_block, unsigned per_multiprocessor)
{
    const std::size_t held = std::size_t(multiprocessors()) * per_multiprocessor;
    return static_cast<unsigned>(
        std::clamp<std::size_t>((work + per_block - 1) / per_block, 1, held));
}

std::string use_device(int index)
{
    int count = 0;
    if (cudaGetDeviceCount(&count) == cudaSuccess && count > 0 && index >= count)
        return "there is no GPU " + std::to_string(index) + ", only 0 to " +
               std::to_string(count - 1) + "; --info lists them";
    cudaGetLastError();
    if (count > 0)
        check(cudaSetDevice(
            index)); // before anything else is asked, which would make a context on another one
    return why_no_device();
}

Devices devices()
{
    Devices found;
    try {
        found.runtime = runtime_version();
        found.driver = driver_version();
        found.why_none = why_no_device();
        if (found.why_none.empty())
            found.gpus = describe_all();
    } catch (const std::exception& error) {
        found.why_none = error.what();
    }
    return found;
}

} // namespace workspan
