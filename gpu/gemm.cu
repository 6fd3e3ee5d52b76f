// SPDX-License-Identifier: Apache-2.0
#include "gpu/tiled_product.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/gemm.hpp"

namespace workspan {

namespace {

// C = A B. A block makes a tile of C from strips of A and B, kDepth of the inner dimension at a
// time, both double-buffered in shared memory; the next strips are in flight meanwhile.
//
//                     B      kColumns
//                         +--+-------+--+
//                         |  | strip |  |  kDepth rows
//                         +--+-------+--+
//      A   kDepth         C      |
//         +--+---+--+     +--+---v---+--+       block tile   128 x 128 or 64 x 64
//   kRows |  | s |  | --> |  | block |  |       warp tile    4 kEach x 8 kEach of it
//         |  |   |  |     |  | tile  |  |       lane tile    kEach x kEach of that
//         +--+---+--+     +--+-------+--+
//
// The rows of a lane lie 4 apart, its columns in runs of 4 (one float4), 32 apart. The first 4 rows
// and 32 columns of a warp tile belong to these lanes:
//
//     columns   0..3   4..7  8..11   ...  28..31
//     row 0     L 0    L 2    L 4    ...   L14     Adjacent lanes (0, 1) read the same of B,
//     row 1     L 1    L 3    L 5    ...   L15     lanes two apart (0, 2) the same of A: so the
//     row 2     L16    L18    L20    ...   L30     hardware serves 16 lanes at once; with 4 x 8
//     row 3     L17    L19    L21    ...   L31     lanes in row order it does for A only.
//
// With kEach = 8, 16 floats read from shared memory serve 64 multiply-adds.
constexpr unsigned kDepth = 16;
constexpr unsigned kPadding = 4; // floats after a row of A's strip: no bank conflicts between rows

template <unsigned kSide, unsigned kOfLane> struct Tile {
    static constexpr unsigned kEach = kOfLane, kWarpRows = kLaneRows * kEach,
                              kWarpColumns = kLaneColumns * kEach;
    static constexpr unsigned kRows = kSide, kColumns = kSide,
                              kWarpsAcross = kColumns / kWarpColumns;
    static constexpr unsigned kThreads = 32 * (kRows / kWarpRows) * kWarpsAcross;
    static constexpr unsigned kStrideA = kDepth + kPadding, kStrideB = kColumns;
    float a[2][kRows * kStrideA]; // double-buffered
    float b[2][kDepth * kStrideB];

    // The first row and column of this lane in the tile.
    __device__ static unsigned lane_row()
    {
        const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
        return warp / kWarpsAcross * kWarpRows + lane / 16 * 2 + lane % 2;
    }
    __device__ static unsigned lane_column()
    {
        const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
        return warp % kWarpsAcross * kWarpColumns + lane / 2 % kLaneColumns * 4;
    }
};

// The copy of kRows x kColumns of a row-major n x n matrix to shared memory by the threads of a
// block: kWidth floats at a time, 4, or 1 if n is not a multiple of 4, since rows are then not
// aligned to 16 bytes. A thread copies those in `row` and `column` and in every kDown'th row below.
template <unsigned kWidth, unsigned kThreads, unsigned kRows, unsigned kColumns, unsigned kStride>
struct Copy {
    static constexpr unsigned kAcross = kColumns / kWidth, kDown = kThreads / kAcross;
    static_assert(kRows % kDown == 0);

    __device__ static unsigned row() { return threadIdx.x / kAcross; }
    __device__ static unsigned column() { return threadIdx.x % kAcross * kWidth; }

