// SPDX-License-Identifier: Apache-2.0
// Time tiling (seq, omp_tiled): a wavefront of kPass = 5 sweeps runs through the planes of a tile.
// In step f, sweep s computes plane f - s (*) from three planes of the sweep before. Numbers are
// slots of the ring of 9 planes, as slot - f modulo 9:
//   plane      f-6   f-5   f-4   f-3   f-2   f-1    f
//   input                               in    in    in   read from the field
//   sweep 1                       +1    +2    +3*
//   sweep 2                 -1     0    +1*
//   sweep 3           -3    -2    -1*
//   sweep 4     -5    -4    -3*
//   sweep 5          out*                                written to the output
// A row of a new plane overwrites the row of the plane behind it of the sweep before (+1* over +1)
// just after its last read, while it is in L1.
#include "harness/contracts/stencil3d.hpp"

#include "cpu/stencil.hpp"

namespace workspan {

namespace {

using namespace stencil;
using stencil3d::kSweeps;

// The five rows that a row of a sweep reads: its own, and its neighbours in the planes behind and
// ahead and in the rows above and below.
struct Rows {
    const float *here, *behind, *ahead, *above, *below;

    template <Residency from> V next(std::size_t j) const
    {
        const V around =
            ((at(behind + j) + load<from>(ahead + j)) + (at(above + j) + at(below + j))) +
            (at(here + j - 1) + at(here + j + 1));
        return 0.25F * at(here + j) + 0.125F * around;
    }
    float next_cell(std::size_t j) const
    {
        const float around =
            ((behind[j] + ahead[j]) + (above[j] + below[j])) + (here[j - 1] + here[j + 1]);
        return 0.25F * here[j] + 0.125F * around;
    }
};

// One sweep over some rows of plane z.
template <Residency residency>
void sweep_plane(std::size_t n, const float* in, float* out, std::size_t z, Chunk rows)
{
    in += z * n * n;
    out += z * n * n;
    // The outermost planes keep their values.
    if (z == 0 || z == n - 1) {
        std::copy_n(in + rows.from * n, (rows.to - rows.from) * n, out + rows.from * n);
        return;
    }
    sweep_rows<residency>(n, in, out, rows, [n](const float* here) -> Rows {
        return {.here = here,
                .behind = here - n * n,
                .ahead = here + n * n,
                .above = here - n,
                .below = here + n};
    });
}

// One sweep over the planes [from, to) of n^3 cells, in blocks of rows of which three planes take
// 1 MiB, to stay in an L2 of any size.
template <Residency residency>
void sweep(std::size_t n, const float* in, float* out, std::size_t from, std::size_t to)
{
    const std::size_t block =
        std::max<std::size_t>(8, (std::size_t(1) << 18) / 3 / std::max<std::size_t>(n, 1));
    for (std::size_t y = 0; y < n; y += block)
        for (std::size_t z = from; z < to; ++z)
            sweep_plane<residency>(n, in, out, z, {y, std::min(n, y + block)});
    if (residency == Residency::memory)
        stream_fence();
}

void sweeps(std::size_t n, const float* in, float* scratch, float* out, Residency residency)
{
    sweep_by_sweep<kSweeps>(n, in, scratch, out,
                            residency == Residency::memory ? sweep<Residency::memory>
                                                           : sweep<Residency::cache>);
}

// Sweeps of a pass over the field; they are also the rows of halo above and below a tile.
constexpr std::size_t kPass = 5;
static_assert(kSweeps == 2 * kPass && kSideHalo >= kPass);

// Rows and columns, through all planes. Two planes of each sweep but the last, and one to spare,
// take 1.1 MB at most, for any L2: one of 2 MiB holds them.
struct Tile {
    static constexpr std::size_t rows = 96, columns = 256; // at most
    static constexpr std::size_t planes = 2 * kPass - 1;
    std::size_t row, row_end, column, column_end;
};

constexpr std::size_t kRing =
    Tile::planes * ((Tile::rows + 2 * kPass) * (Tile::columns + 2 * kSideHalo) + 16) + 32;

// Floats: memory of this size is on huge pages, and its rows cost no TLB misses.
constexpr std::size_t kHugePage = std::size_t(1) << 19;

// The places of the rows of a tile with its halo: those of sweep 0 in the field that the pass
// reads, the others in the ring.
struct TileRows {
    std::size_t n;
    std::size_t left, width;          // columns, with the halo
    std::size_t top;                  // first row, with the halo
    std::size_t stride, plane_stride; // of the ring, in floats
    const float* in;
    float* ring;

