// SPDX-License-Identifier: Apache-2.0
// Kernels with planted faults, which show that compute-sanitizer finds such: `gpu_faults write`
// writes one element past an array, `race` reads shared memory of another thread without a barrier,
// `read` reads uninitialised memory, `none` has no fault.
#include "gpu/device.cuh"

#include <cstdio>

namespace workspan {
namespace {

constexpr unsigned kThreads = 256;

__global__ void write_kernel(std::size_t n, int* out)
{
    const std::size_t i = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    if (i <= n) // should be <
        out[i] = static_cast<int>(i);
}

template <bool meets> __global__ void reverse_kernel(int* out)
{
    __shared__ int shared[kThreads];
    shared[threadIdx.x] = static_cast<int>(threadIdx.x);
    if (meets)
        __syncthreads();
    out[threadIdx.x] = shared[kThreads - 1 - threadIdx.x];
}

__global__ void add_kernel(const int* in, int* out) { out[threadIdx.x] = in[threadIdx.x] + 1; }

int run(const std::string& fault)
{
    require_device();
    DeviceArray<int> in(kThreads), out(kThreads);
    out.fill(0);
    if (fault == "write")
        write_kernel<<<2, kThreads, 0, stream()>>>(kThreads, out.data());
    else if (fault == "race")
        reverse_kernel<false><<<1, kThreads, 0, stream()>>>(out.data());
    else if (fault == "read")
        add_kernel<<<1, kThreads, 0, stream()>>>(in.data(), out.data());
    else if (fault == "none")
        reverse_kernel<true><<<1, kThreads, 0, stream()>>>(out.data());
    else
        throw std::invalid_argument("unknown fault '" + fault +
                                    "'; there are write, race, read and none");
    check(cudaGetLastError());
    synchronise();
    return 0;
}

} // namespace
} // namespace workspan

int main(int argc, char** argv)
{
    try {
        return workspan::run(argc > 1 ? argv[1] : "");
    } catch (const workspan::Unavailable& e) {
        std::fprintf(stderr, "gpu_faults: %s\n", e.what());
        return 3;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "gpu_faults: %s\n", e.what());
        return 2;
    }
}
