// SPDX-License-Identifier: Apache-2.0
// mandelbrot in vectors: the formula, and patches of the picture that are vectors of orbits. The
// scheduling of patches is in mandelbrot.cpp.
#pragma once

#include "cpu/simd.hpp"
#include "harness/arithmetic.hpp"
#include "harness/contracts/mandelbrot.hpp"

#include <array>
#include <atomic>
#include <bit>

namespace workspan::mandelbrot {

using V = Vector<float>;
using Raw = float __attribute__((vector_size(sizeof(V))));

// The formula: one step of a vector of orbits.
inline void step(V& x, V& y, V cx, V cy)
{
    const V next = fmadd(x, x, fmadd(-y, y, cx));
    y = fmadd(x + x, y, cy);
    x = next;
}

inline V norm(V x, V y) { return fmadd(x, x, y * y); }

// `yes` in lanes whose norm is that of a z still inside, `no` if it is larger or a NaN. Not by
// stdx::where, whose AVX-512 masks have no effect under clang with libstdc++ 12.
inline V if_inside(V norm, V yes, V no)
{
    return std::bit_cast<V>(std::bit_cast<Raw>(norm) <= 4 ? std::bit_cast<Raw>(yes)
                                                          : std::bit_cast<Raw>(no));
}

// A vector is a small patch of the picture, because neighbours diverge at about the same step.
inline constexpr std::size_t kTall = std::min<std::size_t>(4, V::size()), kWide = V::size() / kTall;

inline constexpr std::uint32_t kBlock = 8; // steps between two tests of |z|^2
static_assert(kSteps % kBlock == 0);

// One vector of orbits. A pixel that has diverged rests at z = c = 0, a fixed point; the count of
// all others is kSteps.
struct Patch {
    V x = 0, y = 0, cx = 0, cy = 0, counts = static_cast<float>(kSteps);
    std::size_t row = 0, column = 0;
    std::uint32_t steps = 0; // done so far; kSteps: complete
    bool idle = true;        // no pixels: the picture has run out of patches
};

// The picture, with a shared counter of patches: dynamic load balancing, as every thread takes the
// next chunk when it has room.
struct Picture {
    std::size_t n;
    std::uint32_t* counts;
    Plane plane{n};
    std::size_t across = ceil_div(n, kWide);
    std::size_t patches = across * ceil_div(n, kTall);
    std::atomic<std::size_t> next_patch = 0; // the first that no thread has taken
};

// Runs a block of steps; `counts` are the steps inside before it, the result those after it.
inline V count_block(V& x, V& y, V cx, V cy, V counts)
{
    for (std::uint32_t s = 0; s < kBlock; ++s) {
        step(x, y, cx, cy);
        counts = if_inside(norm(x, y), counts + 1, counts);
    }
    return counts;
}

// Keeps the counts of the pixels that have diverged and puts them to rest; a patch in which all
// have is complete.
inline void retire(Patch& patch, V counts)
{
    const V size = norm(patch.x, patch.y);
    patch.counts = if_inside(size, patch.counts, counts);
    for (V* const value : {&patch.x, &patch.y, &patch.cx, &patch.cy})
        *value = if_inside(size, *value, 0);
    if (stdx::all_of(patch.cx == 0 && patch.cy == 0))
        patch.steps = kSteps;
}

inline void run_first_block(Patch& patch)
{
    const V counts = count_block(patch.x, patch.y, patch.cx, patch.cy, 0);
    patch.steps = kBlock;
    retire(patch, counts);
}

inline Patch load_patch(const Picture& picture, std::size_t index)
{
    Patch patch = {.row = index / picture.across * kTall,
                   .column = index % picture.across * kWide,
                   .idle = false};
    const V column = static_cast<float>(patch.column) +
                     V([](auto lane) { return static_cast<float>(lane % kWide); });
    const V row = static_cast<float>(patch.row) + V([](auto lane) {
                      const std::size_t below = lane / kWide;
                      return static_cast<float>(below);
                  });
    patch.cx = fmadd(column, V(picture.plane.step), V(picture.plane.left));
    patch.cy = fmadd(row, V(picture.plane.step), V(picture.plane.top));
    return patch;
}

inline void store_patch(const Picture& picture, const Patch& patch)
{
    std::array<std::int32_t, V::size()> counts;
    stdx::static_simd_cast<std::int32_t>(patch.counts)
        .copy_to(counts.data(), stdx::element_aligned);
    const std::size_t tall = std::min(kTall, picture.n - patch.row),
                      wide = std::min(kWide, picture.n - patch.column);
    for (std::size_t row = 0; row < tall; ++row)
        for (std::size_t column = 0; column < wide; ++column)
            picture.counts[(patch.row + row) * picture.n + patch.column + column] =
                static_cast<std::uint32_t>(counts[row * kWide + column]);
}

} // namespace workspan::mandelbrot
