// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: a value is a function of a seed and an index, so that any thread,
// block or machine can make any part of an input and all get the same bits. constexpr, so that CUDA
// device code can call it too.
#pragma once

#include <cstdint>

namespace workspan {

// 64 random bits. The finaliser of SplitMix64 (Steele, Lea, Flood 2014) over a Weyl sequence of the
// index.
constexpr std::uint64_t random_bits(std::uint64_t seed, std::uint64_t index)
{
    std::uint64_t x =
        (seed ^ 0x5851f42d4c957f2dU) * 0xd1342543de82ef95U + (index + 1) * 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

// Uniform in [0, 1), a multiple of 2^-53.
constexpr double random_double(std::uint64_t seed, std::uint64_t index)
{
    return static_cast<double>(random_bits(seed, index) >> 11) * 0x1p-53;
}

// Uniform in [-1, 1), a multiple of 2^-23.
constexpr float random_signed_float(std::uint64_t seed, std::uint64_t index)
{
    return static_cast<float>(static_cast<std::int32_t>(random_bits(seed, index) >> 40) -
                              (1 << 23)) *
           0x1p-23F;
}

// Uniform in 0 .. bound - 1, with a bias below bound / 2^32 (Lemire 2019, without the rejection).
constexpr std::uint32_t random_below(std::uint64_t seed, std::uint64_t index, std::uint32_t bound)
{
    return static_cast<std::uint32_t>(((random_bits(seed, index) >> 32) * bound) >> 32);
}

} // namespace workspan
