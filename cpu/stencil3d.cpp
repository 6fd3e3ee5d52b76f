// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/stencil3d.hpp"

#include "cpu/simd.hpp"

#include <cstdint>

namespace workspan {

namespace {

using stencil3d::kSweeps;
using V = Vector<float>;

V at(const float* from) { return V(from, stdx::element_aligned); }

// The five rows that a row of a sweep reads: the one that is replaced, and its neighbours in the planes and rows around it.
struct Rows {
    const float *here, *behind, *ahead, *above, *below;
};

template <Home home> V mean(const Rows& r, std::size_t j)
{
    const V around = ((at(r.behind + j) + load<home>(r.ahead + j)) + (at(r.above + j) + at(r.below + j))) +
                     (at(r.here + j - 1) + at(r.here + j + 1));
    return 0.25F * at(r.here + j) + 0.125F * around;
}

float mean_of_one(const Rows& r, std::size_t j)
{
    const float around = ((r.behind[j] + r.ahead[j]) + (r.above[j] + r.below[j])) + (r.here[j - 1] + r.here[j + 1]);
    return 0.25F * r.here[j] + 0.125F * around;
}

// The next values of `count` cells in a row; the last vector overlaps the one before it, so that no cell is left over.
template <Home home> void sweep_cells(const Rows r, float* out, std::size_t count)
{
    std::size_t j = 0;
    if (count < V::size()) {
        for (; j < count; ++j)
            out[j] = mean_of_one(r, j);
        return;
    }
    for (; j + V::size() <= count; j += V::size())
        store<home>(out + j, mean<home>(r, j));
    j = count - V::size();
    mean<Home::l1>(r, j).copy_to(out + j, stdx::element_aligned);
}

// The same for a whole row of n cells, past the caches: aligned vectors, each stored once, the first and the last cell as they are.
void stream_row(const Rows r, float* out, std::size_t n)
{
    for (std::size_t j = 0; j < n; j += V::size()) {
        V next = mean<Home::memory>(r, j);
        if (j == 0)
            next[0] = r.here[0];
        if (j + V::size() == n)
            next[V::size() - 1] = r.here[n - 1];
        stream(out + j, next);
    }
}

// One sweep over the rows [from, to) of plane z. In cache the rows are swept as if they were one, and their ends put back.
template <Home home> void sweep_plane(std::size_t n, const float* in, float* out, std::size_t z, std::size_t from, std::size_t to)
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
    const auto rows = [n](const float* here) -> Rows { return {here, here - n * n, here + n * n, here - n, here + n}; };
    const std::size_t first = std::max<std::size_t>(from, 1), last = std::min(to, n - 1);
    if (home != Home::memory && first < last)
        sweep_cells<home>(rows(in + first * n), out + first * n, (last - first) * n);
    for (std::size_t y = first; y < last; ++y) {
        if (home == Home::memory) {
            stream_row(rows(in + y * n), out + y * n, n);
            continue;
        }
        out[y * n] = in[y * n];
        out[y * n + n - 1] = in[y * n + n - 1];
    }
}

// One sweep over the planes [from, to) of n^3 cells, as many rows at a time as three planes of them stay in L2.
template <Home home> void sweep(std::size_t n, const float* in, float* out, std::size_t from, std::size_t to)
{
    const std::size_t block = std::max<std::size_t>(8, (std::size_t(1) << 18) / 3 / std::max<std::size_t>(n, 1));
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
    const auto team = static_cast<std::size_t>(omp_get_num_threads()), me = static_cast<std::size_t>(omp_get_thread_num());
    for (std::size_t s = 0; s < kSweeps; ++s) {
        const float* const from = s == 0 ? in : s % 2 == 0 ? out : scratch;
        float* const to = s % 2 == 0 ? scratch : out;
        (home == Home::memory ? sweep<Home::memory> : sweep<Home::cache>)(n, from, to, n * me / team, n * (me + 1) / team);
#pragma omp barrier
    }
}

} // namespace

void stencil3d::seq_sweeps(std::size_t n, std::span<const float> in, std::span<float> scratch, std::span<float> out)
{
    const Home home = home_of_field(n, 1);
#pragma omp parallel num_threads(1)
    sweeps(n, in.data(), scratch.data(), out.data(), home);
}

void stencil3d::omp(std::size_t n, std::span<const float> in, std::span<float> scratch, std::span<float> out)
{
    const Home home = home_of_field(n, omp_get_max_threads());
#pragma omp parallel
    sweeps(n, in.data(), scratch.data(), out.data(), home);
}

void stencil3d::seq(std::size_t n, std::span<const float> in, std::span<float> s, std::span<float> o){ seq_sweeps(n,in,s,o);} void stencil3d::omp_tiled(std::size_t n, std::span<const float> in, std::span<float> s, std::span<float> o){ omp(n,in,s,o);}
}
