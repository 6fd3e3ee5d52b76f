// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/stencil3d.hpp"

namespace workspan {

namespace {

using stencil3d::kSweeps;

constexpr unsigned kRows = 8, kThreads = 32 * kRows, kBlocksPerMultiprocessor = 4;
constexpr unsigned kPlanes = 64; // that a block rolls through at most; it reads two more

// kWidth neighbouring cells of a row, which one thread loads and stores at once.
template <unsigned kWidth> struct alignas(kWidth * sizeof(float)) Cells {
    float cell[kWidth];
};

template <unsigned kWidth> __device__ Cells<kWidth> load(const float* from)
{
    return *reinterpret_cast<const Cells<kWidth>*>(from);
}

// 2.5-D blocking (Micikevicius 2009): one block per tile of kRows rows and 32 * kWidth columns, one
// warp per row, one thread per kWidth columns, rolling through `planes` planes. A thread keeps its
// columns of three planes in registers, behind, here and ahead, and has the plane after those on
// its way. Of the plane in work, rows above and below come from shared memory, where every warp
// puts its own, and from global memory at the tile's first and last row; neighbouring columns come
// from the lanes beside, and from global memory at the first and the last lane. n is a multiple of
// kWidth.
template <unsigned kWidth>
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    sweep_kernel(std::size_t n, std::size_t planes, const float* __restrict__ in,
                 float* __restrict__ out)
{
    __shared__ Cells<kWidth> tile[2][kRows][32];
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::size_t x = (std::size_t(blockIdx.x) * 32 + lane) * kWidth,
                      y = std::size_t(blockIdx.y) * kRows + warp;
    const std::size_t first = blockIdx.z * planes, last = first + planes < n ? first + planes : n;
    const bool mine = x < n && y < n; // the others take part in what a warp and a block do together
    const std::size_t plane = n * n, me = y * n + x;
    const auto fetch = [&](std::size_t z) {
        return mine && z < n ? load<kWidth>(in + z * plane + me) : Cells<kWidth>{};
    };

    Cells<kWidth> behind = first > 0 ? fetch(first - 1) : Cells<kWidth>{}, here = fetch(first),
                  ahead = fetch(first + 1);
    for (std::size_t z = first; z < last; ++z) {
        const Cells<kWidth> after = fetch(z + 2);
        const float* const centre = in + z * plane + me;
        Cells<kWidth> above = {}, below = {};
        float left = 0, right = 0;
        if (mine && warp == 0 && y > 0)
            above = load<kWidth>(centre - n);
        if (mine && warp == kRows - 1 && y + 1 < n)
            below = load<kWidth>(centre + n);
        if (mine && lane == 0 && x > 0)
            left = centre[-1];
        if (mine && lane == 31 && x + kWidth < n)
            right = centre[kWidth];

        auto& rows = tile[z % 2]; // two in turn, so that one barrier a plane will do: who fills one
                                  // has passed the barrier of the other,
        rows[warp][lane] = here;  // and with it everybody's reads of the plane before that
        __syncthreads();          // all rows of this plane are there
        if (warp > 0)
            above = rows[warp - 1][lane];
        if (warp < kRows - 1)
            below = rows[warp + 1][lane];
        const float from_left = __shfl_up_sync(~0U, here.cell[kWidth - 1], 1),
                    from_right = __shfl_down_sync(~0U, here.cell[0], 1);
        left = lane == 0 ? left : from_left;
        right = lane == 31 ? right : from_right;

        Cells<kWidth> next;
#pragma unroll
        for (unsigned c = 0; c < kWidth; ++c) {
            const float west = c == 0 ? left : here.cell[c - 1],
                        east = c == kWidth - 1 ? right : here.cell[c + 1];
            const float around =
                ((behind.cell[c] + ahead.cell[c]) + (above.cell[c] + below.cell[c])) +
                (west + east);
            const bool stays =
                z == 0 || z == n - 1 || y == 0 || y == n - 1 || x + c == 0 || x + c == n - 1;
            next.cell[c] = stays ? here.cell[c] : 0.25F * here.cell[c] + 0.125F * around;
        }
        if (mine)
            *reinterpret_cast<Cells<kWidth>*>(out + z * plane + me) = next;
        behind = here;
        here = ahead;
        ahead = after;
    }
}

struct Arrays {
    explicit Arrays(const stencil3d::Input& in)
        : in(in.field.size()), scratch(in.field.size()), out(in.field.size())
    {
    }
    DeviceArray<float> in, scratch, out;
};

Uploads uploads(const stencil3d::Input& in, Arrays& on) { return {{on.in, in.field}}; }

// One kernel a sweep: the next one begins when all of this one is in memory. Sweeps alternate
// between scratch and output. Blocks roll through fewer planes where there would be too few blocks
// to keep every multiprocessor busy.
void launch(const stencil3d::Input& in, Arrays& on)
{
    const std::size_t n = in.n;
    if (n == 0)
        return;
    const std::size_t width = n % 4 == 0 ? 4 : 1, across = (n + 32 * width - 1) / (32 * width),
                      down = (n + kRows - 1) / kRows;
    std::size_t planes = kPlanes;
    while (planes > 4 && across * down * ((n + planes - 1) / planes) <
                             2 * kBlocksPerMultiprocessor * multiprocessors())
        planes /= 2;
    const dim3 blocks(static_cast<unsigned>(across), static_cast<unsigned>(down),
                      static_cast<unsigned>((n + planes - 1) / planes));
    for (std::size_t s = 0; s < kSweeps; ++s) {
        const float* const from = s == 0       ? on.in.data()
                                  : s % 2 == 0 ? on.out.data()
                                               : on.scratch.data();
        float* const to = s % 2 == 0 ? on.scratch.data() : on.out.data();
        (width == 4 ? sweep_kernel<4>
                    : sweep_kernel<1>)<<<blocks, kThreads, 0, stream()>>>(n, planes, from, to);
        check(cudaGetLastError());
    }
}

} // namespace

Trial stencil3d::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
