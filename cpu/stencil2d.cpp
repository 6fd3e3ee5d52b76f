// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/stencil2d.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using stencil2d::kSweeps;
using V = Vector<float>;

V at(const float* from) { return V(from, stdx::element_aligned); }

// The three rows that a row of a sweep reads.
struct Rows {
    const float *above, *here, *below;
};

// The next values of V::size() cells from j on.
template <Home home> V mean(const Rows& r, std::size_t j)
{
    return 0.25F * ((at(r.above + j) + load<home>(r.below + j)) +
                    (at(r.here + j - 1) + at(r.here + j + 1)));
}

// The next values of `count` cells in a row; the last vector overlaps the one before it, so that no
// cell is left over.
template <Home home> void sweep_cells(const Rows r, float* out, std::size_t count)
{
    std::size_t j = 0;
    if (count < V::size()) {
        for (; j < count; ++j)
            out[j] = 0.25F * ((r.above[j] + r.below[j]) + (r.here[j - 1] + r.here[j + 1]));
        return;
    }
    for (; j + V::size() <= count; j += V::size())
        store<home>(out + j, mean<home>(r, j));
    if (j < count)
        mean<Home::l1>(r, count - V::size())
            .copy_to(out + count - V::size(), stdx::element_aligned);
}

// Which ends of a row are the field's, whose cells stay as they are.
struct Ends {
    bool first, last;
};

// The same, past the caches: aligned vectors, each stored once, since an ordinary store would fetch
// the line that is on its way out.
template <Home from> void stream_cells(const Rows r, float* out, std::size_t count, Ends ends)
{
    for (std::size_t j = 0; j < count; j += V::size()) {
        V next = mean<from>(r, j);
        if (ends.first && j == 0)
            next[0] = r.here[0];
        if (ends.last && j + V::size() == count)
            next[V::size() - 1] = r.here[count - 1];
        stream(out + j, next);
    }
}

