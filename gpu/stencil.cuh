// SPDX-License-Identifier: Apache-2.0
// The common part of stencil2d and stencil3d: a thread's cells of a row, the exchange with the
// neighbouring lanes, and the sweeps that alternate between two fields.
#pragma once

#include "gpu/trial.cuh"

namespace workspan {

// kWidth neighbouring cells of a row, one vector load and store of a thread.
template <unsigned kWidth> struct alignas(kWidth * sizeof(float)) Cells {
    float cell[kWidth];
};

template <unsigned kWidth> __device__ Cells<kWidth> load(const float* from)
{
    return *reinterpret_cast<const Cells<kWidth>*>(from);
}

template <unsigned kWidth> __device__ void store(float* to, const Cells<kWidth>& cells)
{
    *reinterpret_cast<Cells<kWidth>*>(to) = cells;
}

// The cells to the left and right of a thread's own.
struct Sides {
    float left = 0, right = 0;
};

// Loads them for the first and the last lane of a warp, if active. `here` points to the thread's
// first cell, in `column` of a row of n.
template <unsigned kWidth>
__device__ Sides load_halo(bool active, const float* here, std::size_t column, std::size_t n)
{
    const unsigned lane = threadIdx.x % 32;
    Sides halo;
    if (active && lane == 0 && column > 0)
        halo.left = here[-1];
    if (active && lane == 31 && column + kWidth < n)
        halo.right = here[kWidth];
    return halo;
}

// Takes them from the neighbouring lanes by shuffles; the first and the last lane use their
// halo. The whole warp calls it.
template <unsigned kWidth> __device__ Sides exchange_sides(const Cells<kWidth>& here, Sides halo)
{
    const unsigned lane = threadIdx.x % 32;
    const float from_left = __shfl_up_sync(~0U, here.cell[kWidth - 1], 1);
    const float from_right = __shfl_down_sync(~0U, here.cell[0], 1);
    return {lane == 0 ? halo.left : from_left, lane == 31 ? halo.right : from_right};
}

// left + right neighbour of cell c.
template <unsigned kWidth>
__device__ float sum_beside(const Cells<kWidth>& here, unsigned c, const Sides& sides)
{
    const float west = c == 0 ? sides.left : here.cell[c - 1],
                east = c == kWidth - 1 ? sides.right : here.cell[c + 1];
    return west + east;
}

// `next`, but cells on the edge of the field keep their value: a whole row on the edge, otherwise
// the first and the last cell. The thread's first cell is in `column` of n.
template <unsigned kWidth>
__device__ Cells<kWidth> keep_edge(Cells<kWidth> next, const Cells<kWidth>& here, bool row_on_edge,
                                   std::size_t column, std::size_t n)
{
#pragma unroll
    for (unsigned c = 0; c < kWidth; ++c)
        if (row_on_edge || column + c == 0 || column + c == n - 1)
            next.cell[c] = here.cell[c];
    return next;
}

template <class Input> struct Fields {
    explicit Fields(const Input& input) : in(input.field.size()), scratch(in.size()), out(in.size())
    {
    }
    DeviceArray<float> in, scratch, out;
};

template <class Input> Uploads uploads(const Input& input, Fields<Input>& on)
{
    return {{on.in, input.field}};
}

// Enqueues sweep(from, to), an even number of times: one kernel a sweep, since the next one needs
// all cells of this one. Sweeps alternate between scratch and output and end in the output.
template <class Input, class Sweep>
void enqueue_sweeps(std::size_t sweeps, Fields<Input>& on, Sweep sweep)
{
    for (std::size_t s = 0; s < sweeps; ++s) {
        const float* const from = s == 0       ? on.in.data()
                                  : s % 2 == 0 ? on.out.data()
                                               : on.scratch.data();
        sweep(from, s % 2 == 0 ? on.scratch.data() : on.out.data());
    }
}

} // namespace workspan
