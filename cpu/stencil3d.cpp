// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/stencil3d.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using stencil3d::kSweeps;
using V = Vector<float>;

V at(const float* from) { return V(from, stdx::element_aligned); }

// The five rows that a row of a sweep reads: the one that is replaced, and its neighbours in the
// planes and rows around it.
struct Rows {
    const float *here, *behind, *ahead, *above, *below;
};

template <Home from> V mean(const Rows& r, std::size_t j)
{
    const V around =
        ((at(r.behind + j) + load<from>(r.ahead + j)) + (at(r.above + j) + at(r.below + j))) +
        (at(r.here + j - 1) + at(r.here + j + 1));
    return 0.25F * at(r.here + j) + 0.125F * around;
}

float mean_of_one(const Rows& r, std::size_t j)
{
    const float around =
        ((r.behind[j] + r.ahead[j]) + (r.above[j] + r.below[j])) + (r.here[j - 1] + r.here[j + 1]);
    return 0.25F * r.here[j] + 0.125F * around;
}

// The next values of `count` cells in a row; the last vector overlaps the one before it, so that no
// cell is left over.
template <Home from, Home to> void sweep_cells(const Rows r, float* out, std::size_t count)
{
    std::size_t j = 0;
    if (count < V::size()) {
        for (; j < count; ++j)
            out[j] = mean_of_one(r, j);
        return;
    }
    for (; j + V::size() <= count; j += V::size())
        store<to>(out + j, mean<from>(r, j));
    if (j < count)
        mean<Home::l1>(r, count - V::size())
            .copy_to(out + count - V::size(), stdx::element_aligned);
}

// Which ends of a row are the field's, whose cells stay as they are.
struct Ends {
    bool first, last;
};

template <Home from, Home to> void sweep_row(const Rows r, float* out, std::size_t count, Ends ends)
{
    sweep_cells<from, to>(r, out, count);
    if (ends.first)
        out[0] = r.here[0];
    if (ends.last)
        out[count - 1] = r.here[count - 1];
}

// The same, past the caches: aligned vectors, each stored once, since an ordinary store would fetch
// the line that is on its way out.
template <Home from> void stream_row(const Rows r, float* out, std::size_t count, Ends ends)
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

// One sweep over the rows [from, to) of plane z. In cache the rows are swept as if they were one,
// and their ends put back.
template <Home home> void sweep_plane(std::size_t n, const float* in, float* out, std::size_t z,
                                      std::size_t from, std::size_t to)
{
    in += z * n * n;
    out += z * n * n;
    if (z == 0 || z == n - 1) {
        std::copy_n(in + from * n, (to - from) * n, out + from * n);
        return;
    }
    for (const std::size_t y : {std::size_t(0), n - 1})
        if (from <= y && y < to)
            std::copy_n(in + y * n, n, out + y * n);
    const auto rows = [n](const float* here) -> Rows {
        return {here, here - n * n, here + n * n, here - n, here + n};
    };
    const std::size_t first = std::max<std::size_t>(from, 1), last = std::min(to, n - 1);
    if (home != Home::memory && first < last)
        sweep_cells<home, home>(rows(in + first * n), out + first * n, (last - first) * n);
    for (std::size_t y = first; y < last; ++y) {
        if (home == Home::memory) {
            stream_row<home>(rows(in + y * n), out + y * n, n, {true, true});
            continue;
        }
        out[y * n] = in[y * n];
        out[y * n + n - 1] = in[y * n + n - 1];
    }
}

// One sweep over the planes [from, to) of n^3 cells, as many rows at a time as take 1 MiB in three
// planes, to stay in L2, whatever its size.
template <Home home>
void sweep(std::size_t n, const float* in, float* out, std::size_t from, std::size_t to)
{
    const std::size_t block =
        std::max<std::size_t>(8, (std::size_t(1) << 18) / 3 / std::max<std::size_t>(n, 1));
    for (std::size_t y = 0; y < n; y += block)
        for (std::size_t z = from; z < to; ++z)
            sweep_plane<home>(n, in, out, z, y, std::min(n, y + block));
    if (home == Home::memory)
        stream_fence();
}