// One sweep over the rows [from, to) of n x n cells. In cache the rows are swept as if they were
// one, and their ends put back.
template <Home home>
void sweep(std::size_t n, const float* in, float* out, std::size_t from, std::size_t to)
{
    for (const std::size_t i : {std::size_t(0), n - 1})
        if (from <= i && i < to)
            std::copy_n(in + i * n, n, out + i * n);
    const std::size_t first = std::max<std::size_t>(from, 1), last = std::min(to, n - 1);
    if (home != Home::memory && first < last) {
        const float* const here = in + first * n;
        sweep_cells<home>({here - n, here, here + n}, out + first * n, (last - first) * n);
    }
    for (std::size_t i = first; i < last; ++i) {
        const float* const here = in + i * n;
        if (home == Home::memory) {
            stream_cells<home>({here - n, here, here + n}, out + i * n, n, {true, true});
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
    const auto team = static_cast<std::size_t>(omp_get_num_threads()),
               me = static_cast<std::size_t>(omp_get_thread_num());
    for (std::size_t s = 0; s < kSweeps; ++s) {
        const float* const from = s == 0 ? in : s % 2 == 0 ? out : scratch;
        float* const to = s % 2 == 0 ? scratch : out;
        (home == Home::memory ? sweep<Home::memory> : sweep<Home::cache>)(n, from, to,
                                                                          n * me / team,
                                                                          n * (me + 1) / team);
#pragma omp barrier
    }
}

// Time tiling: all sweeps at once over a tile, which has so many columns that three rows of each
// sweep, 40 320 bytes, stay in an L1 of 48 KiB; one of 32 KiB leaves a part of them to L2.
struct Tile {
    static constexpr std::size_t halo = 16, own = 288,
                                 width =
                                     own +
                                     2 * halo; // columns; the halo: whole vectors, for aligned rows
    static constexpr std::size_t rows = 3, stride = width + 16;
    std::size_t row, row_end, column, column_end;
};
static_assert(Tile::halo >= kSweeps && Tile::halo % V::size() == 0);

// Three rows of the input's columns and of every sweep's but the last. What lies beside a row's
// cells may be anything: it goes into cells that are put back, at the field's ends, or that are too
// far from the tile to matter.
alignas(64) thread_local float ring[kSweeps * Tile::rows * Tile::stride + 32];

float* row_of(std::size_t sweep, std::size_t row)
{
    return ring + 16 + (sweep * Tile::rows + row % Tile::rows) * Tile::stride;
}

Rows rows_of(std::size_t sweep, std::size_t row)
{
    return {row_of(sweep, row - 1), row_of(sweep, row), row_of(sweep, row + 1)};
}

// Takes a row of the input into the ring, and asks for the one that comes four rows later.
void take_row(const float* in, std::size_t n, std::size_t row, std::size_t width)
{
    float* const to = row_of(0, row);
    for (std::size_t j = 0; j < width; ++j)
        to[j] = in[j];
    for (std::size_t j = 0; j < width; j += 16)
        __builtin_prefetch(in + 4 * n + j, 0, 2);
}

// A row of a sweep that is not the last: whole vectors; its ends stay as they are, which is right
// where they are the field's.
void keep_row(const Rows r, float* out, std::size_t width)
{
#pragma GCC unroll 4
    for (std::size_t j = 0; j < width; j += V::size())
        mean<Home::l1>(r, j).copy_to(out + j, stdx::vector_aligned);
    out[0] = r.here[0];
    out[width - 1] = r.here[width - 1];
}

// A row of the last sweep: the tile's own cells.
template <Home home> void finish_row(const Rows r, float* out, std::size_t own, Ends ends)
{
    if constexpr (home == Home::memory)
        return stream_cells<Home::l1>(r, out, own, ends);
    sweep_cells<home>(r, out, own);
    if (ends.first)
        out[0] = r.here[0];
    if (ends.last)
        out[own - 1] = r.here[own - 1];
}

// A wavefront down the rows: in each step a row of the input is taken, and every sweep does the row
// above the one that the sweep before it has just done, as far as the sweeps to come need it around
// the tile.
template <Home home> void sweep_tile(std::size_t n, const float* in, float* out, const Tile& t)
{
    const std::size_t left = t.column - std::min(t.column, Tile::halo),
                      width = std::min(n, t.column_end + Tile::halo) - left;
    const std::size_t inset = t.column - left, own = t.column_end - t.column,
                      top = t.row - std::min(t.row, kSweeps);
    const auto outermost = [n](std::size_t row) { return row == 0 || row == n - 1; };
    for (std::size_t front = top; front < t.row_end + kSweeps; ++front) {
        if (front < n)
            take_row(in + front * n + left, n, front, width);
        for (std::size_t sweep = 1; sweep < kSweeps && sweep <= front; ++sweep) {
            const std::size_t row = front - sweep, more = kSweeps - sweep;
            if (row >= n || row >= t.row_end + more || row + more < t.row)
                continue;
            if (outermost(row))
                std::copy_n(row_of(sweep - 1, row), width, row_of(sweep, row));
            else
                keep_row(rows_of(sweep - 1, row), row_of(sweep, row), width);
        }
        if (front < t.row + kSweeps)
            continue;
        const std::size_t row = front - kSweeps;
        const Rows r = rows_of(kSweeps - 1, row);
        float* const to = out + row * n + t.column;
        if (outermost(row))
            std::copy_n(r.here + inset, own, to);
        else
            finish_row<home>({r.above + inset, r.here + inset, r.below + inset}, to, own,
                             {t.column == 0, t.column_end == n});
    }
    if (home == Home::memory)
        stream_fence();
}

std::size_t pieces(std::size_t n, std::size_t piece) { return (n + piece - 1) / piece; }

// Called by every thread of a team, which shares the tiles; no tile waits for another.
void tiles(std::size_t n, const float* in, float* out, Home home)
{
    const auto team = static_cast<std::size_t>(omp_get_num_threads());
    const std::size_t across = n <= Tile::width ? 1 : pieces(n, Tile::own);
    const std::size_t fewest =
        team == 1 ? 1
                  : pieces(4 * team, across); // pieces of a strip, so that every thread has some
    const std::size_t down = std::max<std::size_t>(1, std::min(n / 64, fewest));
    const auto cut = [&](std::size_t k) {
        return k == across ? n : n * k / across / Tile::halo * Tile::halo;
    };
#pragma omp for schedule(dynamic)
    for (std::size_t k = 0; k < across * down; ++k) {
        const std::size_t r = k % down, c = k / down;
        const Tile t{n * r / down, n * (r + 1) / down, cut(c), cut(c + 1)};
        (home == Home::memory ? sweep_tile<Home::memory> : sweep_tile<Home::l1>)(n, in, out, t);
    }
}

} // namespace

void stencil2d::seq(std::size_t n, std::span<const float> in, std::span<float> out)
{
    const Home home = home_of_field(n, 1);
#pragma omp parallel num_threads(1)
    tiles(n, in.data(), out.data(), home);
}

void stencil2d::omp_tiled(std::size_t n, std::span<const float> in, std::span<float> out)
{
    const Home home = home_of_field(n, omp_get_max_threads());
#pragma omp parallel
    tiles(n, in.data(), out.data(), home);
}

void stencil2d::seq_sweeps(std::size_t n, std::span<const float> in, std::span<float> scratch,
                           std::span<float> out)
{
    const Home home = home_of_field(n, 1);
#pragma omp parallel num_threads(1)
    sweeps(n, in.data(), scratch.data(), out.data(), home);
}

void stencil2d::omp(std::size_t n, std::span<const float> in, std::span<float> scratch,
                    std::span<float> out)
{
    const Home home = home_of_field(n, omp_get_max_threads());
#pragma omp parallel
    sweeps(n, in.data(), scratch.data(), out.data(), home);
}

} // namespace workspan
