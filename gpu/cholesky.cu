// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/cholesky.hpp"

#include <cuda_pipeline.h>

namespace workspan {

namespace {

// L begins as A's lower triangle and zeros, and is factored in place, a panel of kSide columns at a
// time, by three kernels: the diagonal tile, the rows below it, and the tiles to the right, of
// which only those on or below the diagonal are there. The order of the stream is all that they
// wait for.
constexpr unsigned kSide = 64;     // of a tile and of a panel
constexpr unsigned kThreads = 256; // of a block
constexpr unsigned kPerRow = kThreads / kSide;

// One block per row, the grid striding over the rows, one thread per element.
__global__ void __launch_bounds__(kThreads)
    copy_kernel(std::size_t n, const double* __restrict__ a, double* __restrict__ l)
{
    for (std::size_t i = blockIdx.x; i < n; i += gridDim.x)
        for (std::size_t j = threadIdx.x; j < n; j += kThreads)
            l[i * n + j] = j <= i ? a[i * n + j] : 0;
}

// One block, four threads per row of the diagonal tile that begins at (from, from); beyond n it is
// continued by the identity. Column after column is subtracted from those to its right without
// being divided by its root first, which is left to the end: a step then waits for one division and
// one barrier.
__global__ void __launch_bounds__(kThreads)
    factor_kernel(std::size_t n, std::size_t from, double* l)
{
    __shared__ double
        tile[kSide][kSide + 1]; // a row longer, so that the rows of a column lie in different banks
    const unsigned row = threadIdx.x / kPerRow, part = threadIdx.x % kPerRow;
    const bool mine = from + row < n;
    double* const to = l + (from + row) * n + from;
    for (unsigned c = part; c < kSide; c += kPerRow)
        tile[row][c] = mine && from + c < n ? to[c] : row == c;
    for (unsigned c = 0; c < kSide; ++c) {
        __syncthreads(); // column c is complete; after this nobody writes to it
        const double factor = tile[row][c] / tile[c][c];
        for (unsigned d = c + 1 + part; d <= row; d += kPerRow)
            tile[row][d] -= factor * tile[d][c];
    }
    __syncthreads(); // all columns are complete
    for (unsigned c = part; c <= row; c += kPerRow)
        if (mine)
            to[c] = c == row ? sqrt(tile[c][c]) : tile[row][c] / sqrt(tile[c][c]);
}

// X such that X L^T is what stood there, L the diagonal tile at (from, from), which is whole: there
// are rows below it. One block per kSide rows, four neighbouring threads per row, each with every
// fourth element of it in registers; the row's element of column c, once divided, goes to all four.
__global__ void __launch_bounds__(kThreads) solve_kernel(std::size_t n, std::size_t from, double* l)
{
    __shared__ double tile[kSide][kSide + 1]; // of L, transposed: tile[c][d] is element (d, c)
    __shared__ double inverse[kSide];         // of the diagonal
    for (unsigned i = threadIdx.x; i < kSide * kSide; i += kThreads)
        tile[i % kSide][i / kSide] = l[(from + i / kSide) * n + from + i % kSide];
    __syncthreads(); // the tile is there
    if (threadIdx.x < kSide)
        inverse[threadIdx.x] = 1 / tile[threadIdx.x][threadIdx.x];
    __syncthreads(); // and so are the inverses

    const unsigned part = threadIdx.x % kPerRow;
    const std::size_t row = from + kSide + std::size_t(blockIdx.x) * kSide + threadIdx.x / kPerRow;
    double* const mine = l + row * n + from + part;
    double x[kSide / kPerRow];
#pragma unroll
    for (unsigned t = 0; t < kSide / kPerRow; ++t)
        x[t] = row < n ? mine[t * kPerRow] : 0;
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
    if (row < n)
#pragma unroll
        for (unsigned t = 0; t < kSide / kPerRow; ++t)
            mine[t * kPerRow] = x[t];
}

// The product of two strips of a panel is made kDepth columns at a time. A warp makes 16 x 32 of a
// tile, its lanes 4 x 8, each 4 x 4.
constexpr unsigned kDepth = 16, kStride = kDepth + 2; // 16 bytes after a row: eight lanes that read
                                                      // eight rows then meet no bank twice
constexpr unsigned kLaneRows = 4, kLaneColumns = 8, kEach = 4, kWarpRows = kLaneRows * kEach,
                   kWarpColumns = kLaneColumns * kEach;
constexpr unsigned kWarpsAcross = kSide / kWarpColumns;
static_assert(kSide / kWarpRows * kWarpsAcross * 32 == kThreads);

// Starts to copy kDepth columns, from `column` on, of the kSide rows from `row` on to shared
// memory; zeros for rows beyond n. kWidth doubles at a time: 2, or 1 where n is odd, so that rows
// are not aligned to 16 bytes.
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

// One block per tile right of the panel that begins at `from`: L[i][j] -= sum over the panel of
// L[i][k] L[j][k], for i >= j; blocks above the diagonal have nothing to do.
template <unsigned kWidth> __global__ void __launch_bounds__(kThreads, 2)
    subtract_kernel(std::size_t n, std::size_t from, double* l)
{
    if (blockIdx.x > blockIdx.y)
        return;
    __shared__ alignas(16) double a[2][kSide * kStride],
        b[2][kSide * kStride]; // two of each: one is filled while the other is used
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const unsigned my_row = warp / kWarpsAcross * kWarpRows + lane / kLaneColumns;
    const unsigned my_column = warp % kWarpsAcross * kWarpColumns + lane % kLaneColumns;
    const std::size_t row = from + kSide + std::size_t(blockIdx.y) * kSide,
                      column = from + kSide + std::size_t(blockIdx.x) * kSide;

    const auto fetch = [&](unsigned k, unsigned half) {
        start_copy<kWidth>(a[half], l, n, row, from + k);
        start_copy<kWidth>(b[half], l, n, column, from + k);
        __pipeline_commit();
    };
    double sum[kEach][kEach] = {};
    unsigned half = 0;
    fetch(0, half);
    for (unsigned k = 0; k < kSide; k += kDepth, half ^= 1) {
        __pipeline_wait_prior(0); // this thread's copies have arrived,
        __syncthreads(); // then everybody's, and everybody has done with the other half, which is
                         // filled next
        if (k + kDepth < kSide)
            fetch(k + kDepth, half ^ 1);
        multiply(a[half] + my_row * kStride, b[half] + my_column * kStride, sum);
    }
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
    if (n > 0) {
        copy_kernel<<<static_cast<unsigned>(std::min<std::size_t>(n, 65535)), kThreads, 0,
                      stream()>>>(n, on.a.data(), l);
        check(cudaGetLastError());
    }
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