// Streamed stores need rows that begin on a vector.
Home home_of_field(std::size_t n, int team)
{
    const Home home = home_of(8 * stencil3d::cells(n), team);
    return home == Home::memory && n % V::size() != 0 ? Home::cache : home;
}

// All sweeps, of a team whose threads have a slab of planes each and meet after every sweep.
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

// Time tiling: kPass sweeps at once over a tile of rows and columns, through all planes.
constexpr std::size_t kPass = 5;
static_assert(kSweeps == 2 * kPass);

// Two planes of each sweep but the last, and one to spare, take 1.1 MB at most, whatever L2 is: one
// of 2 MiB holds them.
struct Tile {
    static constexpr std::size_t halo = 16, columns = 256, rows = 96,
                                 planes =
                                     2 * kPass - 1; // the halo: whole vectors, for aligned rows
    std::size_t row, row_end, column, column_end;
};
static_assert(Tile::halo >= kPass && Tile::halo % V::size() == 0);

constexpr std::size_t kRing =
    Tile::planes * ((Tile::rows + 2 * kPass) * (Tile::columns + 2 * Tile::halo) + 16) + 32;

constexpr std::size_t kHugePage =
    std::size_t(1)
    << 19; // floats: memory of this size is on huge pages, and its rows cost no TLB misses

std::size_t pieces(std::size_t n, std::size_t piece) { return (n + piece - 1) / piece; }

// Where a tile's rows lie: those of sweep 0 in the field that the pass reads, the others in the
// ring. A row takes the place of the one of the sweep before and the plane behind, which is read
// for the last time when it is written, and is in L1 therefore.
struct Places {
    std::size_t n, left, width, top, stride, plane;
    const float* in;
    float* ring;

    float* kept(std::size_t sweep, std::size_t z, std::size_t y) const
    {
        return ring + 16 + (z + kPass - sweep) % Tile::planes * plane + (y - top) * stride;
    }
    const float* row(std::size_t sweep, std::size_t z, std::size_t y) const
    {
        return sweep == 0 ? in + (z * n + y) * n + left : kept(sweep, z, y);
    }
    Rows rows(std::size_t sweep, std::size_t z, std::size_t y) const
    {
        return {row(sweep, z, y), row(sweep, z - 1, y), row(sweep, z + 1, y), row(sweep, z, y - 1),
                row(sweep, z, y + 1)};
    }
};

Places places(std::size_t n, const float* in, const Tile& t, float* ring)
{
    const std::size_t left = t.column - std::min(t.column, Tile::halo),
                      width = std::min(n, t.column_end + Tile::halo) - left;
    const std::size_t top = t.row - std::min(t.row, kPass),
                      height = std::min(n, t.row_end + kPass) - top;
    const std::size_t stride = pieces(width, 16) * 16;
    return {n, left, width, top, stride, height * stride + 16, in, ring};
}

// A row of a sweep that is not the last, into the ring. Sweeps after the first work in place: every
// cell once, whole vectors.
template <Home home> void keep_row(const Places& p, std::size_t sweep, std::size_t z, std::size_t y)
{
    float* const out = p.kept(sweep, z, y);
    const float* const here = p.row(sweep - 1, z, y);
    if (z == 0 || y == 0 || z == p.n - 1 || y == p.n - 1) {
        std::copy_n(here, p.width, out);
        return;
    }
    if (sweep == 1)
        sweep_cells<home, Home::l1>(p.rows(0, z, y), out, p.width);
    else
        sweep_cells<Home::l1, Home::l1>(p.rows(sweep - 1, z, y), out, p.stride);
    if (p.left == 0)
        out[0] = here[0];
    if (p.left + p.width == p.n)
        out[p.width - 1] = here[p.width - 1];
}

// A row of the last sweep of a pass: the tile itself.
template <Home home>
void finish_row(const Places& p, const Tile& t, float* out, std::size_t z, std::size_t y)
{
    const std::size_t inset = t.column - p.left, own = t.column_end - t.column;
    float* const to = out + (z * p.n + y) * p.n + t.column;
    const Ends ends{t.column == 0, t.column_end == p.n};
    if (z == 0 || y == 0 || z == p.n - 1 || y == p.n - 1) {
        std::copy_n(p.row(kPass - 1, z, y) + inset, own, to);
        return;
    }
    const Rows r = p.rows(kPass - 1, z, y);
    const Rows inner{r.here + inset, r.behind + inset, r.ahead + inset, r.above + inset,
                     r.below + inset};
    if constexpr (home == Home::memory)
        stream_row<Home::l1>(inner, to, own, ends);
    else
        sweep_row<Home::l1, home>(inner, to, own, ends);
}

