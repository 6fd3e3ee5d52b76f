// SPDX-License-Identifier: Apache-2.0
// Linked where cuRAND is installed, else without_curand.cpp: the yardstick of montecarlo on a GPU.
// The generator is that of cuRAND's device library, which runs in registers; one that fills memory
// would be bound by the memory.
#include "gpu/trial.cuh"
#include "harness/contracts/montecarlo.hpp"

#include <curand_kernel.h>

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 8;
using Count = unsigned long long;

// The contiguous counters `from` to `to` - 1 of one thread, so that it sets up its generator once.
// An offset counts words, four to a counter; the generator's counter moves on by one with every
// four words drawn.
__device__ Count hits_of(std::uint64_t seed, std::size_t n, std::size_t from, std::size_t to)
{
    curandStatePhilox4_32_10_t state;
    curand_init(seed, 0, 4 * from, &state);
    Count hits = 0;
    for (std::size_t counter = from; counter < to; ++counter) {
        const uint4 w = curand4(&state);
        hits += montecarlo::is_hit(w.x, w.y);
        hits += 2 * counter + 1 < n &&
                montecarlo::is_hit(w.z, w.w); // an odd n has no such sample at the end
    }
    return hits;
}

// Of the counters, every thread has as many, one more or one less.
__global__ void __launch_bounds__(kThreads)
    curand_kernel(std::uint64_t seed, std::size_t n, Count* hits)
{
    const std::size_t counters = n / 2 + n % 2, threads = std::size_t(gridDim.x) * kThreads;
    const std::size_t each = (counters + threads - 1) / threads,
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    const std::size_t from = min(me * each, counters), to = min(from + each, counters);
    const Count of_block =
        combine_block<kThreads>(hits_of(seed, n, from, to), [](Count a, Count b) { return a + b; });
    if (threadIdx.x == 0)
        atomicAdd(hits, of_block);
}

struct Arrays {
    explicit Arrays(const montecarlo::Input&) : out(1) {}
    DeviceArray<std::uint64_t> out;
};

Uploads uploads(const montecarlo::Input&, Arrays&) { return {}; }

void launch(const montecarlo::Input& in, Arrays& on)
{
    on.out.fill(0);
    const unsigned blocks = blocks_for(in.n / 2, kThreads, kBlocksPerMultiprocessor);
    curand_kernel<<<blocks, kThreads, 0, stream()>>>(in.seed, in.n,
                                                     reinterpret_cast<Count*>(on.out.data()));
    check(cudaGetLastError());
}

} // namespace

Trial montecarlo::curand(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
