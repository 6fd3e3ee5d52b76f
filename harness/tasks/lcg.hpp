// SPDX-License-Identifier: Apache-2.0
// Work that takes time and nothing else: a chain of steps of a linear congruential generator, each
// of which needs the one before. About a nanosecond a step (a multiplication and an addition).
// Constants: Knuth, The Art of Computer Programming, vol. 2, 3.3.4, line 26 (MMIX).
#pragma once

#include <cstddef>
#include <cstdint>

namespace workspan {

struct Affine { // x -> mul * x + add, modulo 2^64
    std::uint64_t mul = 6364136223846793005U, add = 1442695040888963407U;
    constexpr std::uint64_t operator()(std::uint64_t x) const { return mul * x + add; }
};

// x after k steps, one after the other. In timed code the step comes from memory or an argument of
// a kernel: if they know its constants, clang and nvcc fold several steps into a single one.
constexpr std::uint64_t lcg(std::uint64_t x, std::size_t k, Affine step)
{
    for (; k > 0; --k)
        x = step(x);
    return x;
}

// The same by squaring the step: O(log k).
constexpr std::uint64_t lcg_jump(std::uint64_t x, std::size_t k)
{
    for (Affine step; k > 0; k /= 2) {
        if (k % 2 == 1)
            x = step(x);
        step = {step.mul * step.mul, step.mul * step.add + step.add};
    }
    return x;
}

} // namespace workspan
