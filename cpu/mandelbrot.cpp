// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/mandelbrot.hpp"

#include "cpu/mandelbrot_patches.hpp"

#include <utility>

namespace workspan {

namespace {

using namespace mandelbrot;

// Patches in flight: a step has a latency of 8 cycles and occupies both units for 2, so that four
// would barely hide it.
constexpr std::size_t kInFlight = 6;

constexpr std::size_t kChunk = 16; // patches that a thread takes at once

// A thread's queue of patches that wait for a place among those in flight. Two patches of three are
// complete after their first block and never enter it: running them one after another is cheaper
// than refilling a place for each.
struct Queue {
    Picture& picture;
    std::array<Patch, kChunk> patches = {};
    std::size_t count = 0;

    // Takes the next chunk of the picture; false after the last.
    [[gnu::noinline, gnu::flatten]] bool take_chunk()
    {
        const std::size_t from = std::min(picture.next_patch.fetch_add(kChunk), picture.patches);
        const std::size_t size = std::min(kChunk, picture.patches - from);
        for (std::size_t k = 0; k < size; ++k)
            run_first_block(patches[k] = load_patch(picture, from + k));
        for (std::size_t k = 0; k < size; ++k)
            if (patches[k].steps < kSteps)
                patches[count++] = patches[k];
            else
                store_patch(picture, patches[k]);
        return size > 0;
    }

    // Stores a complete patch and refills its place from the queue, or leaves it idle.
    void refill(Patch& place)
    {
        if (!place.idle)
            store_patch(picture, place);
        while (count == 0 && take_chunk()) {
        }
        place = count > 0 ? patches[--count] : Patch();
    };
};

using InFlight = std::array<Patch, kInFlight>;

// f(0), f(1), ..., one for each patch in flight, written out so that vectors stay in registers.
template <class F> inline void each(F f)
{
    [&]<std::size_t... k>(std::index_sequence<k...>) { (f(k), ...); }
    (std::make_index_sequence<kInFlight>());
}

// Runs blocks of steps until a pixel diverges or a patch is complete. A block in which a pixel of a
// patch diverged is repeated for that patch, counting. The attributes: one function of its own,
// with all its calls inlined, or the compiler reaches its limits of inlining and spills registers.
[[gnu::noinline, gnu::flatten]] void advance(InFlight& patches)
{
    // load
    V x[kInFlight], y[kInFlight], cx[kInFlight], cy[kInFlight];
    std::uint32_t most = kSteps, done = 0;
    each([&](std::size_t k) {
        x[k] = patches[k].x;
        y[k] = patches[k].y;
        cx[k] = patches[k].cx;
        cy[k] = patches[k].cy;
        most = std::min(most, kSteps - patches[k].steps);
    });
    // compute, keeping each block's start in case it must be repeated
    while (true) {
        for (std::uint32_t s = 0; s < kBlock; ++s)
            each([&](std::size_t k) { step(x[k], y[k], cx[k], cy[k]); });
        V::mask_type inside(true);
        each([&](std::size_t k) { inside = inside && norm(x[k], y[k]) <= 4; });
        done += kBlock;
        if (!stdx::all_of(inside) || done == most)
            break;
        each([&](std::size_t k) {
            patches[k].x = x[k];
            patches[k].y = y[k];
        });
    }
    // store, and retire the pixels that have diverged
    each([&](std::size_t k) {
        Patch& patch = patches[k];
        V start_x = std::exchange(patch.x, x[k]), start_y = std::exchange(patch.y, y[k]);
        const V counts = static_cast<float>(patch.steps + done - kBlock);
        patch.steps += done;
        if (!stdx::all_of(norm(x[k], y[k]) <= 4))
            retire(patch, count_block(start_x, start_y, cx[k], cy[k], counts));
    });
}

// Called by every thread of a team: draws patches until the picture has run out of them.
void draw(Picture& picture)
{
    Queue queue{picture};
    InFlight patches;
    for (Patch& place : patches)
        queue.refill(place);
    const auto idle = [](const Patch& place) { return place.idle; };
    while (!std::all_of(patches.begin(), patches.end(), idle)) {
        advance(patches);
        for (Patch& place : patches)
            if (place.steps == kSteps)
                queue.refill(place);
    }
}

// Bands of the picture, as tall as a patch: the iterations of the OpenMP schedules.
std::size_t bands(std::size_t n) { return ceil_div(n, kTall); }

void draw_band(std::size_t n, std::uint32_t* counts, std::size_t band)
{
    Picture picture{.n = n, .counts = counts};
    picture.next_patch = band * picture.across;
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
