// SPDX-License-Identifier: Apache-2.0
// The matrix is cut into square tiles. A column of tiles is packed: groups of rows, column by
// column, so that a vector holds rows of one column, and factored there; the same panels are both
// operands of the products that are subtracted from the tiles to the right. The packed matrix is
// padded to a whole number of groups, beyond n by the identity.
#include "harness/contracts/cholesky.hpp"

#include "cpu/micro_kernel.hpp"
#include "cpu/transpose_in_registers.hpp"
#include "harness/tasks/trace.hpp"

namespace workspan {

namespace {

using V = Vector<double>;

// The micro-kernel holds kRows x kVectors vectors of accumulators: 16 with AVX-512, else 8, enough
// to hide the latency of two fused multiply-adds a cycle. A group, the unit of packing, has the
// rows of kVectors vectors; both operands are read from groups.
constexpr std::size_t kRows = V::size() >= 8 ? 8 : 4, kVectors = 2, kGroup = kVectors * V::size();
static_assert(kGroup % kRows == 0 && cholesky::kTileSide % kGroup == 0);

struct Factor {
    std::size_t n, side; // of the matrix and of a tile
    const double* a;
    double *l, *packed;
    bool keeps_all; // packed columns of tiles, not only the last one

    std::size_t padded_n() const { return round_up(n, kGroup); }
    std::size_t tiles() const { return ceil_div(n, side); }
    // Columns of the k-th column of tiles.
    std::size_t width(std::size_t k) const { return std::min(side, padded_n() - k * side); }
    double* tile(std::size_t i, std::size_t k) const { return l + (i * n + k) * side; }
    // The group that begins at `row`, packed, in the k-th column of tiles.
    double* group(std::size_t row, std::size_t k) const
    {
        const std::size_t offset =
            keeps_all ? (k * padded_n() - side * k * (k - (k > 0)) / 2) * side : 0;
        return packed + offset + (row - k * side) * side;
    }
};

void pack_group(const Factor& f, std::size_t row, std::size_t k)
{
    double* const to = f.group(row, k);
    const std::size_t column = k * f.side, width = f.width(k);
    const double* const from = (k == 0 ? f.a : f.l) + row * f.n + column;
    if (row + kGroup <= f.n && column + width <= f.n) {
        for (std::size_t c = 0; c < width; c += V::size())
            for (std::size_t r = 0; r < kGroup; r += V::size())
                transpose_square(from + r * f.n + c, f.n, to + c * kGroup + r, kGroup);
        return;
    }
    for (std::size_t c = 0; c < width; ++c)
        for (std::size_t r = 0; r < kGroup; ++r)
            to[c * kGroup + r] = row + r < f.n && column + c < f.n ? from[r * f.n + c]
                                 : row + r == column + c           ? 1
                                                                   : 0;
}

// Back to L, with zeros above the diagonal in a group that crosses it.
void unpack_group(const Factor& f, std::size_t row, std::size_t k)
{
    const double* const from = f.group(row, k);
    const std::size_t column = k * f.side, width = std::min(f.width(k), f.n - column);
    double* const to = f.l + row * f.n + column;
    if (row + kGroup <= f.n && width % V::size() == 0)
        for (std::size_t c = 0; c < width; c += V::size())
            for (std::size_t r = 0; r < kGroup; r += V::size())
                transpose_square(from + c * kGroup + r, kGroup, to + r * f.n + c, f.n);
    else
        for (std::size_t r = 0; r < std::min(kGroup, f.n - row); ++r)
            for (std::size_t c = 0; c < width; ++c)
                to[r * f.n + c] = from[c * kGroup + r];
    if (row < column + width)
        for (std::size_t i = row; i < std::min(row + kGroup, f.n); ++i)
            std::fill(f.l + i * f.n + i + 1, f.l + (i + 1) * f.n, 0.0);
}

// to = from - a b^T, kRows x kGroup, of kRows packed rows and a group.
void subtract_block(const Panels<double>& p, const double* from, double* to, std::size_t stride)
{
    micro_kernel<kRows, kVectors, kGroup>(p, from, stride, [from, to](std::size_t at, V sum) {
        (V(from + at, stdx::element_aligned) - sum).copy_to(to + at, stdx::element_aligned);
    });
}

// kRows columns of a group that crosses the diagonal, which begins in row `offset` of it: divides
// each column by the root of its diagonal element and subtracts it from those to its right. Rows
// above the diagonal are computed too, unused.
void factor_block(double* p, std::size_t offset)
{
    for (std::size_t c = 0; c < kRows; ++c) {
        double* const column = p + c * kGroup;
        const double root = std::sqrt(column[offset + c]), inverse = 1 / root;
        V x[kVectors];
        for (std::size_t v = 0; v < kVectors; ++v) {
            x[v] = inverse * V(column + v * V::size(), stdx::vector_aligned);
            x[v].copy_to(column + v * V::size(), stdx::vector_aligned);
        }
        column[offset + c] = root;
        for (std::size_t d = c + 1; d < kRows; ++d)
            for (std::size_t v = 0; v < kVectors; ++v) {
                double* const to = p + d * kGroup + v * V::size();
                (V(to, stdx::vector_aligned) - column[offset + d] * x[v])
                    .copy_to(to, stdx::vector_aligned);
            }
    }
}

// The same columns of a group below: solves for them by forward substitution with the triangle that
// factor_block left in `diagonal`, from row `offset` on.
void solve_block(double* p, const double* diagonal, std::size_t offset)
{
    V x[kRows][kVectors];
    // load
#pragma GCC unroll 8
    for (std::size_t c = 0; c < kRows; ++c)
#pragma GCC unroll 4
        for (std::size_t v = 0; v < kVectors; ++v)
            x[c][v].copy_from(p + c * kGroup + v * V::size(), stdx::vector_aligned);
#pragma GCC unroll 8
    // compute and store: a column is final once those to its left are subtracted
    for (std::size_t c = 0; c < kRows; ++c) {
        const double* const column = diagonal + c * kGroup + offset;
        const double inverse = 1 / column[c];
#pragma GCC unroll 4
        for (std::size_t v = 0; v < kVectors; ++v) {
            x[c][v] *= inverse;
            x[c][v].copy_to(p + c * kGroup + v * V::size(), stdx::vector_aligned);
#pragma GCC unroll 8
            for (std::size_t d = c + 1; d < kRows; ++d)
                x[d][v] -= column[d] * x[c][v];
        }
    }
}

// One group of a packed column of tiles, after the groups above it. Block by block of kRows
// columns: subtracts the contribution of the columns to the left, then solves for the block, or
// factors it on the diagonal.
void finish_group(const Factor& f, std::size_t row, std::size_t k)
{
    double* const group = f.group(row, k);
    const std::size_t first = k * f.side, end = std::min(first + f.width(k), row + kGroup);
    for (std::size_t j = first; j < end; j += kRows) {
        const std::size_t offset = j % kGroup;
        const double* const above = f.group(j - offset, k);
        double* const block = group + (j - first) * kGroup;
        subtract_block({j - first, above + offset, group}, block, block, kGroup);
        if (j < row)
            solve_block(block, above + (j - first) * kGroup, offset);
        else
            factor_block(block, offset);
    }
}

// The i-th tile of the k-th column: factored if it is the diagonal one, else solved for.
void finish_tile(const Factor& f, std::size_t i, std::size_t k)
{
    const std::size_t end = std::min((i + 1) * f.side, f.padded_n());
    for (std::size_t row = i * f.side; row < end; row += kGroup) {
        pack_group(f, row, k);
        finish_group(f, row, k);
        unpack_group(f, row, k);
    }
}

// The same at the edge of the matrix, through a buffer: the block at (row, column) of `from` and L.
void subtract_edge(const Factor& f, const Panels<double>& p, const double* from, std::size_t row,
                   std::size_t column)
{
    alignas(V) double block[kRows * kGroup] = {};
    subtract_block(p, block, block, kGroup);
    from += row * f.n + column;
    double* const to = f.l + row * f.n + column;
    for (std::size_t r = 0; r < std::min(kRows, f.n - row); ++r)
        for (std::size_t c = 0; c < std::min(kGroup, f.n - column); ++c)
            to[r * f.n + c] = from[r * f.n + c] + block[r * kGroup + c];
}

// Tile (i, j) minus the product of tiles (i, k) and (j, k) transposed; of a diagonal tile only the
// blocks that touch the lower triangle.
void subtract_product(const Factor& f, std::size_t i, std::size_t j, std::size_t k)
{
    const double* const source = k == 0 ? f.a : f.l;
    const std::size_t end_row = std::min((i + 1) * f.side, f.n),
                      end_column = std::min((j + 1) * f.side, f.n);
    for (std::size_t column = j * f.side; column < end_column; column += kGroup)
        for (std::size_t row = std::max(i * f.side, column); row < end_row; row += kRows) {
            const Panels<double> p{f.side, f.group(row - row % kGroup, k) + row % kGroup,
                                   f.group(column, k)};
            const std::size_t corner = row * f.n + column;
            if (row + kRows <= f.n && column + kGroup <= f.n)
                subtract_block(p, source + corner, f.l + corner, f.n);
            else
                subtract_edge(f, p, source, row, column);
        }
}

// Memory for packed tiles, reused by all runs: fresh pages would cost more than the packing.
double* scratch(std::size_t elements, int team)
{
    thread_local HostArray<double> memory;
    if (memory.size() < elements)
        memory = HostArray<double>(elements, team);
    return memory.data();
}

// A factorisation by a team, about to start.
Factor factor(std::size_t n, std::span<const double> a, std::span<double> l, int team,
              bool keeps_all)
{
    Factor f{n, cholesky::tile_side(n, team), a.data(), l.data(), nullptr, keeps_all};
    const std::size_t columns = keeps_all ? (f.padded_n() + f.side) / 2 + f.side : f.side;
    f.packed = scratch(f.padded_n() * columns, team);
    return f;
}

} // namespace

void cholesky::seq(std::size_t n, std::span<const double> a, std::span<double> l)
{
    const Factor f = factor(n, a, l, 1, false);
    for (std::size_t k = 0; k < f.tiles(); ++k) {
        for (std::size_t i = k; i < f.tiles(); ++i)
            finish_tile(f, i, k);
        for (std::size_t j = k + 1; j < f.tiles(); ++j)
            for (std::size_t i = j; i < f.tiles(); ++i)
                subtract_product(f, i, j, k);
    }
}

void cholesky::omp(std::size_t n, std::span<const double> a, std::span<double> l)
{
    const int team = omp_get_max_threads();
    const Factor f = factor(n, a, l, team, false);
#pragma omp parallel
    for (std::size_t k = 0; k < f.tiles(); ++k) {
#pragma omp single
        finish_tile(f, k, k);
#pragma omp for schedule(dynamic)
        for (std::size_t i = k + 1; i < f.tiles(); ++i)
            finish_tile(f, i, k);
#pragma omp for collapse(2) schedule(dynamic)
        for (std::size_t j = k + 1; j < f.tiles(); ++j)
            for (std::size_t i = k + 1; i < f.tiles(); ++i)
                if (i >= j)
                    subtract_product(f, i, j, k);
    }
}

// The dependences name a tile by its first element. The master thread creates the tasks, since
// libgomp 12 never frees its records of the dependences of tasks that another thread created.
void cholesky::omp_tasks(std::size_t n, std::span<const double> a, std::span<double> l)
{
    const int team = omp_get_max_threads();
    const Factor f = factor(n, a, l, team, true);
#pragma omp parallel
#pragma omp master
    for (std::size_t k = 0; k < f.tiles(); ++k) {
#pragma omp task depend(inout : *f.tile(k, k))
        finish_tile(f, k, k);
        for (std::size_t i = k + 1; i < f.tiles(); ++i)
#pragma omp task depend(in : *f.tile(k, k)) depend(inout : *f.tile(i, k))
            finish_tile(f, i, k);
        for (std::size_t j = k + 1; j < f.tiles(); ++j)
            for (std::size_t i = j; i < f.tiles(); ++i)
#pragma omp task depend(in : *f.tile(i, k), *f.tile(j, k)) depend(inout : *f.tile(i, j))
                subtract_product(f, i, j, k);
    }
}

// Of each kind the least of three factorisations, so that a pause of the thread does not count.
cholesky::PerTask cholesky::seconds_of_tasks(std::size_t n, std::span<const double> a,
                                             std::span<double> l, int team)
{
    const Factor f = factor(n, a, l, team, true);
    PerTask sum, least;
    const auto add = [&](double PerTask::*kind, auto task, auto... tile) {
        const std::int64_t begin = steady_ns();
        task(f, tile...);
        sum.*kind += 1e-9 * double(steady_ns() - begin);
    };
    for (int pass = 0; pass < 3; ++pass) {
        sum = {};
        for (std::size_t k = 0; k < f.tiles(); ++k) {
            for (std::size_t i = k; i < f.tiles(); ++i)
                add(i == k ? &PerTask::potrf : &PerTask::trsm, finish_tile, i, k);
            for (std::size_t j = k + 1; j < f.tiles(); ++j)
                for (std::size_t i = j; i < f.tiles(); ++i)
                    add(i == j ? &PerTask::syrk : &PerTask::gemm, subtract_product, i, j, k);
        }
        for (const auto kind : {&PerTask::potrf, &PerTask::trsm, &PerTask::syrk, &PerTask::gemm})
            least.*kind = pass == 0 ? sum.*kind : std::min(least.*kind, sum.*kind);
    }
    return least;
}

} // namespace workspan