    float* in_ring(std::size_t sweep, std::size_t z, std::size_t y) const
    {
        return ring + 16 + (z + kPass - sweep) % Tile::planes * plane_stride + (y - top) * stride;
    }
    const float* row(std::size_t sweep, std::size_t z, std::size_t y) const
    {
        return sweep == 0 ? in + (z * n + y) * n + left : in_ring(sweep, z, y);
    }
    Rows rows(std::size_t sweep, std::size_t z, std::size_t y, std::size_t column = 0) const
    {
        return {.here = row(sweep, z, y) + column,
                .behind = row(sweep, z - 1, y) + column,
                .ahead = row(sweep, z + 1, y) + column,
                .above = row(sweep, z, y - 1) + column,
                .below = row(sweep, z, y + 1) + column};
    }
    bool on_boundary(std::size_t z, std::size_t y) const
    {
        return z == 0 || y == 0 || z == n - 1 || y == n - 1;
    }
};

TileRows layout_of(const Tile& t, std::size_t n, const float* in, float* ring)
{
    const std::size_t left = t.column - std::min(t.column, kSideHalo),
                      width = std::min(n, t.column_end + kSideHalo) - left;
    const std::size_t top = t.row - std::min(t.row, kPass),
                      height = std::min(n, t.row_end + kPass) - top;
    const std::size_t stride = round_up(width, 16);
    return {.n = n,
            .left = left,
            .width = width,
            .top = top,
            .stride = stride,
            .plane_stride = height * stride + 16,
            .in = in,
            .ring = ring};
}

// A row of a sweep that is not the last, into the ring. Sweeps after the first work in place: every
// cell once, whole vectors.
template <Residency residency>
void sweep_into_ring(const TileRows& p, std::size_t sweep, std::size_t z, std::size_t y)
{
    float* const out = p.in_ring(sweep, z, y);
    const float* const here = p.row(sweep - 1, z, y);
    if (p.on_boundary(z, y)) {
        std::copy_n(here, p.width, out);
        return;
    }
    if (sweep == 1)
        sweep_cells<residency, Residency::l1>(p.rows(0, z, y), out, p.width);
    else
        sweep_cells<Residency::l1, Residency::l1>(p.rows(sweep - 1, z, y), out, p.stride);
    if (p.left == 0)
        out[0] = here[0];
    if (p.left + p.width == p.n)
        out[p.width - 1] = here[p.width - 1];
}

// A row of the last sweep of a pass: the tile's own cells, to the output.
template <Residency residency>
void sweep_into_output(const TileRows& p, const Tile& t, float* out, std::size_t z, std::size_t y)
{
    const std::size_t inset = t.column - p.left, own = t.column_end - t.column;
    float* const to = out + (z * p.n + y) * p.n + t.column;
    if (p.on_boundary(z, y))
        std::copy_n(p.row(kPass - 1, z, y) + inset, own, to);
    else
        finish_row<residency>(p.rows(kPass - 1, z, y, inset), to, own,
                              {t.column == 0, t.column_end == p.n});
}

// All sweeps of a pass over a tile: the steps of the drawing above, each row by row.
template <Residency residency>
void sweep_tile(std::size_t n, const float* in, float* out, const Tile& t)
{
    thread_local HostArray<float> ring(std::max(kRing, kHugePage));
    const TileRows p = layout_of(t, n, in, ring.data());
    // The later sweeps need a halo around the tile, one row less with every sweep.
    const auto is_needed = [&](std::size_t sweep, std::size_t z, std::size_t y) {
        return z < n && y + kPass - sweep >= t.row && y < t.row_end + kPass - sweep;
    };
    for (std::size_t front = 1; front < n + kPass; ++front)
        for (std::size_t y = p.top; y < std::min(n, t.row_end + kPass); ++y) {
            for (std::size_t sweep = 1; sweep < kPass && sweep <= front; ++sweep)
                if (is_needed(sweep, front - sweep, y))
                    sweep_into_ring<residency>(p, sweep, front - sweep, y);
            if (front >= kPass && t.row <= y && y < t.row_end)
                sweep_into_output<residency>(p, t, out, front - kPass, y);
        }
    if (residency == Residency::memory)
        stream_fence();
}

// Called by every thread of a team, which shares the tiles; the tiles of a pass are independent.
void pass(std::size_t n, const float* in, float* out, Residency residency)
{
    const auto team = static_cast<std::size_t>(omp_get_num_threads());
    // For load balance at least two tiles a thread: rows are cut further, then columns.
    const std::size_t fewest = team == 1 ? 1 : 2 * team;
    const std::size_t down = std::max(ceil_div(n, Tile::rows), std::min(ceil_div(n, 16), fewest));
    const std::size_t strips = n <= Tile::columns + 2 * kSideHalo ? 1 : ceil_div(n, Tile::columns);
    const std::size_t across =
        std::max(strips, std::min(ceil_div(n, 64), down == 0 ? 1 : ceil_div(fewest, down)));
#pragma omp for schedule(dynamic)
    for (std::size_t k = 0; k < across * down; ++k) {
        const std::size_t r = k / across, c = k % across;
        const Tile t{.row = n * r / down,
                     .row_end = n * (r + 1) / down,
                     .column = first_column(n, c, across),
                     .column_end = first_column(n, c + 1, across)};
        (residency == Residency::memory ? sweep_tile<Residency::memory>
                                        : sweep_tile<Residency::l1>)(n, in, out, t);
    }
}

} // namespace

void stencil3d::seq(std::size_t n, std::span<const float> in, std::span<float> scratch,
                    std::span<float> out)
{
    const Residency residency = residency_of_field(cells(n), n, 1);
#pragma omp parallel num_threads(1)
    if (exceeds_caches(8 * cells(n))) {
        pass(n, in.data(), scratch.data(), residency);
        pass(n, scratch.data(), out.data(), residency);
    } else {
        sweeps(n, in.data(), scratch.data(), out.data(), residency);
    }
}

void stencil3d::omp_tiled(std::size_t n, std::span<const float> in, std::span<float> scratch,
                          std::span<float> out)
{
    const Residency residency = residency_of_field(cells(n), n, omp_get_max_threads());
#pragma omp parallel
    {
        pass(n, in.data(), scratch.data(), residency);
        pass(n, scratch.data(), out.data(), residency);
    }
}

void stencil3d::seq_sweeps(std::size_t n, std::span<const float> in, std::span<float> scratch,
                           std::span<float> out)
{
    const Residency residency = residency_of_field(cells(n), n, 1);
#pragma omp parallel num_threads(1)
    sweeps(n, in.data(), scratch.data(), out.data(), residency);
}

void stencil3d::omp(std::size_t n, std::span<const float> in, std::span<float> scratch,
                    std::span<float> out)
{
    const Residency residency = residency_of_field(cells(n), n, omp_get_max_threads());
#pragma omp parallel
    sweeps(n, in.data(), scratch.data(), out.data(), residency);
}

} // namespace workspan
