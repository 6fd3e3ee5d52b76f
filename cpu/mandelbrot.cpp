// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/mandelbrot.hpp"

#include "cpu/simd.hpp"

#include <array>
#include <atomic>

namespace workspan {

namespace {

using mandelbrot::kSteps;
using V = Vector<float>;
using Mask = V::mask_type;

// A vector is a small patch of the picture, because neighbours leave at about the same step.
constexpr std::size_t kTall = std::min<std::size_t>(4, V::size()), kWide = V::size() / kTall;
constexpr std::uint32_t kBlock = 8; // steps between two looks at |z|^2
constexpr std::size_t kGroups = 6;  // vectors in flight: a step takes 8 cycles and keeps two units busy for 2, so four would just do
constexpr std::size_t kTaken = 16;  // patches that a worker takes at once
static_assert(kSteps % kBlock == 0);

// One patch. `counts` is kSteps for a pixel still on its way; one that has left rests at z = c = 0, where it stays for ever.
struct Group {
    V x = 0, y = 0, cx = 0, cy = 0, counts = static_cast<float>(kSteps);
    std::size_t row = 0, column = 0;
    std::uint32_t steps = 0;
    bool idle = true;
};

// The picture, and how many of its patches have been taken by workers.
struct Picture {
    std::size_t n;
    std::uint32_t* counts;
    mandelbrot::Plane plane{n};
    std::size_t across = (n + kWide - 1) / kWide;
    std::size_t patches = across * ((n + kTall - 1) / kTall);
    std::atomic<std::size_t> taken = 0;
};

inline void step(V& x, V& y, V cx, V cy)
{
    const V next = stdx::fma(x, x, stdx::fma(-y, y, cx));
    y = stdx::fma(x + x, y, cy);
    x = next;
}

inline Mask inside(V x, V y) { return stdx::fma(x, x, y * y) <= 4; } // false where z has become a NaN

// How many of the next kBlock steps stay inside.
inline V counted_steps(V& x, V& y, V cx, V cy)
{
    V stayed = 0;
    for (std::uint32_t k = 0; k < kBlock; ++k) {
        step(x, y, cx, cy);
        stdx::where(inside(x, y), stayed) += 1;
    }
    return stayed;
}

inline void retire(Group& group, Mask left, V stayed)
{
    stdx::where(left, group.counts) = stayed + static_cast<float>(group.steps);
    for (V* const of : {&group.x, &group.y, &group.cx, &group.cy})
        stdx::where(left, *of) = 0;
    if (stdx::all_of(group.cx == 0 && group.cy == 0))
        group.steps = kSteps;
}

Group patch(const Picture& picture, std::size_t index)
{
    Group group = {.row = index / picture.across * kTall, .column = index % picture.across * kWide, .idle = false};
    const V column = static_cast<float>(group.column) + V([](auto lane) { return static_cast<float>(lane % kWide); });
    const V row = static_cast<float>(group.row) + V([](auto lane) { return static_cast<float>(lane / kWide); });
    group.cx = stdx::fma(column, V(picture.plane.step), V(picture.plane.left));
    group.cy = stdx::fma(row, V(picture.plane.step), V(picture.plane.top));
    return group;
}

void write(const Picture& picture, const Group& group)
{
    std::array<std::uint32_t, V::size()> counts;
    for (std::size_t lane = 0; lane < V::size(); ++lane)
        counts[lane] = static_cast<std::uint32_t>(static_cast<std::int32_t>(group.counts[lane]));
    const std::size_t tall = std::min(kTall, picture.n - group.row), wide = std::min(kWide, picture.n - group.column);
    for (std::size_t row = 0; row < tall; ++row)
        for (std::size_t column = 0; column < wide; ++column)
            picture.counts[(group.row + row) * picture.n + group.column + column] = counts[row * kWide + column];
}

// What one thread has taken from the picture and not yet begun. Two of three patches are known after their first block: they are
// written here, one after another, and only the others get a place among the groups in flight.
struct Worker {
    Picture& picture;
    std::array<Group, kTaken> waiting = {};
    std::size_t count = 0;

    [[gnu::noinline, gnu::flatten]] bool take()
    {
        const std::size_t from = std::min(picture.taken.fetch_add(kTaken), picture.patches);
        const std::size_t taken = std::min(kTaken, picture.patches - from);
        for (std::size_t k = 0; k < taken; ++k) {
            Group& group = waiting[k] = patch(picture, from + k);
            const V stayed = counted_steps(group.x, group.y, group.cx, group.cy);
            retire(group, !inside(group.x, group.y), stayed);
            group.steps += kBlock;
        }
        for (std::size_t k = 0; k < taken; ++k)
            if (waiting[k].steps >= kSteps)
                write(picture, waiting[k]);
            else
                waiting[count++] = waiting[k];
        return taken > 0;
    }

    // Gives the place of a group that is known to another one.
    void replace(Group& group)
    {
        if (!group.idle)
            write(picture, group);
        while (count == 0)
            if (!take()) {
                group = Group();
                return;
            }
        group = waiting[--count];
    }
};

using Groups = std::array<Group, kGroups>;

// One block of all groups without looking.
inline void block(V* x, V* y, const V* cx, const V* cy)
{
    for (std::uint32_t s = 0; s < kBlock; ++s)
#pragma GCC unroll 8
        for (std::size_t k = 0; k < kGroups; ++k)
            step(x[k], y[k], cx[k], cy[k]);
}

// Goes on until a pixel leaves, whose group then does that block again, counting, or until a group is through.
[[gnu::noinline, gnu::flatten]] void advance(Groups& groups)
{
    V x[kGroups], y[kGroups], cx[kGroups], cy[kGroups];
    std::uint32_t steps = kSteps;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kGroups; ++k) {
        x[k] = groups[k].x, y[k] = groups[k].y;
        cx[k] = groups[k].cx, cy[k] = groups[k].cy;
        steps = std::min(steps, kSteps - groups[k].steps);
    }
    std::uint32_t done = 0;
    Mask all(true);
    while (true) {
        block(x, y, cx, cy);
#pragma GCC unroll 8
        for (std::size_t k = 0; k < kGroups; ++k)
            all = all && inside(x[k], y[k]);
        done += kBlock;
        if (!stdx::all_of(all) || done == steps)
            break;
#pragma GCC unroll 8
        for (std::size_t k = 0; k < kGroups; ++k)
            groups[k].x = x[k], groups[k].y = y[k];
    }
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kGroups; ++k) {
        V old_x = groups[k].x, old_y = groups[k].y;
        groups[k].x = x[k], groups[k].y = y[k];
        groups[k].steps += done - kBlock;
        const Mask left = !inside(x[k], y[k]);
        if (stdx::any_of(left))
            retire(groups[k], left, counted_steps(old_x, old_y, groups[k].cx, groups[k].cy));
        groups[k].steps += kBlock;
    }
}

void draw(Picture& picture)
{
    Worker worker{picture};
    Groups groups;
    const auto busy = [](const Group& group) { return !group.idle; };
    for (Group& group : groups)
        worker.replace(group);
    while (std::any_of(groups.begin(), groups.end(), busy)) {
        advance(groups);
        for (Group& group : groups)
            if (group.steps >= kSteps)
                worker.replace(group);
    }
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
            counts[row * n + column] = count(std::fma(static_cast<float>(column), plane.step, plane.left),
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

} // namespace workspan