// A wavefront through the planes: in each step every sweep does the plane behind the one that the
// sweep before it does, row after row.
template <Home home> void sweep_tile(std::size_t n, const float* in, float* out, const Tile& t)
{
    thread_local HostArray<float> ring(std::max(kRing, kHugePage));
    const Places p = places(n, in, t, ring.data());
    const auto wanted = [&](std::size_t sweep, std::size_t z,
                            std::size_t y) { // what the sweeps to come need around the tile
        return z < n && y + kPass - sweep >= t.row && y < t.row_end + kPass - sweep;
    };
    for (std::size_t front = 1; front < n + kPass; ++front)
        for (std::size_t y = p.top; y < std::min(n, t.row_end + kPass); ++y) {
            for (std::size_t sweep = 1; sweep < kPass && sweep <= front; ++sweep)
                if (wanted(sweep, front - sweep, y))
                    keep_row<home>(p, sweep, front - sweep, y);
            if (front >= kPass && t.row <= y && y < t.row_end)
                finish_row<home>(p, t, out, front - kPass, y);
        }
    if (home == Home::memory)
        stream_fence();
}

// Called by every thread of a team, which shares the tiles; no tile waits for another of the same
// pass.
void pass(std::size_t n, const float* in, float* out, Home home)
{
    const auto team = static_cast<std::size_t>(omp_get_num_threads());
    const std::size_t fewest =
        team == 1 ? 1 : 2 * team; // tiles; to have so many, rows are cut further, then columns
    const std::size_t down = std::max(pieces(n, Tile::rows), std::min(pieces(n, 16), fewest));
    const std::size_t strips = n <= Tile::columns + 2 * Tile::halo ? 1 : pieces(n, Tile::columns);
    const std::size_t across =
        std::max(strips, std::min(pieces(n, 64), down == 0 ? 1 : pieces(fewest, down)));
    const auto cut = [&](std::size_t k) {
        return k == across ? n : n * k / across / Tile::halo * Tile::halo;
    };
#pragma omp for schedule(dynamic)
    for (std::size_t k = 0; k < across * down; ++k) {
        const std::size_t r = k / across, c = k % across;
        const Tile t{n * r / down, n * (r + 1) / down, cut(c), cut(c + 1)};
        (home == Home::memory ? sweep_tile<Home::memory> : sweep_tile<Home::l1>)(n, in, out, t);
    }
}

} // namespace

void stencil3d::seq(std::size_t n, std::span<const float> in, std::span<float> scratch,
                    std::span<float> out)
{
    const Home home = home_of_field(n, 1);
#pragma omp parallel num_threads(1)
    if (leaves_caches(8 * cells(n))) {
        pass(n, in.data(), scratch.data(), home);
        pass(n, scratch.data(), out.data(), home);
    } else {
        sweeps(n, in.data(), scratch.data(), out.data(), home);
    }
}

void stencil3d::omp_tiled(std::size_t n, std::span<const float> in, std::span<float> scratch,
                          std::span<float> out)
{
    const Home home = home_of_field(n, omp_get_max_threads());
#pragma omp parallel
    {
        pass(n, in.data(), scratch.data(), home);
        pass(n, scratch.data(), out.data(), home);
    }
}

void stencil3d::seq_sweeps(std::size_t n, std::span<const float> in, std::span<float> scratch,
                           std::span<float> out)
{
    const Home home = home_of_field(n, 1);
#pragma omp parallel num_threads(1)
    sweeps(n, in.data(), scratch.data(), out.data(), home);
}

void stencil3d::omp(std::size_t n, std::span<const float> in, std::span<float> scratch,
                    std::span<float> out)
{
    const Home home = home_of_field(n, omp_get_max_threads());
#pragma omp parallel
    sweeps(n, in.data(), scratch.data(), out.data(), home);
}

} // namespace workspan
