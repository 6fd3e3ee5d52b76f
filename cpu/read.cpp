// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/read.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using V = Vector<std::uint64_t>;

// Four accumulators: an xor has a latency of one cycle, so that two or three loads a cycle are
// limited by their cache only.
std::uint64_t xor_of(const std::uint64_t* words, std::size_t n)
{
    constexpr std::size_t chains = 4, step = chains * V::size();
    V sum[chains] = {};
    const std::size_t whole = n - n % step;
    for (std::size_t i = 0; i < whole; i += step)
#pragma GCC unroll 4
        for (std::size_t k = 0; k < chains; ++k)
            sum[k] ^= V(words + i + k * V::size(), stdx::element_aligned);
    for (std::size_t k = 1; k < chains; ++k)
        sum[0] ^= sum[k];
    std::uint64_t total = stdx::reduce(sum[0], std::bit_xor<>());
    for (std::size_t i = whole; i < n; ++i)
        total ^= words[i];
    return total;
}

std::uint64_t word_of_passes(const std::uint64_t* words, std::size_t n, std::size_t passes)
{
    std::uint64_t total = 0;
    for (std::size_t pass = 0; pass < passes; ++pass) {
        total = read::next_word(total, xor_of(words, n));
        end_of_pass();
    }
    return total;
}

} // namespace

std::uint64_t read::seq(std::span<const std::uint64_t> words, std::size_t passes)
{
    return word_of_passes(words.data(), words.size(), passes);
}

std::uint64_t read::omp(std::span<const std::uint64_t> words, std::size_t passes)
{
    std::uint64_t total = 0;
#pragma omp parallel reduction(^ : total)
    {
        const auto [from, to] = my_chunk(words.size());
        total = word_of_passes(words.data() + from, to - from, passes);
    }
    return total;
}

} // namespace workspan
