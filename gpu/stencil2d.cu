// SPDX-License-Identifier: Apache-2.0
#include "gpu/stencil.cuh"
#include "harness/contracts/stencil2d.hpp"

namespace workspan {

namespace {

using stencil2d::kSweeps;

constexpr unsigned kThreads = 128, kBlocksPerMultiprocessor = 8;
constexpr unsigned kRows = 32; // of a warp's strip; two more are read, those above and below it
constexpr unsigned kBatch = 4; // rows in flight
static_assert(kRows % kBatch == 0);

template <unsigned kWidth>
__device__ Cells<kWidth> mean_of_neighbours(const Cells<kWidth>& above, const Cells<kWidth>& here,
                                            const Cells<kWidth>& below, const Sides& sides)
{
    Cells<kWidth> mean;
#pragma unroll
    for (unsigned c = 0; c < kWidth; ++c)
        mean.cell[c] = 0.25F * ((above.cell[c] + below.cell[c]) + sum_beside(here, c, sides));
    return mean;
}

// One warp per strip of 32 * kWidth columns and kRows rows, one thread per kWidth columns. A thread
// keeps three rows of its columns in registers, above, here and below, and rolls down; the cells to
// the left and right come from the neighbouring lanes, and from memory only for the first and the
// last lane. Each step loads kBatch rows before it uses the first: loads in flight make the
// bandwidth. n is a multiple of kWidth.
template <unsigned kWidth>
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    sweep_kernel(std::size_t n, const float* __restrict__ in, float* __restrict__ out)
{
    const std::size_t column = (std::size_t(blockIdx.x) * kThreads + threadIdx.x) * kWidth;
    const std::size_t row = std::size_t(blockIdx.y) * kRows,
                      row_end = row + kRows < n ? row + kRows : n;
    const bool active = column < n; // the other lanes take part in the shuffles only

    Cells<kWidth> above = {}, here = {}, below[kBatch] = {};
    if (active && row > 0)
        above = load<kWidth>(in + (row - 1) * n + column);
    if (active)
        here = load<kWidth>(in + row * n + column);
    for (std::size_t first = row; first < row_end; first += kBatch) {
        // load
        Sides halo[kBatch];
#pragma unroll
        for (unsigned k = 0; k < kBatch; ++k) {
            const std::size_t i = first + k;
            if (active && i + 1 < n && i < row_end)
                below[k] = load<kWidth>(in + (i + 1) * n + column);
            halo[k] = load_halo<kWidth>(active && i < row_end, in + i * n + column, column, n);
        }
        // compute and store
#pragma unroll
        for (unsigned k = 0; k < kBatch; ++k) {
            const std::size_t i = first + k;
            const Sides sides = exchange_sides(here, halo[k]);
            const Cells<kWidth> mean = mean_of_neighbours(above, here, below[k], sides);
            if (active && i < row_end)
                store(out + i * n + column, keep_edge(mean, here, i == 0 || i == n - 1, column, n));
            above = here;
            here = below[k];
        }
    }
}

// One thread per cell, every neighbour from global memory (L1 at best). `cuda` adds registers that
// keep three rows, shuffles for the columns beside, 16-byte accesses, and several loads in flight.
__global__ void naive_kernel(std::size_t n, const float* __restrict__ in, float* __restrict__ out)
{
    const std::size_t i = std::size_t(blockIdx.y) * blockDim.y + threadIdx.y;
    const std::size_t j = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n || j >= n)
        return;
    const std::size_t me = i * n + j;
    const bool edge = i == 0 || i == n - 1 || j == 0 || j == n - 1;
    out[me] = edge ? in[me] : 0.25F * ((in[me - n] + in[me + n]) + (in[me - 1] + in[me + 1]));
}

using Arrays = Fields<stencil2d::Input>;

void launch(const stencil2d::Input& in, Arrays& on)
{
    const std::size_t n = in.n;
    if (n == 0)
        return;
    const std::size_t width = n % 4 == 0 ? 4 : 1;
    const auto kernel = width == 4 ? sweep_kernel<4> : sweep_kernel<1>;
    const dim3 blocks(blocks_to_cover(n, kThreads * width), blocks_to_cover(n, kRows));
    enqueue_sweeps(kSweeps, on, [&](const float* from, float* to) {
        kernel<<<blocks, kThreads, 0, stream()>>>(n, from, to);
        check(cudaGetLastError());
    });
}

void launch_naive(const stencil2d::Input& in, Arrays& on)
{
    if (in.n == 0)
        return;
    const dim3 threads(32, 8),
        blocks(blocks_to_cover(in.n, threads.x), blocks_to_cover(in.n, threads.y));
    enqueue_sweeps(kSweeps, on, [&](const float* from, float* to) {
        naive_kernel<<<blocks, threads, 0, stream()>>>(in.n, from, to);
        check(cudaGetLastError());
    });
}

} // namespace

Trial stencil2d::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads<Input>, launch);
}

Trial stencil2d::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads<Input>, launch_naive);
}

} // namespace workspan
