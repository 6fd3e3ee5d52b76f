// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/stencil2d.hpp"

namespace workspan {

namespace {

using stencil2d::kSweeps;

constexpr unsigned kThreads = 128, kWarps = kThreads / 32, kBlocksPerMultiprocessor = 8;
constexpr unsigned kRows =
    32; // that a warp rolls down; it reads two more, which the warps above and below read too
constexpr unsigned kBatch = 4; // rows on their way at once
static_assert(kRows % kBatch == 0);

// kWidth neighbouring cells of a row, which one thread loads and stores at once.
template <unsigned kWidth> struct alignas(kWidth * sizeof(float)) Cells {
    float cell[kWidth];
};

template <unsigned kWidth> __device__ Cells<kWidth> load(const float* from)
{
    return *reinterpret_cast<const Cells<kWidth>*>(from);
}

// One warp per strip of 32 * kWidth columns and kRows rows, one thread per kWidth columns. A thread
// keeps three rows of its columns in registers, above, here and below, and rolls down; the cell to
// the left of its own is the last one of the lane before, the cell to the right the first one of
// the next lane, and only the first and the last lane read them from memory. Each step loads kBatch
// rows before it needs the first of them, since it is the number of bytes on their way that makes
// the bandwidth. n is a multiple of kWidth.
template <unsigned kWidth>
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    sweep_kernel(std::size_t n, const float* __restrict__ in, float* __restrict__ out)
{
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::size_t column = ((std::size_t(blockIdx.x) * kWarps + warp) * 32 + lane) * kWidth;
    const std::size_t row = std::size_t(blockIdx.y) * kRows,
                      row_end = row + kRows < n ? row + kRows : n;
    const bool mine =
        column < n; // the others keep their warp whole, for the exchange between lanes

    Cells<kWidth> above = {}, here = {}, below[kBatch] = {};
    if (mine && row > 0)
        above = load<kWidth>(in + (row - 1) * n + column);
    if (mine)
        here = load<kWidth>(in + row * n + column);
    for (std::size_t first = row; first < row_end; first += kBatch) {
        float before[kBatch] = {}, after[kBatch] = {};
#pragma unroll
        for (unsigned k = 0; k < kBatch; ++k) {
            const std::size_t i = first + k;
            if (mine && i + 1 < n && i < row_end)
                below[k] = load<kWidth>(in + (i + 1) * n + column);
            if (mine && i < row_end && lane == 0 && column > 0)
                before[k] = in[i * n + column - 1];
            if (mine && i < row_end && lane == 31 && column + kWidth < n)
                after[k] = in[i * n + column + kWidth];
        }
#pragma unroll
        for (unsigned k = 0; k < kBatch; ++k) {
            const std::size_t i = first + k;
            const float from_left = __shfl_up_sync(~0U, here.cell[kWidth - 1], 1);
            const float from_right = __shfl_down_sync(~0U, here.cell[0], 1);
            const float left = lane == 0 ? before[k] : from_left,
                        right = lane == 31 ? after[k] : from_right;
            Cells<kWidth> next;
#pragma unroll
            for (unsigned c = 0; c < kWidth; ++c) {
                const float west = c == 0 ? left : here.cell[c - 1],
                            east = c == kWidth - 1 ? right : here.cell[c + 1];
                const bool stays = i == 0 || i == n - 1 || column + c == 0 || column + c == n - 1;
                next.cell[c] = stays ? here.cell[c]
                                     : 0.25F * ((above.cell[c] + below[k].cell[c]) + (west + east));
            }
            if (mine && i < row_end)
                *reinterpret_cast<Cells<kWidth>*>(out + i * n + column) = next;
            above = here;
            here = below[k];
        }
    }
}

struct Arrays {
    explicit Arrays(const stencil2d::Input& in)
        : in(in.field.size()), scratch(in.field.size()), out(in.field.size())
    {
    }
    DeviceArray<float> in, scratch, out;
};

Uploads uploads(const stencil2d::Input& in, Arrays& on) { return {{on.in, in.field}}; }

// One kernel a sweep: the next one begins when all of this one is in memory. Sweeps alternate
// between scratch and output.
void launch(const stencil2d::Input& in, Arrays& on)
{
    const std::size_t n = in.n;
    if (n == 0)
        return;
    const std::size_t width = n % 4 == 0 ? 4 : 1, strip = kThreads * width;
    const dim3 blocks(static_cast<unsigned>((n + strip - 1) / strip),
                      static_cast<unsigned>((n + kRows - 1) / kRows));
    for (std::size_t s = 0; s < kSweeps; ++s) {
        const float* const from = s == 0       ? on.in.data()
                                  : s % 2 == 0 ? on.out.data()
                                               : on.scratch.data();
        float* const to = s % 2 == 0 ? on.scratch.data() : on.out.data();
        (width == 4 ? sweep_kernel<4> : sweep_kernel<1>)<<<blocks, kThreads, 0, stream()>>>(n, from,
                                                                                            to);
        check(cudaGetLastError());
    }
}

} // namespace

Trial stencil2d::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
