// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/contention.hpp"

namespace workspan {

namespace {

using contention::Count;
using contention::Work;

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 8;

__device__ void add(Count* to, Count value)
{
    static_assert(sizeof(Count) == sizeof(unsigned long long)); // the 64-bit type of atomicAdd
    atomicAdd(reinterpret_cast<unsigned long long*>(to), value);
}

// What the threads of a block made is added up first: the lesson is the counter.
__device__ void contribute(Count* to, Count made)
{
    made = combine_block<kThreads>(made, [](Count a, Count b) { return a + b; });
    if (threadIdx.x == 0)
        add(to, made);
}

// Grid-stride loop, each iteration an increment of the one counter.
__global__ void contention_kernel(Count* out, std::size_t n)
{
    const std::size_t stride = std::size_t(gridDim.x) * kThreads;
    Count made = 0;
    for (std::size_t i = std::size_t(blockIdx.x) * kThreads + threadIdx.x; i < n; i += stride) {
        add(out, 1);
        ++made;
    }
    contribute(out + 1, made);
}

// The same with the summands of `ones`, one for each lane of a warp.
__global__ void contention_naive_kernel(Count* out, std::size_t n, const Count* ones)
{
    const std::size_t stride = std::size_t(gridDim.x) * kThreads;
    const Count one = ones[threadIdx.x % 32];
    Count made = 0;
    for (std::size_t i = std::size_t(blockIdx.x) * kThreads + threadIdx.x; i < n; i += stride) {
        add(out, one);
        ++made;
    }
    contribute(out + 1, made);
}

struct Input : Work {
    HostArray<Count> ones{32};
};

std::shared_ptr<const Input> input(const Problem& p)
{
    Input in;
    in.n = p.n;
    std::fill(in.ones.begin(), in.ones.end(), 1);
    return std::make_shared<const Input>(std::move(in));
}

struct Arrays {
    explicit Arrays(const Input& in) : ones(in.ones.size()), out(2) {}
    DeviceArray<Count> ones, out; // out: the counter, and what all threads contributed to it
};

Uploads uploads(const Input& in, Arrays& on) { return {{on.ones, in.ones}}; }

void launch(const Input& in, Arrays& on)
{
    on.out.fill(0);
    const unsigned blocks = blocks_for(in.n, kThreads, kBlocksPerMultiprocessor);
    contention_kernel<<<blocks, kThreads, 0, stream()>>>(on.out.data(), in.n);
    check(cudaGetLastError());
}

void launch_naive(const Input& in, Arrays& on)
{
    on.out.fill(0);
    const unsigned blocks = blocks_for(in.n, kThreads, kBlocksPerMultiprocessor);
    contention_naive_kernel<<<blocks, kThreads, 0, stream()>>>(on.out.data(), in.n, on.ones.data());
    check(cudaGetLastError());
}

} // namespace

Trial contention::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial contention::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_naive);
}

} // namespace workspan
