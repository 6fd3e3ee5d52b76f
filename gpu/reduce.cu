// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/reduce.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 6;
constexpr unsigned kBatch = 4;

// One thread per four floats (16 bytes), the grid striding over the fours; each thread has kBatch
// loads on their way and keeps four sums, so that no add waits for the one before it. Warps add
// their threads' sums by shuffles, each block writes one of `partials`, and the block that finishes
// last adds those: one pass, one launch. The last n mod 4 values are those of the first threads.
// Works for n = 0:
// one block then writes 0.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    reduce_kernel(const float* __restrict__ values, std::size_t n, float* partials,
                  unsigned* finished, float* out)
{
    const auto add = [](float a, float b) { return a + b; };
    const auto* const fours = reinterpret_cast<const float4*>(values);
    const std::size_t whole = n / 4, stride = std::size_t(gridDim.x) * kThreads,
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
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
    float total = combine_block<kThreads>((sum.x + sum.y) + (sum.z + sum.w) + rest, add);
    if (threadIdx.x == 0)
        partials[blockIdx.x] = total;
    if (!is_last_block(finished))
        return;
    total = 0;
    for (unsigned block = threadIdx.x; block < gridDim.x; block += kThreads)
        total += __ldcg(partials + block); // from L2, where the other blocks' stores went
    total = combine_block<kThreads>(total, add);
    if (threadIdx.x == 0)
        *out = total;
}

struct Arrays {
    explicit Arrays(const reduce::Input& in)
        : values(in.values.size()),
          partials(blocks_for(values.size() / 4, kThreads, kBlocksPerMultiprocessor)), finished(1),
          out(1)
    {
        finished.fill(0); // once: every launch leaves it at 0
    }
    DeviceArray<float> values, partials;
    DeviceArray<unsigned> finished;
    DeviceArray<float> out;
};

Uploads uploads(const reduce::Input& in, Arrays& on) { return {{on.values, in.values}}; }

void launch(const reduce::Input&, Arrays& on)
{
    const auto blocks = static_cast<unsigned>(on.partials.size());
    reduce_kernel<<<blocks, kThreads, 0, stream()>>>(
        on.values.data(), on.values.size(), on.partials.data(), on.finished.data(), on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial reduce::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
