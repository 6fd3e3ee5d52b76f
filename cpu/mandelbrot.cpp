// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/mandelbrot.hpp"

#include "cpu/simd.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <utility>

namespace workspan {

namespace {

using mandelbrot::kSteps;
using V = Vector<float>;
using Raw = float __attribute__((vector_size(sizeof(V))));

// A vector is a small patch of the picture, because neighbours leave at about the same step.
constexpr std::size_t kTall = std::min<std::size_t>(4, V::size()), kWide = V::size() / kTall;
constexpr std::size_t kFlying = 6;  // patches at once: a step takes 8 cycles and fills both units
                                    // for 2, so four would do just barely
constexpr std::size_t kTaken = 16;  // patches that a thread takes at once
constexpr std::uint32_t kBlock = 8; // steps between two looks at |z|^2; 1000 is a multiple
static_assert(kSteps % kBlock == 0);

// One vector of orbits. A pixel that has left rests at z = c = 0, where it stays for ever; the
// count of one that has not is kSteps.
struct Patch {
    V x = 0, y = 0, cx = 0, cy = 0, counts = static_cast<float>(kSteps);
    std::size_t row = 0, column = 0;
    std::uint32_t steps = 0;
    bool idle = true;
};

// The picture, from which every thread takes the next patches when it has room: who gets the dark
// ones, which take longest, takes fewer.
struct Picture {
    std::size_t n;
    std::uint32_t* counts;
    mandelbrot::Plane plane{n};
    std::size_t across = (n + kWide - 1) / kWide;
    std::size_t patches = across * ((n + kTall - 1) / kTall);
    std::atomic<std::size_t> taken = 0; // patches that some thread has or had
};

inline void step(V& x, V& y, V cx, V cy)
{
    const V next = fmadd(x, x, fmadd(-y, y, cx));
    y = fmadd(x + x, y, cy);
    x = next;
}

inline V norm(V x, V y) { return fmadd(x, x, y * y); }

// `yes` where the norm is that of a z still inside, `no` where it is larger or a NaN. Not with
// stdx::where: that of libstdc++ 12 does nothing with AVX-512 masks under clang.
inline V if_inside(V norm, V yes, V no)
{
    return std::bit_cast<V>(std::bit_cast<Raw>(norm) <= 4 ? std::bit_cast<Raw>(yes)
                                                          : std::bit_cast<Raw>(no));
}

// How many steps have stayed inside when the next block is done: `counts` have before.
inline V counted_block(V& x, V& y, V cx, V cy, V counts)
{
    for (std::uint32_t s = 0; s < kBlock; ++s) {
        step(x, y, cx, cy);
        counts = if_inside(norm(x, y), counts + 1, counts);
    }
    return counts;
}

// Keeps the counts of the pixels that have left and puts them to rest.
inline void retire(Patch& patch, V counts)
{
    const V size = norm(patch.x, patch.y);
    patch.counts = if_inside(size, patch.counts, counts);
    for (V* const of : {&patch.x, &patch.y, &patch.cx, &patch.cy})
        *of = if_inside(size, *of, 0);
    if (stdx::all_of(patch.cx == 0 && patch.cy == 0))
        patch.steps = kSteps;
}

inline void first_block(Patch& patch)
{
    const V counts = counted_block(patch.x, patch.y, patch.cx, patch.cy, 0);
    patch.steps = kBlock;
    retire(patch, counts);
}

inline Patch patch_of(const Picture& picture, std::size_t index)
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

void write(const Picture& picture, const Patch& patch)
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

// What a thread has taken from the picture and not yet sent on. Two patches of three are through
// after their first block: those are done one after another, which is cheaper than to make room for
// them among the flying.
struct Waiting {
    Picture& picture;
    std::array<Patch, kTaken> patches = {};
    std::size_t count = 0;

    [[gnu::noinline, gnu::flatten]] bool take_more()
    {
        const std::size_t from = std::min(picture.taken.fetch_add(kTaken), picture.patches);
        const std::size_t taken = std::min(kTaken, picture.patches - from);
        for (std::size_t k = 0; k < taken; ++k)
            first_block(patches[k] = patch_of(picture, from + k));
        for (std::size_t k = 0; k < taken; ++k)
            if (patches[k].steps < kSteps)
                patches[count++] = patches[k];
            else
                write(picture, patches[k]);
        return taken > 0;
    }

