// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/conv2d.hpp"

namespace workspan {

namespace {

using conv2d::kHalo, conv2d::kSide;

constexpr unsigned kLanes = 32, kWarps = 4, kThreads = kLanes * kWarps;
constexpr unsigned kAcross = 4, kDown = 8;                              // outputs of a thread
constexpr unsigned kColumns = kLanes * kAcross, kRows = kWarps * kDown; // outputs of a block
constexpr unsigned kMargin = 4; // columns of the tile before and after the block's: the halo, and one more, so that fours stay aligned
constexpr unsigned kTileColumns = kColumns + 2 * kMargin, kTileRows = kRows + kSide - 1;

// Fills the tile: rows from `row` - kHalo, columns from `column` - kMargin on, zeros outside the image. kWidth floats at a time: 4, or 1
// where n is no multiple of 4, so that rows are not aligned to 16 bytes. A group of four is inside or outside as a whole.
template <unsigned kWidth>
__device__ void fill(float* tile, const float* __restrict__ image, std::size_t n, std::size_t row, std::size_t column)
{
    constexpr unsigned groups = kTileColumns / kWidth;
    for (unsigned i = threadIdx.x; i < kTileRows * groups; i += kThreads) {
        const unsigned r = i / groups, c = i % groups * kWidth;
        const std::size_t y = row + r - kHalo, x = column + c - kMargin; // before the image they wrap around to more than n
        float* const to = tile + r * kTileColumns + c;
        if constexpr (kWidth == 4)
            *reinterpret_cast<float4*>(to) = y < n && x < n ? *reinterpret_cast<const float4*>(image + y * n + x) : float4{};
        else
            *to = y < n && x < n ? image[y * n + x] : 0;
    }
}

// sum[r][c] += the products of one row of the tile with the taps, for all rows r of outputs that it belongs to.
__device__ void add_row(const conv2d::Taps& taps, const float* from, unsigned row, float (&sum)[kDown][kAcross])
{
    float pixels[3 * kAcross];
#pragma unroll
    for (unsigned k = 0; k < 3; ++k)
        *reinterpret_cast<float4*>(pixels + k * kAcross) = *reinterpret_cast<const float4*>(from + k * kAcross);
#pragma unroll
    for (unsigned j = 0; j < kSide; ++j)
        if (row >= j && row - j < kDown)
#pragma unroll
            for (unsigned i = 0; i < kSide; ++i)
#pragma unroll
                for (unsigned c = 0; c < kAcross; ++c)
                    sum[row - j][c] += taps[j * kSide + i] * pixels[kMargin - kHalo + c + i];
}

// One block per tile of 32 x 128 outputs, one warp per 8 of its rows, one thread per 8 x 4 outputs. A thread reads each of the 14 rows that
// its outputs need once, as three groups of four pixels, and uses a row for up to 196 multiply-adds; taps are a parameter of the
// kernel, which lies in constant memory, so that a multiply-add takes its tap from there.
template <unsigned kWidth> __global__ void __launch_bounds__(kThreads)
    conv2d_kernel(std::size_t n, const __grid_constant__ conv2d::Taps taps, const float* __restrict__ image, float* __restrict__ out)
{
    __shared__ alignas(16) float tile[kTileRows * kTileColumns];
    const std::size_t row = std::size_t(blockIdx.y) * kRows, column = std::size_t(blockIdx.x) * kColumns;
    fill<kWidth>(tile, image, n, row, column);
    __syncthreads(); // the whole tile is there before anyone reads his neighbours' part

    const unsigned lane = threadIdx.x % kLanes, warp = threadIdx.x / kLanes;
    const float* const from =
        tile + warp * kDown * kTileColumns + lane * kAcross; // kHalo rows above the first output, kMargin columns before
    float sum[kDown][kAcross] = {};
#pragma unroll
    for (unsigned r = 0; r < kDown + kSide - 1; ++r)
        add_row(taps, from + r * kTileColumns, r, sum);

    const std::size_t y = row + warp * kDown, x = column + lane * kAcross;
#pragma unroll
    for (unsigned r = 0; r < kDown; ++r) {
        float* const to = out + (y + r) * n + x;
        if constexpr (kWidth == 4) {
            if (y + r < n && x < n)
                *reinterpret_cast<float4*>(to) = {sum[r][0], sum[r][1], sum[r][2], sum[r][3]};
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
    const dim3 blocks(static_cast<unsigned>((in.n + kColumns - 1) / kColumns), static_cast<unsigned>((in.n + kRows - 1) / kRows));
    const auto kernel = in.n % 4 == 0 ? conv2d_kernel<4> : conv2d_kernel<1>;
    kernel<<<blocks, kThreads, 0, stream()>>>(in.n, in.taps, on.image.data(), on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial conv2d::cuda(const Problem& p)
{
    require_device();
    return resident_trial<Arrays>(input(p), cost(p.n), check, uploads, launch);
}

Trial conv2d::cuda_e2e(const Problem& p)
{
    require_device();
    return e2e_trial<Arrays>(p, input(p), cost(p.n), check, uploads, launch);
}

} // namespace workspan
