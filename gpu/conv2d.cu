// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/conv2d.hpp"

namespace workspan {

namespace {

using conv2d::kHalo, conv2d::kSide;

constexpr unsigned kLanes = 32, kWarps = 2, kThreads = kLanes * kWarps;
constexpr unsigned kBlocksPerMultiprocessor = 6; // leaves registers for the rows in flight
constexpr unsigned kAcross = 4;                  // outputs of a lane in a row
constexpr unsigned kColumns = kLanes * kAcross;  // of a strip, the work of a warp
// Columns of the ring before and after the strip's: the halo, and one more, so that float4 are
// aligned.
constexpr unsigned kMargin = 4;
constexpr unsigned kRingColumns = kColumns + 2 * kMargin;
// Rows of a band. With 7, strips of 3, 12 and 49 bands give the warps of 132 SMs 98, 98 and 97 % of
// the outputs that they could compute meanwhile, if n is 2048, 4096 and 8192; with 8 it is 86, 94
// and 96 %.
constexpr unsigned kBand = 7, kStages = 2, kRingRows = kStages * kBand;
constexpr unsigned kReach = kSide - 1; // rows that a band shares with the one above
static_assert(kReach <= kBand && kAcross == kMargin);

// Rows of the image on their way to a ring, in the registers of a warp: each lane has four columns
// of every row, and two lanes have the margins of a row. kWidth floats at a time: 4, or 1 if n is
// not a multiple of 4, since rows are then not aligned to 16 bytes. Zeros outside the image.
template <unsigned kWidth, unsigned kRows> struct Rows {
    float4 strip[kRows], margin;

    // Before the image, x and y wrap around to more than n.
    __device__ static float4 load_four(const float* from, unsigned n, unsigned y, unsigned x)
    {
        if constexpr (kWidth == 4)
            return y < n && x < n ? *reinterpret_cast<const float4*>(from) : float4{};
        const auto one = [&](unsigned k) { return y < n && x + k < n ? from[k] : 0; };
        return {one(0), one(1), one(2), one(3)};
    }
    __device__ void load(const float* __restrict__ image, unsigned n, unsigned y, unsigned column)
    {
        const unsigned x = column + threadIdx.x % kLanes * kAcross;
        const float* from = image + std::ptrdiff_t(static_cast<int>(y)) * n + x;
#pragma unroll
        for (unsigned r = 0; r < kRows; ++r, from += n)
            strip[r] = load_four(from, n, y + r, x);
        const unsigned r = threadIdx.x % kLanes / 2,
                       side = column - kMargin + threadIdx.x % 2 * (kMargin + kColumns);
        from = image + std::ptrdiff_t(static_cast<int>(y + r)) * n + side;
        margin = load_four(from, r < kRows ? n : 0, y + r, side);
    }
    __device__ void store(float* to) const
    {
        float* const mine = to + kMargin + threadIdx.x % kLanes * kAcross;
#pragma unroll
        for (unsigned r = 0; r < kRows; ++r)
            *reinterpret_cast<float4*>(mine + r * kRingColumns) = strip[r];
        const unsigned r = threadIdx.x % kLanes / 2, side = threadIdx.x % 2 * (kMargin + kColumns);
        if (r < kRows)
            *reinterpret_cast<float4*>(to + r * kRingColumns + side) = margin;
    }
};

// sum[r][c] += the products of one row of the ring with the taps, for all rows r of outputs that it
// contributes to.
template <unsigned kDown> __device__ void add_row(const conv2d::Taps& taps, const float* from,
                                                  unsigned row, float (&sum)[kDown][kAcross])
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

// The same of all rows in both stages of the ring.
template <unsigned kDown> __device__ void add_band(const conv2d::Taps& taps, const float* above,
                                                   const float* here, float (&sum)[kDown][kAcross])
{
#pragma unroll
    for (unsigned r = 0; r < kReach; ++r)
        add_row(taps, above + (kBand - kReach + r) * kRingColumns, r, sum);
#pragma unroll
    for (unsigned r = 0; r < kDown; ++r)
        add_row(taps, here + r * kRingColumns, kReach + r, sum);
}

template <unsigned kWidth, unsigned kDown> __device__ void
store(const float (&sum)[kDown][kAcross], unsigned n, unsigned y, unsigned x, float* out)
{
    float* to = out + std::size_t(y) * n + x;
#pragma unroll
    for (unsigned r = 0; r < kDown; ++r, to += n)
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

// One warp per strip of 128 columns and `bands` bands of kDown rows, one lane per 4 columns. A warp
// marches down its strip and waits for no other. Its ring in shared memory has two stages of kBand
// rows, which swap after each band:
//
//     above    . r r r r r r      the kReach rows above the band's last kDown ones
//     here     r r r r r r r      the last kDown rows that the band needs
//
// so that each row is loaded once a strip; those of the next band are in flight to registers while
// a band is computed. A lane reads each row that its outputs need once, as three float4, and uses
// it for up to 196 multiply-adds. The taps are a kernel parameter, hence operands in constant
// memory. With kDown < kBand there is one band.
template <unsigned kWidth, unsigned kDown>
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    conv2d_kernel(unsigned n, unsigned bands, const __grid_constant__ conv2d::Taps taps,
                  const float* __restrict__ image, float* __restrict__ out)
{
    __shared__ alignas(16) float rings[kWarps][kRingRows * kRingColumns];
    float *above = rings[threadIdx.x / kLanes], *here = above + kBand * kRingColumns; // stages
    const unsigned column = (blockIdx.x * kWarps + threadIdx.x / kLanes) * kColumns,
                   lane_column = threadIdx.x % kLanes * kAcross;
    unsigned y = blockIdx.y * bands * kDown;
    if (column >= n)
        return;
    // load the first band
    Rows<kWidth, kReach> reach;
    Rows<kWidth, kDown> rows;
    reach.load(image, n, y - kHalo, column);
    rows.load(image, n, y + kHalo, column);
    reach.store(above + (kBand - kReach) * kRingColumns);
    rows.store(here);
    const unsigned end = std::min(n, y + bands * kDown);
    for (; y < end; y += kDown) {
        // load the next band
        if (y + kDown < end)
            rows.load(image, n, y + kDown + kHalo, column);
        __syncwarp(); // this band is complete

        // compute
        float sum[kDown][kAcross] = {};
        add_band(taps, above + lane_column, here + lane_column, sum);

        // store
        store<kWidth>(sum, n, y, column + lane_column, out);
        __syncwarp(); // the stage above is used up before it is overwritten
        std::swap(above, here);
        rows.store(here);
    }
}

struct Arrays {
    explicit Arrays(const conv2d::Input& in) : image(in.image.size()), out(in.image.size()) {}
    DeviceArray<float> image, out;
};

Uploads uploads(const conv2d::Input& in, Arrays& on) { return {{on.image, in.image}}; }

template <unsigned kDown> void launch_bands(const conv2d::Input& in, Arrays& on, std::size_t bands)
{
    const auto n = static_cast<unsigned>(in.n);
    const dim3 blocks(blocks_to_cover(n, kWarps * kColumns), blocks_to_cover(n, bands * kDown));
    const auto kernel = n % 4 == 0 ? conv2d_kernel<4, kDown> : conv2d_kernel<1, kDown>;
    kernel<<<blocks, kThreads, 0, stream()>>>(n, static_cast<unsigned>(bands), in.taps,
                                              on.image.data(), on.out.data());
    check(cudaGetLastError());
}

// Strips just long enough for all warps to be resident at once (but for GPUs with less than 90 KiB
// of shared memory): few blocks of a second wave would leave most of the GPU idle. Bands of 2 rows
// if one a warp is enough.
void launch(const conv2d::Input& in, Arrays& on)
{
    if (in.n == 0)
        return;
    const std::size_t resident_blocks = std::size_t(multiprocessors()) * kBlocksPerMultiprocessor,
                      across = ceil_div(in.n, std::size_t(kWarps * kColumns)),
                      rows = ceil_div(in.n, std::max<std::size_t>(resident_blocks / across, 1));
    if (rows <= 2)
        launch_bands<2>(in, on, 1);
    else
        launch_bands<kBand>(in, on, ceil_div(rows, std::size_t(kBand)));
}

} // namespace

Trial conv2d::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