    // Writes a patch that is through and gives its place to one that waits, or leaves it idle.
    void replace(Patch& patch)
    {
        if (!patch.idle)
            write(picture, patch);
        while (count == 0 && take_more()) {
        }
        patch = count > 0 ? patches[--count] : Patch();
    }
};

using Flying = std::array<Patch, kFlying>;

// f(0), f(1), ..., one for each patch in the air, written out so that vectors stay in registers.
template <class F> inline void each(F f)
{
    [&]<std::size_t... k>(std::index_sequence<k...>) { (f(k), ...); }
    (std::make_index_sequence<kFlying>());
}

// Runs blocks until a pixel leaves or a patch is through; the last block of a patch in which a
// pixel left is done once more, counting. The attributes: one function of its own, with all it
// calls inside, or the compiler runs out of will to inline and registers to use.
[[gnu::noinline, gnu::flatten]] void advance(Flying& flying)
{
    V x[kFlying], y[kFlying], cx[kFlying], cy[kFlying];
    std::uint32_t most = kSteps, done = 0;
    each([&](std::size_t k) {
        x[k] = flying[k].x, y[k] = flying[k].y, cx[k] = flying[k].cx, cy[k] = flying[k].cy;
        most = std::min(most, kSteps - flying[k].steps);
    });
    while (true) {
        for (std::uint32_t s = 0; s < kBlock; ++s)
            each([&](std::size_t k) { step(x[k], y[k], cx[k], cy[k]); });
        V::mask_type inside(true);
        each([&](std::size_t k) { inside = inside && norm(x[k], y[k]) <= 4; });
        done += kBlock;
        if (!stdx::all_of(inside) || done == most)
            break;
        each([&](std::size_t k) { flying[k].x = x[k], flying[k].y = y[k]; });
    }
    each([&](std::size_t k) {
        Patch& patch = flying[k];
        V before_x = std::exchange(patch.x, x[k]), before_y = std::exchange(patch.y, y[k]);
        const V counts = static_cast<float>(patch.steps + done - kBlock);
        patch.steps += done;
        if (!stdx::all_of(norm(x[k], y[k]) <= 4))
            retire(patch, counted_block(before_x, before_y, cx[k], cy[k], counts));
    });
}

void draw(Picture& picture)
{
    Waiting waiting{picture};
    Flying flying;
    for (Patch& patch : flying)
        waiting.replace(patch);
    while (
        !std::all_of(flying.begin(), flying.end(), [](const Patch& patch) { return patch.idle; })) {
        advance(flying);
        for (Patch& patch : flying)
            if (patch.steps == kSteps)
                waiting.replace(patch);
    }
}

// Bands of the picture, as tall as a patch: what the loops of the schedules count.
std::size_t bands(std::size_t n) { return (n + kTall - 1) / kTall; }

void draw_band(std::size_t n, std::uint32_t* counts, std::size_t band)
{
    Picture picture{.n = n, .counts = counts};
    picture.taken = band * picture.across;
    picture.patches = (band + 1) * picture.across;
    draw(picture);
}

std::uint32_t count(float cx, float cy)
{
    float x = 0, y = 0;
    for (std::uint32_t k = 0; k < kSteps; ++k) {
        const float next = std::fma(x, x, std::fma(-y, y, cx));
        y = std::fma(x + x, y, cy);
        x = next;
        if (!(std::fma(x, x, y * y) <= 4))
            return k;
    }
    return kSteps;
}

} // namespace

void mandelbrot::seq_plain(std::size_t n, std::span<std::uint32_t> counts)
{
    const Plane plane(n);
    for (std::size_t row = 0; row < n; ++row)
        for (std::size_t column = 0; column < n; ++column)
            counts[row * n + column] =
                count(std::fma(static_cast<float>(column), plane.step, plane.left),
                      std::fma(static_cast<float>(row), plane.step, plane.top));
}

void mandelbrot::seq(std::size_t n, std::span<std::uint32_t> counts)
{
    Picture picture{.n = n, .counts = counts.data()};
    draw(picture);
}

void mandelbrot::omp(std::size_t n, std::span<std::uint32_t> counts)
{
    Picture picture{.n = n, .counts = counts.data()};
#pragma omp parallel
    draw(picture);
}

void mandelbrot::omp_static(std::size_t n, std::span<std::uint32_t> counts)
{
#pragma omp parallel for schedule(static)
    for (std::size_t band = 0; band < bands(n); ++band)
        draw_band(n, counts.data(), band);
}

void mandelbrot::omp_dynamic(std::size_t n, std::span<std::uint32_t> counts)
{
#pragma omp parallel for schedule(dynamic)
    for (std::size_t band = 0; band < bands(n); ++band)
        draw_band(n, counts.data(), band);
}

void mandelbrot::omp_guided(std::size_t n, std::span<std::uint32_t> counts)
{
#pragma omp parallel for schedule(guided)
    for (std::size_t band = 0; band < bands(n); ++band)
        draw_band(n, counts.data(), band);
}

} // namespace workspan
