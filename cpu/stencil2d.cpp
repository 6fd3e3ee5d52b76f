// SPDX-License-Identifier: Apache-2.0
// Time tiling (seq, omp_tiled): a wavefront of kSweeps sweeps runs down the rows of a tile. In step
// f row f of the input is loaded, and sweep s computes row f - s (*) from three rows of the sweep
// before, so that three rows of each stay in L1:
//   row        f-5   f-4   f-3   f-2   f-1    f
//   input                         ^     ^     ^*   loaded
//   sweep 1                 ^     ^     ^*
//   sweep 2           ^     ^     ^*
//   sweep 3     ^     ^     ^*                     and so on; the last one writes the output
#include "harness/contracts/stencil2d.hpp"

#include "cpu/stencil.hpp"

namespace workspan {

namespace {

using namespace stencil;
using stencil2d::kSweeps;

// The three rows that a row of a sweep reads.
struct Rows {
    const float *above, *here, *below;

    template <Residency from> V next(std::size_t j) const
    {
        return 0.25F *
               ((at(above + j) + load<from>(below + j)) + (at(here + j - 1) + at(here + j + 1)));
    }
    float next_cell(std::size_t j) const
    {
        return 0.25F * ((above[j] + below[j]) + (here[j - 1] + here[j + 1]));
    }
};

// One sweep over the rows [from, to) of n x n cells.
template <Residency residency>
void sweep(std::size_t n, const float* in, float* out, std::size_t from, std::size_t to)
{
    sweep_rows<residency>(n, in, out, {from, to}, [n](const float* here) -> Rows {
        return {here - n, here, here + n};
    });
    if (residency == Residency::memory)
        stream_fence();
}

void sweeps(std::size_t n, const float* in, float* scratch, float* out, Residency residency)
{
    sweep_by_sweep<kSweeps>(n, in, scratch, out,
                            residency == Residency::memory ? sweep<Residency::memory>
                                                           : sweep<Residency::cache>);
}

// Three rows of each sweep take 40 320 bytes, which stay in an L1 of 48 KiB; one of 32 KiB leaves a
// part of them to L2.
struct Tile {
    static constexpr std::size_t own = 288, width = own + 2 * kSideHalo; // columns
    static constexpr std::size_t rows = 3, stride = width + 16;
    std::size_t row, row_end, column, column_end;
};
static_assert(kSideHalo >= kSweeps);

// Three rows of the input's columns and of every sweep's but the last. The cells beside a row may
// have any value: they only reach cells that are restored, at the field's boundary, or too far from
// the tile to matter.
thread_local float* ring = nullptr;

// The ring is allocated for a thread's first tile: an array among the thread-local data would be
// cleared in every thread that the process starts.
void use_own_ring()
{
    thread_local HostArray<float> memory(kSweeps * Tile::rows * Tile::stride + 32 + 256);
    ring = memory.data() + 256;
}

float* row_of(std::size_t sweep, std::size_t row)
{
    return ring + 16 + (sweep * Tile::rows + row % Tile::rows) * Tile::stride;
}

Rows rows_of(std::size_t sweep, std::size_t row)
{
    return {row_of(sweep, row - 1), row_of(sweep, row), row_of(sweep, row + 1)};
}

// Copies a row of the input into the ring and prefetches the one four rows further down.
void load_row(const float* in, std::size_t n, std::size_t row, std::size_t width)
{
    float* const to = row_of(0, row);
    for (std::size_t j = 0; j < width; ++j)
        to[j] = in[j];
    for (std::size_t j = 0; j < width; j += 16)
        __builtin_prefetch(in + 4 * n + j, 0, 2);
}

// A row of a sweep that is not the last: whole vectors. Its ends keep their values, which is right
// on the field's boundary and does not matter elsewhere.
void sweep_into_ring(const Rows r, float* out, std::size_t width)
{
#pragma GCC unroll 4
    for (std::size_t j = 0; j < width; j += V::size())
        r.next<Residency::l1>(j).copy_to(out + j, stdx::vector_aligned);
    out[0] = r.here[0];
    out[width - 1] = r.here[width - 1];
}

// All sweeps over a tile, as in the drawing above; each as far around the tile as the later sweeps
// need it.
template <Residency residency>
void sweep_tile(std::size_t n, const float* in, float* out, const Tile& t)
{
    use_own_ring();
    const std::size_t left = t.column - std::min(t.column, kSideHalo),
                      width = std::min(n, t.column_end + kSideHalo) - left;
    const std::size_t inset = t.column - left, own = t.column_end - t.column,
                      top = t.row - std::min(t.row, kSweeps);
    const auto on_boundary = [n](std::size_t row) { return row == 0 || row == n - 1; };
    for (std::size_t front = top; front < t.row_end + kSweeps; ++front) {
        // load
        if (front < n)
            load_row(in + front * n + left, n, front, width);
        // compute: all sweeps but the last, into the ring
        for (std::size_t sweep = 1; sweep < kSweeps && sweep <= front; ++sweep) {
            const std::size_t row = front - sweep, halo = kSweeps - sweep;
            if (row >= n || row >= t.row_end + halo || row + halo < t.row)
                continue;
            if (on_boundary(row))
                std::copy_n(row_of(sweep - 1, row), width, row_of(sweep, row));
            else
                sweep_into_ring(rows_of(sweep - 1, row), row_of(sweep, row), width);
        }
        // store: the last sweep, the tile's own cells
        if (front < t.row + kSweeps)
            continue;
        const std::size_t row = front - kSweeps;
        const Rows r = rows_of(kSweeps - 1, row);
        float* const to = out + row * n + t.column;
        if (on_boundary(row))
            std::copy_n(r.here + inset, own, to);
        else
            finish_row<residency>(Rows{r.above + inset, r.here + inset, r.below + inset}, to, own,
                                  {t.column == 0, t.column_end == n});
    }
    if (residency == Residency::memory)
        stream_fence();
}

// Called by every thread of a team, which shares the tiles; tiles are independent.
void tiles(std::size_t n, const float* in, float* out, Residency residency)
{
    const auto team = static_cast<std::size_t>(omp_get_num_threads());
    const std::size_t across = n <= Tile::width ? 1 : ceil_div(n, Tile::own);
    // For load balance every strip of columns is cut into at least four tiles a thread.
    const std::size_t fewest = team == 1 ? 1 : ceil_div(4 * team, across);
    const std::size_t down = std::max<std::size_t>(1, std::min(n / 64, fewest));
#pragma omp for schedule(dynamic)
    for (std::size_t k = 0; k < across * down; ++k) {
        const std::size_t r = k % down, c = k / down;
        const Tile t{.row = n * r / down,
                     .row_end = n * (r + 1) / down,
                     .column = first_column(n, c, across),
                     .column_end = first_column(n, c + 1, across)};
        (residency == Residency::memory ? sweep_tile<Residency::memory>
                                        : sweep_tile<Residency::l1>)(n, in, out, t);
    }
}

// The outermost cells, which keep their values.
void copy_boundary(std::size_t n, std::span<const float> in, std::span<float> out)
{
    for (std::size_t k = 0; k < n; ++k)
        for (const std::size_t cell : {k, (n - 1) * n + k, k * n, k * n + n - 1})
            out[cell] = in[cell];
}

} // namespace

void stencil2d::seq(std::size_t n, std::span<const float> in, std::span<float> out)
{
    const Residency residency = residency_of_field(n * n, n, 1);
#pragma omp parallel num_threads(1)
    tiles(n, in.data(), out.data(), residency);
}

void stencil2d::omp_tiled(std::size_t n, std::span<const float> in, std::span<float> out)
{
    const Residency residency = residency_of_field(n * n, n, omp_get_max_threads());
#pragma omp parallel
    tiles(n, in.data(), out.data(), residency);
}

void stencil2d::seq_sweeps(std::size_t n, std::span<const float> in, std::span<float> scratch,
                           std::span<float> out)
{
    const Residency residency = residency_of_field(n * n, n, 1);
#pragma omp parallel num_threads(1)
    sweeps(n, in.data(), scratch.data(), out.data(), residency);
}

void stencil2d::omp(std::size_t n, std::span<const float> in, std::span<float> scratch,
                    std::span<float> out)
{
    const Residency residency = residency_of_field(n * n, n, omp_get_max_threads());
#pragma omp parallel
    sweeps(n, in.data(), scratch.data(), out.data(), residency);
}

void stencil2d::omp_plain(std::size_t n, std::span<const float> in, std::span<float> scratch,
                          std::span<float> out)
{
    copy_boundary(n, in, scratch);
    copy_boundary(n, in, out);
    const std::size_t end = n - std::min<std::size_t>(n, 1);
    for (std::size_t s = 0; s < kSweeps; ++s) {
        const float* const x = s == 0 ? in.data() : s % 2 == 0 ? out.data() : scratch.data();
        float* const next = s % 2 == 0 ? scratch.data() : out.data();
#pragma omp parallel for
        for (std::size_t i = 1; i < end; ++i)
            for (std::size_t k = i * n + 1; k < i * n + end; ++k)
                next[k] = 0.25F * (x[k - n] + x[k + n] + x[k - 1] + x[k + 1]);
    }
}

} // namespace workspan
