// SPDX-License-Identifier: Apache-2.0
#include "gpu/lower_triangle.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/cholesky.hpp"

#include <cuda_pipeline.h>

namespace workspan {

namespace {

// Right-looking and in place, a panel of kSide columns at a time, by three kernels: the diagonal
// tile, the rows below it, and the trailing tiles on and below the diagonal. The order of the
// stream is their only synchronisation.
constexpr unsigned kSide = 64;     // of a tile and of a panel
constexpr unsigned kThreads = 256; // of a block
constexpr unsigned kPerRow = kThreads / kSide;

// One block, four threads per row of the diagonal tile that begins at (from, from); beyond n the
// identity pads it. The columns are eliminated one after the other and divided by the square roots
// of their diagonal at the end only: the critical path of a step is one division and one barrier.
__global__ void __launch_bounds__(kThreads)
    factor_kernel(std::size_t n, std::size_t from, double* l)
{
    __shared__ double tile[kSide][kSide + 1]; // padded: no bank conflicts within a column
    const unsigned row = threadIdx.x / kPerRow, part = threadIdx.x % kPerRow;
    const bool active = from + row < n;
    double* const to = l + (from + row) * n + from;
    // load
    for (unsigned c = part; c < kSide; c += kPerRow)
        tile[row][c] = active && from + c < n ? to[c] : row == c;
    // compute
    for (unsigned c = 0; c < kSide; ++c) {
        __syncthreads(); // column c is complete and no longer written
        const double factor = tile[row][c] / tile[c][c];
        for (unsigned d = c + 1 + part; d <= row; d += kPerRow)
            tile[row][d] -= factor * tile[d][c];
    }
    __syncthreads(); // all columns are complete
    // store
    for (unsigned c = part; c <= row; c += kPerRow)
        if (active)
            to[c] = c == row ? sqrt(tile[c][c]) : tile[row][c] / sqrt(tile[c][c]);
}

// Solves X L^T = B in place for the rows below the diagonal tile L at (from, from), which is whole.
// One block per kSide rows, four neighbouring threads per row, each with every fourth element of it
// in registers; the element of column c, once divided, is broadcast to all four.
__global__ void __launch_bounds__(kThreads) solve_kernel(std::size_t n, std::size_t from, double* l)
{
    __shared__ double tile[kSide][kSide + 1]; // of L, transposed: tile[c][d] is element (d, c)
    __shared__ double inverse[kSide];         // of the diagonal
    // load
    for (unsigned i = threadIdx.x; i < kSide * kSide; i += kThreads)
        tile[i % kSide][i / kSide] = l[(from + i / kSide) * n + from + i % kSide];
    __syncthreads(); // the tile is complete
    if (threadIdx.x < kSide)
        inverse[threadIdx.x] = 1 / tile[threadIdx.x][threadIdx.x];
    __syncthreads(); // the inverses are written

    const unsigned part = threadIdx.x % kPerRow;
    const std::size_t row = from + kSide + std::size_t(blockIdx.x) * kSide + threadIdx.x / kPerRow;
    double* const to = l + row * n + from + part;
    double x[kSide / kPerRow];
#pragma unroll
    for (unsigned t = 0; t < kSide / kPerRow; ++t) {
        x[t] = row < n ? to[t * kPerRow] : 0;
    }
    // compute
#pragma unroll
    for (unsigned c = 0; c < kSide; ++c) {
        const double xc = __shfl_sync(~0U, x[c / kPerRow] * inverse[c], c % kPerRow, kPerRow);
        if (part == c % kPerRow)
            x[c / kPerRow] = xc;
        if (part > c % kPerRow)
            x[c / kPerRow] -= xc * tile[c][c / kPerRow * kPerRow + part];
#pragma unroll
        for (unsigned t = c / kPerRow + 1; t < kSide / kPerRow; ++t)
            x[t] -= xc * tile[c][t * kPerRow + part];
    }
    // store
    if (row < n)
#pragma unroll
        for (unsigned t = 0; t < kSide / kPerRow; ++t)
            to[t * kPerRow] = x[t];
}

// The trailing tiles: the product of two strips of a panel is made kDepth columns at a time.
//
//      from      from + kSide               block tile   64 x 64
//       +-----+-----+-----+                 warp tile    16 x 32 of it
//       | L11 |     |     |                 lane tile    4 x 4 of that: rows 4 apart,
//       +-----+-----+-----+                              columns 8 apart
//       |  b  | ... |     |
//       +-----+-----+-----+                 tile -= a b^T; blocks above the diagonal
//       |  a  | tile| ... |                 return at once
//       +-----+-----+-----+
//        panel
constexpr unsigned kDepth = 16;
constexpr unsigned kStride = kDepth + 2; // 16 bytes after a row: no bank conflicts between 8 rows
constexpr unsigned kLaneRows = 4, kLaneColumns = 8; // the lanes of a warp in its tile
constexpr unsigned kEach = 4, kWarpRows = kLaneRows * kEach, kWarpColumns = kLaneColumns * kEach;
constexpr unsigned kWarpsAcross = kSide / kWarpColumns;
static_assert(kSide / kWarpRows * kWarpsAcross * 32 == kThreads);

// Starts the copy of kDepth columns, from `column` on, of the kSide rows from `row` on to shared
// memory; rows beyond n are zeros. kWidth doubles at a time: 2, or 1 if n is odd, since rows are
// then not aligned to 16 bytes.
template <unsigned kWidth> __device__ void start_copy(double* to, const double* l, std::size_t n,
                                                      std::size_t row, std::size_t column)
{
    constexpr unsigned across = kDepth / kWidth;
#pragma unroll
    for (unsigned i = 0; i < kSide * across; i += kThreads) {
        const unsigned r = (i + threadIdx.x) / across, c = (i + threadIdx.x) % across * kWidth;
        double* const there = to + r * kStride + c;
        if (row + r < n)
            __pipeline_memcpy_async(there, l + (row + r) * n + column + c, kWidth * sizeof(double));
        else
            for (unsigned k = 0; k < kWidth; ++k)
                there[k] = 0;
    }
}

// The double-buffered loop over a panel. fetch(k, half) starts and commits the asynchronous copies
// of the kDepth columns from k on, into that half of the shared memory; multiply(half) uses them.
// The next ones are in flight while these are multiplied. All threads of the block call it.
template <class Fetch, class Multiply>
__device__ void for_each_strip(Fetch fetch, Multiply multiply)
{
    unsigned half = 0;
    fetch(0, half);
    for (unsigned k = 0; k < kSide; k += kDepth, half ^= 1) {
        __pipeline_wait_prior(0); // the copies of this thread have arrived,
        __syncthreads();          // and those of the block; no thread reads the other half any more
        if (k + kDepth < kSide)
            fetch(k + kDepth, half ^ 1);
        multiply(half);
    }
}

// sum += the product of kDepth columns; a and b point to the lane's first row of either strip.
__device__ void multiply(const double* a, const double* b, double (&sum)[kEach][kEach])
{
#pragma unroll
    for (unsigned k = 0; k < kDepth; k += 2) {
        double2 left[kEach], right[kEach];
        for (unsigned i = 0; i < kEach; ++i) {
            left[i] = *reinterpret_cast<const double2*>(a + i * kLaneRows * kStride + k);
            right[i] = *reinterpret_cast<const double2*>(b + i * kLaneColumns * kStride + k);
        }
        for (unsigned i = 0; i < kEach; ++i)
            for (unsigned j = 0; j < kEach; ++j)
                sum[i][j] += left[i].x * right[j].x + left[i].y * right[j].y;
    }
}

// One block per tile to the right of the panel that begins at `from`: L[i][j] -= sum over the panel
// of L[i][k] L[j][k], for i >= j.
template <unsigned kWidth> __global__ void __launch_bounds__(kThreads, 2)
    subtract_kernel(std::size_t n, std::size_t from, double* l)
{
    if (blockIdx.x > blockIdx.y)
        return;
    __shared__ alignas(16) double a[2][kSide * kStride], b[2][kSide * kStride]; // double-buffered
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const unsigned my_row = warp / kWarpsAcross * kWarpRows + lane / kLaneColumns;
    const unsigned my_column = warp % kWarpsAcross * kWarpColumns + lane % kLaneColumns;
    const std::size_t row = from + kSide + std::size_t(blockIdx.y) * kSide,
                      column = from + kSide + std::size_t(blockIdx.x) * kSide;

    // load
    const auto fetch = [&](unsigned k, unsigned half) {
        start_copy<kWidth>(a[half], l, n, row, from + k);
        start_copy<kWidth>(b[half], l, n, column, from + k);
        __pipeline_commit();
    };

    // compute
    double sum[kEach][kEach] = {};
    for_each_strip(fetch, [&](unsigned half) {
        multiply(a[half] + my_row * kStride, b[half] + my_column * kStride, sum);
    });

    // store
#pragma unroll
    for (unsigned i = 0; i < kEach; ++i)
#pragma unroll
        for (unsigned j = 0; j < kEach; ++j) {
            const std::size_t r = row + my_row + i * kLaneRows,
                              c = column + my_column + j * kLaneColumns;
            if (r < n && c <= r)
                l[r * n + c] -= sum[i][j];
        }
}

struct Arrays {
    explicit Arrays(const cholesky::Input& in) : a(in.a.size()), out(in.a.size()) {}
    DeviceArray<double> a, out;
};

Uploads uploads(const cholesky::Input& in, Arrays& on) { return {{on.a, in.a}}; }

void launch(const cholesky::Input& in, Arrays& on)
{
    const std::size_t n = in.n;
    double* const l = on.out.data();
    const auto subtract = n % 2 == 0 ? subtract_kernel<2> : subtract_kernel<1>;
    if (n > 0)
        copy_lower_triangle(n, on.a.data(), l);
    for (std::size_t from = 0; from < n; from += kSide) {
        factor_kernel<<<1, kThreads, 0, stream()>>>(n, from, l);
        check(cudaGetLastError());
        if (from + kSide >= n)
            break;
        const auto tiles = static_cast<unsigned>((n - from - 1) / kSide); // below the diagonal one
        solve_kernel<<<tiles, kThreads, 0, stream()>>>(n, from, l);
        check(cudaGetLastError());
        subtract<<<dim3(tiles, tiles), kThreads, 0, stream()>>>(n, from, l);
        check(cudaGetLastError());
    }
}

} // namespace

Trial cholesky::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
