// SPDX-License-Identifier: Apache-2.0
#include "gpu/stencil.cuh"
#include "harness/contracts/stencil3d.hpp"

namespace workspan {

namespace {

using stencil3d::kSweeps;

constexpr unsigned kRows = 8, kThreads = 32 * kRows, kBlocksPerMultiprocessor = 4;
constexpr unsigned kPlanes = 64; // of a block at most; two more are read, before and after them

// 2.5-D blocking (Micikevicius 2009): a block's tile sweeps through the planes z of the field.
//
//        z - 1      z      z + 1    z + 2             plane z: one warp per row, in shared memory
//       behind    here     ahead    after
//      +------+ +------+ +------+ +------+            global        above of warp 0
//      |      | |      | |      | |      |           +-------------------------------+
//      |      | |######| |      | |      |    global | warp 0:  lane 0 ... lane 31   | global
//      |      | |      | |      | |      |    left   | ...                           | right
//      +------+ +------+ +------+ +------+           | warp 7                        |
//      register  shared  register in flight          +-------------------------------+
//      --------------------------------> z            global        below of warp 7

// The neighbours of a cell in its plane.
template <unsigned kWidth> struct InPlane {
    Cells<kWidth> above = {}, below = {};
    Sides sides = {};
};

// Loads those outside the block's tile, if the thread is active; `centre` points to its first cell,
// (x, y) of the plane.
template <unsigned kWidth> __device__ InPlane<kWidth>
load_halo_of_tile(bool active, const float* centre, std::size_t x, std::size_t y, std::size_t n)
{
    const unsigned warp = threadIdx.x / 32;
    InPlane<kWidth> halo;
    if (active && warp == 0 && y > 0)
        halo.above = load<kWidth>(centre - n);
    if (active && warp == kRows - 1 && y + 1 < n)
        halo.below = load<kWidth>(centre + n);
    halo.sides = load_halo<kWidth>(active, centre, x, n);
    return halo;
}

// Replaces the halo by the cells of the neighbouring warps and lanes, except at the tile's edge.
template <unsigned kWidth> __device__ void
exchange(Cells<kWidth> (&rows)[kRows][32], const Cells<kWidth>& here, InPlane<kWidth>& neighbours)
{
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    rows[warp][lane] = here;
    __syncthreads(); // all rows of this plane are written
    if (warp > 0)
        neighbours.above = rows[warp - 1][lane];
    if (warp < kRows - 1)
        neighbours.below = rows[warp + 1][lane];
    neighbours.sides = exchange_sides(here, neighbours.sides);
}

// One block per tile of kRows rows and 32 * kWidth columns, one warp per row, one thread per kWidth
// columns, for `planes` planes. A thread keeps its columns of three planes in registers and has a
// fourth in flight. n is a multiple of kWidth.
template <unsigned kWidth>
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    sweep_kernel(std::size_t n, std::size_t planes, const float* __restrict__ in,
                 float* __restrict__ out)
{
    __shared__ Cells<kWidth> tile[2][kRows][32];
    const std::size_t x = (std::size_t(blockIdx.x) * 32 + threadIdx.x % 32) * kWidth,
                      y = std::size_t(blockIdx.y) * kRows + threadIdx.x / 32;
    const std::size_t first = blockIdx.z * planes, last = first + planes < n ? first + planes : n;
    const bool active = x < n && y < n; // the others take part in shuffles and barriers only
    const std::size_t plane = n * n, me = y * n + x;
    const auto fetch = [&](std::size_t z) {
        return active && z < n ? load<kWidth>(in + z * plane + me) : Cells<kWidth>{};
    };

    Cells<kWidth> behind = first > 0 ? fetch(first - 1) : Cells<kWidth>{}, here = fetch(first),
                  ahead = fetch(first + 1);
    for (std::size_t z = first; z < last; ++z) {
        // load
        const Cells<kWidth> after = fetch(z + 2);
        InPlane<kWidth> by = load_halo_of_tile<kWidth>(active, in + z * plane + me, x, y, n);
        exchange(tile[z % 2], here, by); // two tiles in turn: one barrier a plane is enough
        // compute
        Cells<kWidth> next;
#pragma unroll
        for (unsigned c = 0; c < kWidth; ++c) {
            const float sum =
                ((behind.cell[c] + ahead.cell[c]) + (by.above.cell[c] + by.below.cell[c])) +
                sum_beside(here, c, by.sides);
            next.cell[c] = 0.25F * here.cell[c] + 0.125F * sum;
        }
        const bool row_on_edge = z == 0 || z == n - 1 || y == 0 || y == n - 1;
        // store
        if (active)
            store(out + z * plane + me, keep_edge(next, here, row_on_edge, x, n));
        behind = here;
        here = ahead;
        ahead = after;
    }
}

using Arrays = Fields<stencil3d::Input>;

// A block sweeps through fewer planes if there would be too few blocks to keep every SM busy.
std::size_t planes_of_block(std::size_t n, std::size_t tiles)
{
    std::size_t planes = kPlanes;
    while (planes > 4 &&
           tiles * ceil_div(n, planes) < 2 * kBlocksPerMultiprocessor * multiprocessors())
        planes /= 2;
    return planes;
}

void launch(const stencil3d::Input& in, Arrays& on)
{
    const std::size_t n = in.n;
    if (n == 0)
        return;
    const std::size_t width = n % 4 == 0 ? 4 : 1;
    const auto kernel = width == 4 ? sweep_kernel<4> : sweep_kernel<1>;
    const unsigned across = blocks_to_cover(n, 32 * width), down = blocks_to_cover(n, kRows);
    const std::size_t planes = planes_of_block(n, std::size_t(across) * down);
    const dim3 blocks(across, down, blocks_to_cover(n, planes));
    enqueue_sweeps(kSweeps, on, [&](const float* from, float* to) {
        kernel<<<blocks, kThreads, 0, stream()>>>(n, planes, from, to);
        check(cudaGetLastError());
    });
}

} // namespace

Trial stencil3d::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads<Input>, launch);
}

} // namespace workspan
