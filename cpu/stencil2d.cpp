// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/stencil2d.hpp"

#include "cpu/simd.hpp"

#include <cstdint>

namespace workspan {

namespace {

using stencil2d::kSweeps;
using V = Vector<float>;

V at(const float* from) { return V(from, stdx::element_aligned); }

// The next value of V::size() neighbouring cells.
template <Home home> V mean(const float* above, const float* here, const float* below)
{
    return 0.25F * ((at(above) + load<home>(below)) + (at(here - 1) + at(here + 1)));
}

// The next values of `count` cells in a row; the last vector overlaps the one before it, so that no cell is left over.
template <Home home> void sweep_cells(const float* above, const float* here, const float* below, float* out, std::size_t count)
{
    if (count < V::size()) {
        for (std::size_t j = 0; j < count; ++j)
            out[j] = 0.25F * ((above[j] + below[j]) + (here[j - 1] + here[j + 1]));
        return;
    }
    std::size_t j = 0;
    for (; j + V::size() <= count; j += V::size())
        store<home>(out + j, mean<home>(above + j, here + j, below + j));
    if (const std::size_t rest = count - V::size(); j < count)
        mean<Home::l1>(above + rest, here + rest, below + rest).copy_to(out + rest, stdx::element_aligned);
}

// The same, past the caches: whole aligned vectors, each stored once. The first and the last cell may be ones that stay.
void stream_cells(const float* above, const float* here, const float* below, float* out, std::size_t count, bool first, bool last)
{
    for (std::size_t j = 0; j < count; j += V::size()) {
        V next = mean<Home::memory>(above + j, here + j, below + j);
        if (first && j == 0)
            next[0] = here[0];
        if (last && j + V::size() == count)
            next[V::size() - 1] = here[count - 1];
        stream(out + j, next);
    }
}

// One sweep over the rows [from, to) of n x n cells. In cache the rows are swept as if they were one, and their ends put back.
template <Home home> void sweep(std::size_t n, const float* in, float* out, std::size_t from, std::size_t to)
{
    for (const std::size_t i : {std::size_t(0), n - 1})
        if (from <= i && i < to)
            std::copy_n(in + i * n, n, out + i * n);
    const std::size_t first = std::max<std::size_t>(from, 1), last = std::min(to, n - 1);
    if (home != Home::memory && first < last) {
        const float* const here = in + first * n;
        sweep_cells<home>(here - n, here, here + n, out + first * n, (last - first) * n);
    }
    for (std::size_t i = first; i < last; ++i) {
        const float* const here = in + i * n;
        if (home == Home::memory) {
            stream_cells(here - n, here, here + n, out + i * n, n, true, true);
            continue;
        }
        out[i * n] = here[0];
        out[i * n + n - 1] = here[n - 1];
    }
    if (home == Home::memory)
        stream_fence();
}

// Streamed stores need rows that begin on a vector.
Home home_of_field(std::size_t n, int team)
{
    const Home home = home_of(8 * n * n, team);
    return home == Home::memory && n % V::size() != 0 ? Home::cache : home;
}

// All sweeps, of a team whose threads have a band of rows each and meet after every sweep.
void sweeps(std::size_t n, const float* in, float* scratch, float* out, Home home)
{
    const auto team = static_cast<std::size_t>(omp_get_num_threads()), me = static_cast<std::size_t>(omp_get_thread_num());
    for (std::size_t s = 0; s < kSweeps; ++s) {
        const float* const from = s == 0 ? in : s % 2 == 0 ? out : scratch;
        float* const to = s % 2 == 0 ? scratch : out;
        (home == Home::memory ? sweep<Home::memory> : sweep<Home::cache>)(n, from, to, n * me / team, n * (me + 1) / team);
#pragma omp barrier
    }
}

// A tile has so many columns that three rows of each sweep stay in L1, with a halo of whole vectors on either side.
struct Tile {
    static constexpr std::size_t halo = 16, own = 288, width = own + 2 * halo;
    static constexpr std::size_t rows = 3, stride = width + 16;
    std::size_t row, row_end, column, column_end;
};
static_assert(Tile::halo >= kSweeps && Tile::halo % V::size() == 0);

// Three rows of the input's columns and of every sweep's but the last.
alignas(64) thread_local float ring[kSweeps * Tile::rows * Tile::stride + 32];

float* row_of(std::size_t sweep, std::size_t row) { return ring + 16 + (sweep * Tile::rows + row % Tile::rows) * Tile::stride; }

void tile_row(const float* above, const float* here, const float* below, float* out, std::size_t width)
{
#pragma GCC unroll 4
    for (std::size_t j = 0; j < width; j += V::size())
        (0.25F * ((V(above + j, stdx::vector_aligned) + V(below + j, stdx::vector_aligned)) + (at(here + j - 1) + at(here + j + 1))))
            .copy_to(out + j, stdx::vector_aligned);
    out[0] = here[0];
    out[width - 1] = here[width - 1];
}

template <Home home>
void last_row(const float* above, const float* here, const float* below, float* out, std::size_t own, bool first, bool last)
{
    if constexpr (home == Home::memory)
        return stream_cells(above, here, below, out, own, first, last);
    sweep_cells<home>(above, here, below, out, own);
    if (first)
        out[0] = here[0];
    if (last)
        out[own - 1] = here[own - 1];
}

template <Home home> void sweep_tile(std::size_t n, const float* in, float* out, const Tile& tile)
{
    const std::size_t left = tile.column - std::min(tile.column, Tile::halo), right = std::min(n, tile.column_end + Tile::halo);
    const std::size_t width = right - left, inset = tile.column - left, own = tile.column_end - tile.column;
    const std::size_t top = tile.row - std::min(tile.row, kSweeps), bottom = std::min(n, tile.row_end + kSweeps);
    for (std::size_t front = top; front < tile.row_end + kSweeps; ++front) {
        if (front < bottom) {
            const float* const from = in + front * n + left;
            float* const to = row_of(0, front);
            for (std::size_t j = 0; j < width; ++j)
                to[j] = from[j];
            for (std::size_t j = 0; j < width; j += 16)
                __builtin_prefetch(from + 4 * n + j, 0, 2);
        }
        for (std::size_t s = 1; s <= kSweeps && s <= front - top; ++s) {
            const std::size_t row = front - s;
            if (row >= std::min(n, tile.row_end + kSweeps - s) || (row < top + s && top > 0))
                continue;
            const float* const here = row_of(s - 1, row);
            if (s < kSweeps) {
                if (row == 0 || row == n - 1)
                    std::copy_n(here, width, row_of(s, row));
                else
                    tile_row(row_of(s - 1, row - 1), here, row_of(s - 1, row + 1), row_of(s, row), width);
                continue;
            }
            float* const to = out + row * n + tile.column;
            if (row == 0 || row == n - 1 || n < 3) {
                std::copy_n(here + inset, own, to);
                continue;
            }
            last_row<home>(row_of(s - 1, row - 1) + inset, here + inset, row_of(s - 1, row + 1) + inset, to, own, tile.column == 0,
                           tile.column_end == n);
        }
    }
    if (home == Home::memory)
        stream_fence();
}

std::size_t pieces(std::size_t n, std::size_t piece) { return (n + piece - 1) / piece; }

void tiles(std::size_t n, const float* in, float* out, int team)
{
    const std::size_t across = n <= Tile::width ? 1 : pieces(n, Tile::own);
    const std::size_t down = team == 1 ? 1 : std::max<std::size_t>(1, std::min(n / 64, pieces(4 * static_cast<std::size_t>(team), across)));
    const bool memory = home_of_field(n, team) == Home::memory;
#pragma omp for schedule(dynamic)
    for (std::size_t t = 0; t < across * down; ++t) {
        const std::size_t r = t % down, c = t / down;
        const auto cut = [&](std::size_t k) { return k == across ? n : n * k / across / 16 * 16; };
        const Tile tile{n * r / down, n * (r + 1) / down, cut(c), cut(c + 1)};
        (memory ? sweep_tile<Home::memory> : sweep_tile<Home::l1>)(n, in, out, tile);
    }
}

} // namespace

void stencil2d::seq(std::size_t n, std::span<const float> in, std::span<float> out)
{
#pragma omp parallel num_threads(1)
    tiles(n, in.data(), out.data(), 1);
}

void stencil2d::omp_tiled(std::size_t n, std::span<const float> in, std::span<float> out)
{
#pragma omp parallel
    tiles(n, in.data(), out.data(), omp_get_num_threads());
}

void stencil2d::seq_sweeps(std::size_t n, std::span<const float> in, std::span<float> scratch, std::span<float> out)
{
    const Home home = home_of_field(n, 1);
#pragma omp parallel num_threads(1)
    sweeps(n, in.data(), scratch.data(), out.data(), home);
}

void stencil2d::omp(std::size_t n, std::span<const float> in, std::span<float> scratch, std::span<float> out)
{
    const Home home = home_of_field(n, omp_get_max_threads());
#pragma omp parallel
    sweeps(n, in.data(), scratch.data(), out.data(), home);
}

} // namespace workspan
