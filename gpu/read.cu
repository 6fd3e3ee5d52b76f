// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/read.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 6;
constexpr unsigned kBatch = 4;

// One thread per pair of words (16 bytes) of a grid-stride loop, with kBatch loads in flight. Each
// block reduces its threads' words to one of `partials`, and the last block to finish reduces
// those: one pass, one launch. Thread 0 takes the last word of an odd n. For n = 0 one block writes
// 0.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    read_kernel(const std::uint64_t* __restrict__ words, std::size_t n, std::uint64_t* partials,
                unsigned* arrivals, std::uint64_t* out)
{
    const auto bit_xor = [](std::uint64_t a, std::uint64_t b) { return a ^ b; };
    const auto* const word_pairs = reinterpret_cast<const ulonglong2*>(words);
    const std::size_t pairs = n / 2, stride = std::size_t(gridDim.x) * kThreads,
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    // accumulate per thread
    std::uint64_t total = me == 0 && n % 2 == 1 ? words[n - 1] : 0;
    for (std::size_t i = me; i < pairs; i += kBatch * stride) {
        ulonglong2 pair[kBatch] = {};
        for (unsigned k = 0; k < kBatch; ++k)
            if (i + k * stride < pairs)
                pair[k] = word_pairs[i + k * stride];
        for (unsigned k = 0; k < kBatch; ++k)
            total ^= pair[k].x ^ pair[k].y;
    }
    // reduce to one partial word per block
    total = combine_block<kThreads>(total, bit_xor);
    if (threadIdx.x == 0)
        partials[blockIdx.x] = total;
    if (!is_last_block(arrivals))
        return;
    // the last block reduces the partial words
    total = 0;
    for (unsigned block = threadIdx.x; block < gridDim.x; block += kThreads)
        total ^= __ldcg(partials + block); // from L2: L1 is not coherent
    total = combine_block<kThreads>(total, bit_xor);
    if (threadIdx.x == 0)
        *out = total;
}

struct Arrays {
    explicit Arrays(const read::Input& in)
        : words(in.words.size()),
          partials(blocks_for(words.size() / 2, kThreads, kBlocksPerMultiprocessor)), arrivals(1),
          out(1)
    {
        arrivals.fill(0); // once: every launch resets it
    }
    DeviceArray<std::uint64_t> words, partials;
    DeviceArray<unsigned> arrivals;
    DeviceArray<std::uint64_t> out;
};

Uploads uploads(const read::Input& in, Arrays& on) { return {{on.words, in.words}}; }

void launch(const read::Input&, Arrays& on)
{
    const auto blocks = static_cast<unsigned>(on.partials.size());
    read_kernel<<<blocks, kThreads, 0, stream()>>>(
        on.words.data(), on.words.size(), on.partials.data(), on.arrivals.data(), on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial read::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
