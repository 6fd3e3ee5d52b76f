// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/conv2d.hpp"

namespace workspan {

namespace {

using conv2d::kHalo, conv2d::kSide;

constexpr unsigned kLanes = 32, kWarps = 4, kThreads = kLanes * kWarps;
constexpr unsigned kBlocksPerMultiprocessor = 8; // leaves registers for all loads of a thread
constexpr unsigned kAcross = 4, kDown = 8;       // outputs of a thread
constexpr unsigned kColumns = kLanes * kAcross, kRows = kWarps * kDown; // outputs of a block
// Columns of the tile before and after the block's: the halo, and one more, so that float4 are
// aligned.
constexpr unsigned kMargin = 4;
constexpr unsigned kTileColumns = kColumns + 2 * kMargin, kTileRows = kRows + kSide - 1;

// Loads columns kFrom to kTo of the tile, whose first pixel is kHalo above `row` and kMargin before
// `column`; zeros outside the image. kWidth floats at a time: 4, or 1 if n is not a multiple of 4,
// since rows are then not aligned to 16 bytes. A group of four is inside or outside as a whole.
// The rows of a thread are a constant stride apart, so that an address is one addition; all loads
// are in flight before the first store.
template <unsigned kWidth, unsigned kFrom, unsigned kTo>
__device__ void load_tile(float* tile, const float* __restrict__ image, std::size_t n,
                          std::size_t row, std::size_t column)
{
    using Group = std::conditional_t<kWidth == 4, float4, float>;
    constexpr unsigned across = (kTo - kFrom) / kWidth, down = kThreads / across,
                       steps = ceil_div(kTileRows, down);
    const unsigned c = kFrom + threadIdx.x % across * kWidth, first = threadIdx.x / across;
    const std::size_t x = column + c - kMargin; // wraps around to more than n before the image
    // The rows of the tile inside the image.
    const unsigned begin = x >= n ? kTileRows : row == 0 ? kHalo : 0;
    const auto end = static_cast<unsigned>(std::min<std::size_t>(kTileRows, n + kHalo - row));
    std::size_t from = (row + first - kHalo) * n + x;
    // load
    Group groups[steps];
#pragma unroll
    for (unsigned k = 0; k < steps; ++k, from += down * n) {
        const unsigned r = first + k * down;
        groups[k] = begin <= r && r < end ? *reinterpret_cast<const Group*>(image + from) : Group{};
    }
    // store to shared memory
#pragma unroll
    for (unsigned k = 0; k < steps; ++k)
        if (const unsigned r = first + k * down;
            k + 1 < steps || r < kTileRows) // only the last step reaches beyond the tile
            *reinterpret_cast<Group*>(tile + r * kTileColumns + c) = groups[k];
}

// sum[r][c] += the products of one row of the tile with the taps, for all rows r of outputs that it
// contributes to.
__device__ void add_row(const conv2d::Taps& taps, const float* from, unsigned row,
                        float (&sum)[kDown][kAcross])
{
    float pixels[3 * kAcross];
#pragma unroll
    for (unsigned k = 0; k < 3; ++k)
        *reinterpret_cast<float4*>(pixels + k * kAcross) =
            *reinterpret_cast<const float4*>(from + k * kAcross);
#pragma unroll
    for (unsigned j = 0; j < kSide; ++j)
        if (row >= j && row - j < kDown)
#pragma unroll
            for (unsigned i = 0; i < kSide; ++i)
#pragma unroll
                for (unsigned c = 0; c < kAcross; ++c)
                    sum[row - j][c] += taps[j * kSide + i] * pixels[kMargin - kHalo + c + i];
}

// One block per tile of 32 x 128 outputs, one warp per 8 of its rows, one thread per 8 x 4 outputs.
// A thread reads each of the 14 rows that its outputs need once, as three float4, and uses a row
// for up to 196 multiply-adds. The taps are a kernel parameter, hence operands in constant memory.
template <unsigned kWidth>
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    conv2d_kernel(std::size_t n, const __grid_constant__ conv2d::Taps taps,
                  const float* __restrict__ image, float* __restrict__ out)
{
    __shared__ alignas(16) float tile[kTileRows * kTileColumns];
    const std::size_t row = std::size_t(blockIdx.y) * kRows,
                      column = std::size_t(blockIdx.x) * kColumns;
    // load: the columns of the outputs, then the few that remain, of many rows at once
    load_tile<kWidth, 0, kColumns>(tile, image, n, row, column);
    load_tile<kWidth, kColumns, kTileColumns>(tile, image, n, row, column);
    __syncthreads(); // the whole tile is written before it is read

    // compute
    const unsigned lane = threadIdx.x % kLanes, warp = threadIdx.x / kLanes;
    // kHalo rows above the first output, kMargin columns before it.
    const float* const from = tile + warp * kDown * kTileColumns + lane * kAcross;
    float sum[kDown][kAcross] = {};
#pragma unroll
    for (unsigned r = 0; r < kDown + kSide - 1; ++r)
        add_row(taps, from + r * kTileColumns, r, sum);

    // store
    const std::size_t y = row + warp * kDown, x = column + lane * kAcross;
#pragma unroll
    for (unsigned r = 0; r < kDown; ++r) {
        float* const to = out + (y + r) * n + x;
        if constexpr (kWidth == 4) {
            if (y + r < n && x < n) // an assignment compiles to 4-byte stores
                __stcg(reinterpret_cast<float4*>(to),
                       float4{sum[r][0], sum[r][1], sum[r][2], sum[r][3]});
        } else {
#pragma unroll
            for (unsigned c = 0; c < kAcross; ++c)
                if (y + r < n && x + c < n)
                    to[c] = sum[r][c];
        }
    }
}

struct Arrays {
    explicit Arrays(const conv2d::Input& in) : image(in.image.size()), out(in.image.size()) {}
    DeviceArray<float> image, out;
};

Uploads uploads(const conv2d::Input& in, Arrays& on) { return {{on.image, in.image}}; }

void launch(const conv2d::Input& in, Arrays& on)
{
    if (in.n == 0)
        return;
    const dim3 blocks(blocks_to_cover(in.n, kColumns), blocks_to_cover(in.n, kRows));
    const auto kernel = in.n % 4 == 0 ? conv2d_kernel<4> : conv2d_kernel<1>;
    kernel<<<blocks, kThreads, 0, stream()>>>(in.n, in.taps, on.image.data(), on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial conv2d::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
