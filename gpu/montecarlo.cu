// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/montecarlo.hpp"

namespace workspan {

namespace {

using montecarlo::kRounds, montecarlo::RoundKeys;

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 8;
using Count = unsigned long long; // the 64-bit type of atomicAdd

__device__ uint4 words(const RoundKeys& keys, std::uint64_t counter)
{
    uint4 w = {static_cast<unsigned>(counter), static_cast<unsigned>(counter >> 32), 0, 0};
#pragma unroll
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t first = std::uint64_t(montecarlo::kMultiplier[0]) * w.x,
                            second = std::uint64_t(montecarlo::kMultiplier[1]) * w.z;
        w = {static_cast<unsigned>(second >> 32) ^ w.y ^ keys.k[round],
             static_cast<unsigned>(second),
             static_cast<unsigned>(first >> 32) ^ w.w ^ keys.l[round],
             static_cast<unsigned>(first)};
    }
    return w;
}

// misses + 1 if x x + y y overflows: the carry of the sum is added as it is.
__device__ unsigned count_miss(unsigned misses, unsigned x, unsigned y)
{
    const std::uint64_t a = std::uint64_t(x) * x, b = std::uint64_t(y) * y;
    asm("{\n .reg .u64 sum;\n add.cc.u64 sum, %1, %2;\n addc.u32 %0, %0, 0;\n}"
        : "+r"(misses)
        : "l"(a), "l"(b));
    return misses;
}

// One counter, two samples, per thread of a grid-stride loop. Each thread counts its misses; each
// block reduces them and subtracts them from the result, to which the first block adds n. If n is
// odd, the last counter gives one sample only. n may be 0. The keys are the same for all threads:
// operands in constant memory.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    montecarlo_kernel(const __grid_constant__ RoundKeys keys, std::size_t n, Count* hits)
{
    const std::size_t stride = std::size_t(gridDim.x) * kThreads,
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    unsigned misses = 0; // fewer than 2^32: that many would take a thread minutes
    for (std::size_t counter = me; counter < n / 2; counter += stride) {
        const uint4 w = words(keys, counter);
        misses = count_miss(count_miss(misses, w.x, w.y), w.z, w.w);
    }
    if (n % 2 == 1 && me == 0) {
        const uint4 w = words(keys, n / 2);
        misses = count_miss(misses, w.x, w.y);
    }
    const Count sum =
        combine_block<kThreads>(Count(misses), [](Count a, Count b) { return a + b; });
    if (threadIdx.x == 0)
        atomicAdd(hits, (blockIdx.x == 0 ? Count(n) : 0) - sum); // modulo 2^64
}

struct Arrays {
    explicit Arrays(const montecarlo::Input& in) : keys(montecarlo::key_schedule(in.seed)), out(1)
    {
    }
    RoundKeys keys;
    DeviceArray<std::uint64_t> out;
};

// The samples are generated on the device.
Uploads uploads(const montecarlo::Input&, Arrays&) { return {}; }

void launch(const montecarlo::Input& in, Arrays& on)
{
    on.out.fill(0);
    const unsigned blocks = blocks_for(in.n / 2, kThreads, kBlocksPerMultiprocessor);
    montecarlo_kernel<<<blocks, kThreads, 0, stream()>>>(on.keys, in.n,
                                                         reinterpret_cast<Count*>(on.out.data()));
    check(cudaGetLastError());
}

} // namespace

Trial montecarlo::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
