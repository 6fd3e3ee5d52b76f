// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/read.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using V = Vector<std::uint64_t>;

// Four accumulators: an xor has a latency of one cycle, so that two or three loads a cycle are
// limited by their cache only. They go on from pass to pass, each lane by itself, since a reduction
// after each takes a sixth of the time in L1.
std::uint64_t xor_of(const std::uint64_t* words, std::size_t n, std::size_t passes)
{
    constexpr std::size_t chains = 4, step = chains * V::size();
    V sum[chains] = {};
    std::uint64_t rest = 0;
    const std::size_t whole = n - n % step;
    for (std::size_t pass = 0; pass < passes; ++pass) {
        if (pass > 0) {
#pragma GCC unroll 4
            for (V& chain : sum)
                chain = read::times_x(chain);
            rest = read::times_x(rest);
        }
        for (std::size_t i = 0; i < whole; i += step)
#pragma GCC unroll 4
            for (std::size_t k = 0; k < chains; ++k)
                sum[k] ^= V(words + i + k * V::size(), stdx::element_aligned);
        for (std::size_t i = whole; i < n; ++i)
            rest ^= words[i];
        end_of_pass();
    }
#pragma GCC unroll 4
    for (std::size_t k = 1; k < chains; ++k)
        sum[0] ^= sum[k];
    return rest ^ stdx::reduce(sum[0], std::bit_xor<>());
}

} // namespace

std::uint64_t read::seq(std::span<const std::uint64_t> words, std::size_t passes)
{
    return xor_of(words.data(), words.size(), passes);
}

std::uint64_t read::omp(std::span<const std::uint64_t> words, std::size_t passes)
{
    std::uint64_t total = 0;
#pragma omp parallel reduction(^ : total)
    {
        const auto [from, to] = my_chunk(words.size());
        total = xor_of(words.data() + from, to - from, passes);
    }
    return total;
}

} // namespace workspan
