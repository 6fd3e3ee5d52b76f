// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/histogram.hpp"

namespace workspan {

namespace {

using histogram::kBins;

// Few and large blocks, since every block adds its bins to the result.
constexpr unsigned kThreads = 1024, kBlocksPerMultiprocessor = 2;
constexpr unsigned kBatch = 2;
constexpr unsigned kCopies = 4;         // of the bins in a block, 8 KiB each
constexpr unsigned kStride = kBins + 1; // padded: no bank conflicts between the copies of a bin

// One thread per four keys (16 bytes) of a grid-stride loop, counted in bins privatised per block,
// in shared memory. Atomics on one bin are serialised, often with skewed keys, so neighbouring
// lanes count in different copies. Every block then adds the sum of its copies to the result, which
// is zero before. The first threads count the last n mod 4 keys.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    histogram_kernel(const std::uint32_t* __restrict__ keys, std::size_t n, std::uint32_t* counts)
{
    __shared__ std::uint32_t bins[kCopies * kStride];
    // clear
    for (unsigned i = threadIdx.x; i < kCopies * kStride; i += kThreads)
        bins[i] = 0;
    __syncthreads(); // all bins are zero before the first increment

    // count
    std::uint32_t* const my_bins = bins + threadIdx.x % kCopies * kStride;
    const auto* const fours = reinterpret_cast<const uint4*>(keys);
    const std::size_t whole = n / 4, stride = std::size_t(gridDim.x) * kThreads,
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    for (std::size_t i = me; i < whole; i += kBatch * stride) {
        uint4 four[kBatch];
        for (unsigned k = 0; k < kBatch; ++k)
            if (i + k * stride < whole)
                four[k] = fours[i + k * stride];
        for (unsigned k = 0; k < kBatch; ++k)
            if (i + k * stride < whole) {
                atomicAdd(my_bins + four[k].x, 1);
                atomicAdd(my_bins + four[k].y, 1);
                atomicAdd(my_bins + four[k].z, 1);
                atomicAdd(my_bins + four[k].w, 1);
            }
    }
    if (me < n % 4)
        atomicAdd(my_bins + keys[4 * whole + me], 1);
    __syncthreads(); // all keys of the block are counted before the copies are added up

    // combine
    for (unsigned bin = threadIdx.x; bin < kBins; bin += kThreads) {
        std::uint32_t count = 0;
        for (unsigned copy = 0; copy < kCopies; ++copy)
            count += bins[copy * kStride + bin];
        if (count > 0)
            atomicAdd(counts + bin, count);
    }
}

// One thread per key, atomics on the result in global memory. `cuda` adds bins privatised per block
// in shared memory, in several copies, and 16-byte loads in flight.
__global__ void naive_kernel(const std::uint32_t* __restrict__ keys, std::size_t n,
                             std::uint32_t* counts)
{
    const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n)
        atomicAdd(counts + keys[i], 1);
}

struct Arrays {
    explicit Arrays(const histogram::Input& in) : keys(in.keys.size()), out(kBins) {}
    DeviceArray<std::uint32_t> keys, out;
};

Uploads uploads(const histogram::Input& in, Arrays& on) { return {{on.keys, in.keys}}; }

void launch(const histogram::Input&, Arrays& on)
{
    on.out.fill(0);
    const std::size_t n = on.keys.size();
    if (n == 0)
        return;
    const unsigned blocks = blocks_for(n / 4, kThreads, kBlocksPerMultiprocessor);
    histogram_kernel<<<blocks, kThreads, 0, stream()>>>(on.keys.data(), n, on.out.data());
    check(cudaGetLastError());
}

void launch_naive(const histogram::Input&, Arrays& on)
{
    on.out.fill(0);
    const std::size_t n = on.keys.size();
    if (n == 0)
        return;
    naive_kernel<<<blocks_to_cover(n, kThreads), kThreads, 0, stream()>>>(on.keys.data(), n,
                                                                          on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial histogram::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial histogram::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_naive);
}

} // namespace workspan
