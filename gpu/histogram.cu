// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/histogram.hpp"

namespace workspan {

namespace {

using histogram::kBins;

constexpr unsigned kThreads = 1024,
                   kBlocksPerMultiprocessor =
                       2; // few and large, since every block adds its bins to the result
constexpr unsigned kBatch = 2;
constexpr unsigned kCopies = 4; // of the bins in a block, 8 KiB each
constexpr unsigned kStride =
    kBins + 1; // from copy to copy: a bin's copies lie in different banks of the shared memory

// One thread per four keys (16 bytes), the grid striding over the fours; each block counts in
// shared memory. Lanes that meet in a bin wait for each other, often so with skewed keys, so
// neighbouring lanes count in different copies. Every block then adds the sum of its copies to the
// result, which is zero before. The last n mod 4 keys are those of the first threads.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    histogram_kernel(const std::uint32_t* __restrict__ keys, std::size_t n, std::uint32_t* counts)
{
    __shared__ std::uint32_t bins[kCopies * kStride];
    for (unsigned i = threadIdx.x; i < kCopies * kStride; i += kThreads)
        bins[i] = 0;
    __syncthreads(); // all bins are zero before any is counted in

    std::uint32_t* const mine = bins + threadIdx.x % kCopies * kStride;
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
                atomicAdd(mine + four[k].x, 1);
                atomicAdd(mine + four[k].y, 1);
                atomicAdd(mine + four[k].z, 1);
                atomicAdd(mine + four[k].w, 1);
            }
    }
    if (me < n % 4)
        atomicAdd(mine + keys[4 * whole + me], 1);
    __syncthreads(); // all keys of the block are counted before the copies are added up

    for (unsigned bin = threadIdx.x; bin < kBins; bin += kThreads) {
        std::uint32_t count = 0;
        for (unsigned copy = 0; copy < kCopies; ++copy)
            count += bins[copy * kStride + bin];
        if (count > 0)
            atomicAdd(counts + bin, count);
    }
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

} // namespace

Trial histogram::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
