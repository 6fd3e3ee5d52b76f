// SPDX-License-Identifier: Apache-2.0
// Linked if cuRAND is installed, else without_curand.cpp: the reference of montecarlo on a GPU. The
// generator of cuRAND's device library runs in registers; one that fills memory would be bound by
// memory bandwidth.
#include "gpu/library_version.hpp"
#include "gpu/trial.cuh"
#include "harness/contracts/montecarlo.hpp"

#include <curand.h>
#include <curand_kernel.h>

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 8;
using Count = unsigned long long;

// The hits of the contiguous counters `from` to `to` - 1 of one thread, which sets up its generator
// once. An offset counts words, four to a counter; the generator's counter advances by one with
// every four words drawn.
__device__ Count count_hits(std::uint64_t seed, std::size_t n, std::size_t from, std::size_t to)
{
    curandStatePhilox4_32_10_t state;
    curand_init(seed, 0, 4 * from, &state);
    Count hits = 0;
    for (std::size_t counter = from; counter < to; ++counter) {
        const uint4 w = curand4(&state);
        hits += montecarlo::is_hit(w.x, w.y);
        hits += 2 * counter + 1 < n &&
                montecarlo::is_hit(w.z, w.w); // missing from the last counter of an odd n
    }
    return hits;
}

// All threads share the counters evenly.
__global__ void __launch_bounds__(kThreads)
    curand_kernel(std::uint64_t seed, std::size_t n, Count* hits)
{
    const std::size_t counters = n / 2 + n % 2, threads = std::size_t(gridDim.x) * kThreads;
    const std::size_t each = ceil_div(counters, threads),
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    const std::size_t from = min(me * each, counters), to = min(from + each, counters);
    const Count sum = combine_block<kThreads>(count_hits(seed, n, from, to),
                                              [](Count a, Count b) { return a + b; });
    if (threadIdx.x == 0)
        atomicAdd(hits, sum);
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
    return of_library(device_trial<Arrays>(p, input, cost, check, uploads, launch), "cuRAND",
                      joined_version(CURAND_VER_MAJOR, CURAND_VER_MINOR, CURAND_VER_PATCH));
}

} // namespace workspan
