// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/copy.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 6;
constexpr unsigned kBatch = 4;

// One thread per pair of doubles (16 bytes) of a grid-stride loop: coalesced, 512 contiguous bytes
// a warp. Each thread has kBatch loads in flight before its first store: bytes in flight make the
// bandwidth. Thread 0 copies the last element of an odd n.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    copy_kernel(const double* __restrict__ in, double* __restrict__ out, std::size_t n)
{
    const auto* const in_pairs = reinterpret_cast<const double2*>(in);
    auto* const out_pairs = reinterpret_cast<double2*>(out);
    const std::size_t pairs = n / 2, stride = std::size_t(gridDim.x) * kThreads,
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    for (std::size_t i = me; i < pairs; i += kBatch * stride) {
        double2 pair[kBatch];
        // load
        for (unsigned k = 0; k < kBatch; ++k)
            if (i + k * stride < pairs)
                pair[k] = in_pairs[i + k * stride];
        // store
        for (unsigned k = 0; k < kBatch; ++k)
            if (i + k * stride < pairs)
                out_pairs[i + k * stride] = pair[k];
    }
    if (me == 0 && n % 2 == 1)
        out[n - 1] = in[n - 1];
}

// One thread per element. `cuda` adds 16-byte accesses and several loads in flight per thread, and
// launches no more threads than are resident at once.
__global__ void naive_kernel(const double* __restrict__ in, double* __restrict__ out, std::size_t n)
{
    const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = in[i];
}

struct Arrays {
    explicit Arrays(const copy::Input& from) : in(from.size()), out(from.size()) {}
    DeviceArray<double> in, out;
};

Uploads uploads(const copy::Input& in, Arrays& on) { return {{on.in, in}}; }

void launch(const copy::Input&, Arrays& on)
{
    const std::size_t n = on.out.size();
    if (n == 0)
        return;
    const unsigned blocks = blocks_for(n / 2, kThreads, kBlocksPerMultiprocessor);
    copy_kernel<<<blocks, kThreads, 0, stream()>>>(on.in.data(), on.out.data(), n);
    check(cudaGetLastError());
}

void launch_naive(const copy::Input&, Arrays& on)
{
    const std::size_t n = on.out.size();
    if (n == 0)
        return;
    naive_kernel<<<blocks_to_cover(n, kThreads), kThreads, 0, stream()>>>(on.in.data(),
                                                                          on.out.data(), n);
    check(cudaGetLastError());
}

void launch_memcpy(const copy::Input&, Arrays& on)
{
    if (on.out.size() > 0)
        check(cudaMemcpyAsync(on.out.data(), on.in.data(), on.out.size_bytes(),
                              cudaMemcpyDeviceToDevice, stream()));
}

} // namespace

Trial copy::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial copy::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_naive);
}

Trial copy::cuda_memcpy(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_memcpy);
}

} // namespace workspan
