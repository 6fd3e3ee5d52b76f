// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/reduce.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 6;
constexpr unsigned kBatch = 4;

// One thread per four floats (16 bytes) of a grid-stride loop, with kBatch loads in flight and four
// accumulators, so that adds do not depend on each other. Each block reduces its threads' sums by
// shuffles to one of `partials`, and the last block to finish adds those: one pass, one launch. The
// first threads add the last n mod 4 values. For n = 0 one block writes 0.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    reduce_kernel(const float* __restrict__ values, std::size_t n, float* partials,
                  unsigned* arrivals, float* out)
{
    const auto add = [](float a, float b) { return a + b; };
    const auto* const fours = reinterpret_cast<const float4*>(values);
    const std::size_t whole = n / 4, stride = std::size_t(gridDim.x) * kThreads,
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    // accumulate per thread
    float4 sum = {};
    for (std::size_t i = me; i < whole; i += kBatch * stride) {
        float4 four[kBatch] = {};
        for (unsigned k = 0; k < kBatch; ++k)
            if (i + k * stride < whole)
                four[k] = fours[i + k * stride];
        for (unsigned k = 0; k < kBatch; ++k)
            sum = {sum.x + four[k].x, sum.y + four[k].y, sum.z + four[k].z, sum.w + four[k].w};
    }
    const float rest = me < n % 4 ? values[4 * whole + me] : 0;
    // reduce to one partial sum per block
    float total = combine_block<kThreads>((sum.x + sum.y) + (sum.z + sum.w) + rest, add);
    if (threadIdx.x == 0)
        partials[blockIdx.x] = total;
    if (!is_last_block(arrivals))
        return;
    // the last block reduces the partial sums
    total = 0;
    for (unsigned block = threadIdx.x; block < gridDim.x; block += kThreads)
        total += __ldcg(partials + block); // from L2: L1 is not coherent
    total = combine_block<kThreads>(total, add);
    if (threadIdx.x == 0)
        *out = total;
}

// One thread per value, a tree of sums in shared memory, one atomic add per block. `cuda` adds
// 16-byte loads, several in flight, many values per thread before the first barrier, and shuffles
// instead of the tree; its result does not depend on the order in which blocks finish.
__global__ void naive_kernel(const float* __restrict__ values, std::size_t n, float* out)
{
    __shared__ float sums[kThreads];
    const std::size_t i = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    sums[threadIdx.x] = i < n ? values[i] : 0;
    for (unsigned half = kThreads / 2; half > 0; half /= 2) {
        __syncthreads(); // the sums of the level before are written
        if (threadIdx.x < half)
            sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    if (threadIdx.x == 0)
        atomicAdd(out, sums[0]);
}

struct Arrays {
    explicit Arrays(const reduce::Input& in)
        : values(in.values.size()),
          partials(blocks_for(values.size() / 4, kThreads, kBlocksPerMultiprocessor)), arrivals(1),
          out(1)
    {
        arrivals.fill(0); // once: every launch resets it
    }
    DeviceArray<float> values, partials;
    DeviceArray<unsigned> arrivals;
    DeviceArray<float> out;
};

Uploads uploads(const reduce::Input& in, Arrays& on) { return {{on.values, in.values}}; }

void launch(const reduce::Input&, Arrays& on)
{
    const auto blocks = static_cast<unsigned>(on.partials.size());
    reduce_kernel<<<blocks, kThreads, 0, stream()>>>(
        on.values.data(), on.values.size(), on.partials.data(), on.arrivals.data(), on.out.data());
    check(cudaGetLastError());
}

void launch_naive(const reduce::Input&, Arrays& on)
{
    on.out.fill(0);
    const std::size_t n = on.values.size();
    if (n == 0)
        return;
    naive_kernel<<<blocks_to_cover(n, kThreads), kThreads, 0, stream()>>>(on.values.data(), n,
                                                                          on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial reduce::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial reduce::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_naive);
}

} // namespace workspan