    // `from` is the thread's first float of the matrix; rows without inside(row) are zeros.
    template <class Inside>
    __device__ static void start(float* to, const float* from, std::size_t n, Inside inside)
    {
#pragma unroll
        for (unsigned r = 0; r < kRows; r += kDown) {
            float* const there = to + (row() + r) * kStride + column();
            if (inside(row() + r))
                __pipeline_memcpy_async(there, from + r * n, kWidth * sizeof(float));
            else
                for (unsigned k = 0; k < kWidth; ++k)
                    there[k] = 0;
        }
    }
};

// c += the product of a warp's rows of A's strip and columns of B's; a and b point to the lane's
// first row and first column.
template <unsigned kStrideA, unsigned kStrideB, unsigned kEach>
__device__ void multiply(const float* a, const float* b, float (&c)[kEach][kEach])
{
#pragma unroll 2 // all four at once would need more registers than two blocks per SM leave
    for (unsigned k = 0; k < kDepth; k += 4) {
        float4 left[kEach];
        for (unsigned i = 0; i < kEach; ++i)
            left[i] = *reinterpret_cast<const float4*>(a + i * kLaneRows * kStrideA + k);
        for (unsigned kk = 0; kk < 4; ++kk) {
            float right[kEach];
            for (unsigned j = 0; j < kEach; j += 4)
                *reinterpret_cast<float4*>(right + j) =
                    *reinterpret_cast<const float4*>(b + (k + kk) * kStrideB + j * kLaneColumns);
            for (unsigned i = 0; i < kEach; ++i) {
                const float x = kk == 0   ? left[i].x
                                : kk == 1 ? left[i].y
                                : kk == 2 ? left[i].z
                                          : left[i].w;
                for (unsigned j = 0; j < kEach; ++j)
                    c[i][j] += x * right[j];
            }
        }
    }
}

// Stores a lane tile whose first element is (row, column) of C: coalesced, since neighbouring lanes
// hold neighbouring columns.
template <unsigned kWidth, unsigned kEach>
__device__ void store_tile(const float (&sum)[kEach][kEach], std::size_t row, std::size_t column,
                           std::size_t n, float* c)
{
#pragma unroll
    for (unsigned i = 0; i < kEach; ++i)
#pragma unroll
        for (unsigned j = 0; j < kEach; j += kWidth) {
            const std::size_t r = row + i * kLaneRows,
                              s = column + j / 4 * (4 * kLaneColumns) + j % 4;
            if (r >= n || s >= n)
                continue;
            if constexpr (kWidth == 4) // an assignment compiles to 4-byte stores
                __stcg(reinterpret_cast<float4*>(c + r * n + s),
                       float4{sum[i][j], sum[i][j + 1], sum[i][j + 2], sum[i][j + 3]});
            else
                c[r * n + s] = sum[i][j];
        }
}

// One block per block tile of C, one warp per warp tile, one lane per lane tile.
template <class Tile, unsigned kWidth>
__global__ void __launch_bounds__(Tile::kThreads, Tile::kThreads == 256 && kWidth == 4 ? 2 : 1)
    gemm_kernel(std::size_t n, const float* __restrict__ a, const float* __restrict__ b,
                float* __restrict__ c)
{
    __shared__ alignas(16) Tile tile;
    const unsigned my_row = Tile::lane_row(), my_column = Tile::lane_column();
    const std::size_t row = std::size_t(blockIdx.y) * Tile::kRows,
                      column = std::size_t(blockIdx.x) * Tile::kColumns;

    // load
    using CopyA = Copy<kWidth, Tile::kThreads, Tile::kRows, kDepth, Tile::kStrideA>;
    using CopyB = Copy<kWidth, Tile::kThreads, kDepth, Tile::kColumns, Tile::kStrideB>;
    const auto rows = static_cast<unsigned>(std::min<std::size_t>(n - row, Tile::kRows));
    const bool in_columns = column + CopyB::column() < n;
    const float* from_a = a + (row + CopyA::row()) * n + CopyA::column();  // both advance with k:
    const float* from_b = b + CopyB::row() * n + column + CopyB::column(); // cheap addresses
    const auto fetch = [&](std::size_t k, unsigned half) {
        const auto depth = static_cast<unsigned>(std::min<std::size_t>(n - k, kDepth));
        CopyA::start(tile.a[half], from_a, n,
                     [&](unsigned r) { return r < rows && CopyA::column() < depth; });
        CopyB::start(tile.b[half], from_b, n, [&](unsigned r) { return r < depth && in_columns; });
        __pipeline_commit();
        from_a += kDepth;
        from_b += kDepth * n;
    };

    // compute
    float sum[Tile::kEach][Tile::kEach] = {};
    for_each_strip<kDepth>(n, fetch, [&](unsigned half) {
        multiply<Tile::kStrideA, Tile::kStrideB>(tile.a[half] + my_row * Tile::kStrideA,
                                                 tile.b[half] + my_column, sum);
    });

    // store
    store_tile<kWidth>(sum, row + my_row, column + my_column, n, c);
}

// One thread per element of C. A warp computes 32 neighbours of a row: its reads of B are
// coalesced, those of A are a broadcast. `cuda` adds tiles in shared memory and in registers, so
// that an element that was read serves many multiply-adds, and asynchronous copies.
__global__ void naive_kernel(std::size_t n, const float* __restrict__ a,
                             const float* __restrict__ b, float* __restrict__ c)
{
    const std::size_t row = std::size_t(blockIdx.y) * blockDim.y + threadIdx.y;
    const std::size_t column = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (row >= n || column >= n)
        return;
    float sum = 0;
    for (std::size_t k = 0; k < n; ++k)
        sum += a[row * n + k] * b[k * n + column];
    c[row * n + column] = sum;
}

struct Arrays {
    explicit Arrays(const gemm::Input& in) : a(in.a.size()), b(in.b.size()), out(in.a.size()) {}
    DeviceArray<float> a, b, out;
};

Uploads uploads(const gemm::Input& in, Arrays& on) { return {{on.a, in.a}, {on.b, in.b}}; }

template <unsigned kSide, unsigned kEach> void launch_tiles(std::size_t n, Arrays& on)
{
    using Tile = Tile<kSide, kEach>;
    const unsigned across = blocks_to_cover(n, kSide);
    const auto kernel = n % 4 == 0 ? gemm_kernel<Tile, 4> : gemm_kernel<Tile, 1>;
    kernel<<<dim3(across, across), Tile::kThreads, 0, stream()>>>(n, on.a.data(), on.b.data(),
                                                                  on.out.data());
    check(cudaGetLastError());
}

// Large tiles read the fewest bytes per flop; smaller ones occupy every SM if C is small. If even
// those are too few, four times the threads do a quarter of the work each.
void launch(const gemm::Input& in, Arrays& on)
{
    if (in.n == 0)
        return;
    const auto tiles = [&in](std::size_t side) {
        return ceil_div(in.n, side) * ceil_div(in.n, side);
    };
    if (tiles(128) >= multiprocessors())
        launch_tiles<128, 8>(in.n, on);
    else if (tiles(64) >= multiprocessors())
        launch_tiles<64, 8>(in.n, on);
    else
        launch_tiles<64, 4>(in.n, on);
}

void launch_naive(const gemm::Input& in, Arrays& on)
{
    if (in.n == 0)
        return;
    const dim3 threads(32, 8),
        blocks(blocks_to_cover(in.n, threads.x), blocks_to_cover(in.n, threads.y));
    naive_kernel<<<blocks, threads, 0, stream()>>>(in.n, on.a.data(), on.b.data(), on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial gemm::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial gemm::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_naive);
}

} // namespace workspan
