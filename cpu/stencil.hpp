// SPDX-License-Identifier: Apache-2.0
// Shared by stencil2d and stencil3d: sweeping the cells of a row in vectors, and the loop over all
// sweeps. Each defines its own `Rows`: the rows that one row of a sweep reads, and the formula,
// next<from>(j) for V::size() cells from j on and next_cell(j) for one.
#pragma once

#include "cpu/simd.hpp"
#include "harness/arithmetic.hpp"

#include <algorithm>

namespace workspan::stencil {

using V = Vector<float>;

inline V at(const float* from) { return V(from, stdx::element_aligned); }

// Which ends of a row lie on the field's boundary, whose cells keep their values.
struct Ends {
    bool first, last;
};

// The next values of `count` cells of a row; the last vector overlaps the one before it, so that
// no remainder loop is needed.
template <Residency from, Residency to, class Rows>
void sweep_cells(const Rows r, float* out, std::size_t count)
{
    std::size_t j = 0;
    if (count < V::size()) {
        for (; j < count; ++j)
            out[j] = r.next_cell(j);
        return;
    }
    for (; j + V::size() <= count; j += V::size())
        store<to>(out + j, r.template next<from>(j));
    if (j < count)
        r.template next<Residency::l1>(count - V::size())
            .copy_to(out + count - V::size(), stdx::element_aligned);
}

// The same with non-temporal stores: aligned vectors, each stored once, since an ordinary store
// would first fetch a line that is about to leave the caches.
template <Residency from, class Rows>
void stream_row(const Rows r, float* out, std::size_t count, Ends ends)
{
    for (std::size_t j = 0; j < count; j += V::size()) {
        V next = r.template next<from>(j);
        if (ends.first && j == 0)
            next[0] = r.here[0];
        if (ends.last && j + V::size() == count)
            next[V::size() - 1] = r.here[count - 1];
        stream(out + j, next);
    }
}

// One sweep over some rows of n x n cells, of which the first and the last keep their values.
// rows_around(here) are the Rows of the row at `here`.
template <Residency residency, class RowsAround>
void sweep_rows(std::size_t n, const float* in, float* out, Chunk rows, RowsAround rows_around)
{
    for (const std::size_t i : {std::size_t(0), n - 1})
        if (rows.from <= i && i < rows.to)
            std::copy_n(in + i * n, n, out + i * n);
    const std::size_t first = std::max<std::size_t>(rows.from, 1), last = std::min(rows.to, n - 1);
    if constexpr (residency == Residency::memory) {
        for (std::size_t i = first; i < last; ++i)
            stream_row<residency>(rows_around(in + i * n), out + i * n, n, {true, true});
        return;
    }
    // In cache, all rows as if they were one; then the first and the last column are restored.
    if (first < last)
        sweep_cells<residency, residency>(rows_around(in + first * n), out + first * n,
                                          (last - first) * n);
    for (std::size_t i = first; i < last; ++i) {
        out[i * n] = in[i * n];
        out[i * n + n - 1] = in[i * n + n - 1];
    }
}

// A row of a tile's last sweep, from rows in L1 to the output.
template <Residency to, class Rows>
void finish_row(const Rows r, float* out, std::size_t count, Ends ends)
{
    if constexpr (to == Residency::memory)
        return stream_row<Residency::l1>(r, out, count, ends);
    sweep_cells<Residency::l1, to>(r, out, count);
    if (ends.first)
        out[0] = r.here[0];
    if (ends.last)
        out[count - 1] = r.here[count - 1];
}

// The residency of two fields of `cells` cells in rows of n. Non-temporal stores need rows that
// begin on a vector.
inline Residency residency_of_field(std::size_t cells, std::size_t n, int team)
{
    const Residency residency = residency_of(8 * cells, team);
    return residency == Residency::memory && n % V::size() != 0 ? Residency::cache : residency;
}

// One sweep over the rows or planes [from, to) of a field of side n.
using Sweep = void(std::size_t n, const float* in, float* out, std::size_t from, std::size_t to);

// Called by every thread of a team: `count` sweeps, alternating between scratch and out. Each
// thread has a band of rows or a slab of planes, and all meet after every sweep.
template <std::size_t count>
void sweep_by_sweep(std::size_t n, const float* in, float* scratch, float* out, Sweep* sweep)
{
    static_assert(count % 2 == 0, "the last sweep writes out");
    const auto team = static_cast<std::size_t>(omp_get_num_threads()),
               me = static_cast<std::size_t>(omp_get_thread_num());
    for (std::size_t s = 0; s < count; ++s) {
        const float* const from = s == 0 ? in : s % 2 == 0 ? out : scratch;
        float* const to = s % 2 == 0 ? scratch : out;
        sweep(n, from, to, n * me / team, n * (me + 1) / team);
#pragma omp barrier
    }
}

// Columns of halo on each side of a tile: whole vectors, for aligned rows.
inline constexpr std::size_t kSideHalo = 16;
static_assert(kSideHalo % V::size() == 0);

// Column at which tile k of `across` tiles begins.
constexpr std::size_t first_column(std::size_t n, std::size_t k, std::size_t across)
{
    return k == across ? n : n * k / across / kSideHalo * kSideHalo;
}

} // namespace workspan::stencil
