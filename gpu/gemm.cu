// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/gemm.hpp"

#include <cuda_pipeline.h>

namespace workspan {

namespace {

// A block makes a tile of C from strips of A and B, kDepth of the inner dimension at a time. The
// lanes of a warp, 4 x 8, have kEach x kEach of it each: with 8, 64 multiply-adds for every 16
// floats that they read from shared memory.
constexpr unsigned kDepth = 16;
constexpr unsigned kLaneRows = 4, kLaneColumns = 8;
constexpr unsigned kPadding =
    4; // floats after a row of A's strip: four lanes that read four rows then meet no bank twice

template <unsigned kSide, unsigned kOfLane> struct Tile {
    static constexpr unsigned kEach = kOfLane, kWarpRows = kLaneRows * kEach,
                              kWarpColumns = kLaneColumns * kEach;
    static constexpr unsigned kRows = kSide, kColumns = kSide,
                              kWarpsAcross = kColumns / kWarpColumns;
    static constexpr unsigned kThreads = 32 * (kRows / kWarpRows) * kWarpsAcross;
    static constexpr unsigned kStrideA = kDepth + kPadding, kStrideB = kColumns;
    float a[2][kRows * kStrideA]; // two of each: one is filled while the other is used
    float b[2][kDepth * kStrideB];
};

// How the threads of a block copy kRows x kColumns of a row-major n x n matrix to shared memory:
// kWidth floats at a time, 4, or 1 where n is no multiple of 4, so that rows are not aligned to 16
// bytes. A thread has those in `row` and `column` and in every kDown'th row after it.
template <unsigned kWidth, unsigned kThreads, unsigned kRows, unsigned kColumns, unsigned kStride>
struct Copy {
    static constexpr unsigned kAcross = kColumns / kWidth, kDown = kThreads / kAcross;
    static_assert(kRows % kDown == 0);

    __device__ static unsigned row() { return threadIdx.x / kAcross; }
    __device__ static unsigned column() { return threadIdx.x % kAcross * kWidth; }

    // `from` is the thread's first float of the matrix; zeros in rows for which inside(row) says
    // that it has no elements.
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
#pragma unroll 2 // all four at once would take more registers than two blocks a multiprocessor
                 // leave
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

// One block per tile of C, one warp per part of it, kEach x kEach elements per lane: rows kLaneRows
// apart, columns in runs of 4, so that the lanes of a warp read and write neighbouring addresses.
template <class Tile, unsigned kWidth>
__global__ void __launch_bounds__(Tile::kThreads, Tile::kThreads == 256 && kWidth == 4 ? 2 : 1)
    gemm_kernel(std::size_t n, const float* __restrict__ a, const float* __restrict__ b,
                float* __restrict__ c)
{
    __shared__ alignas(16) Tile tile;
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    // Of two lanes side by side both read the same of B, of a lane and the next but one both the
    // same of A: the hardware then serves 16 lanes at once, which with 4 x 8 lanes row by row it
    // does for A only.
    const unsigned my_row = warp / Tile::kWarpsAcross * Tile::kWarpRows + lane / 16 * 2 + lane % 2;
    const unsigned my_column =
        warp % Tile::kWarpsAcross * Tile::kWarpColumns + lane / 2 % kLaneColumns * 4;
    const std::size_t row = std::size_t(blockIdx.y) * Tile::kRows,
                      column = std::size_t(blockIdx.x) * Tile::kColumns;

    using CopyA = Copy<kWidth, Tile::kThreads, Tile::kRows, kDepth, Tile::kStrideA>;
    using CopyB = Copy<kWidth, Tile::kThreads, kDepth, Tile::kColumns, Tile::kStrideB>;
    const auto rows = static_cast<unsigned>(std::min<std::size_t>(n - row, Tile::kRows));
    const bool in_columns = column + CopyB::column() < n;
    const float* from_a =
        a + (row + CopyA::row()) * n +
        CopyA::column(); // both go on with k, which is all that an address needs then
    const float* from_b = b + CopyB::row() * n + column + CopyB::column();
    const auto fetch = [&](std::size_t k, unsigned half) {
        const auto depth = static_cast<unsigned>(std::min<std::size_t>(n - k, kDepth));
        CopyA::start(tile.a[half], from_a, n,
                     [&](unsigned r) { return r < rows && CopyA::column() < depth; });
        CopyB::start(tile.b[half], from_b, n, [&](unsigned r) { return r < depth && in_columns; });
        __pipeline_commit();
        from_a += kDepth;
        from_b += kDepth * n;
    };
    float sum[Tile::kEach][Tile::kEach] = {};
    unsigned half = 0;
    fetch(0, half);
    for (std::size_t k = 0; k < n; k += kDepth, half ^= 1) {
        __pipeline_wait_prior(0); // this thread's copies have arrived,
        __syncthreads(); // then everybody's, and everybody has done with the other half, which is
                         // filled next
        if (k + kDepth < n)
            fetch(k + kDepth, half ^ 1);
        multiply<Tile::kStrideA, Tile::kStrideB>(tile.a[half] + my_row * Tile::kStrideA,
                                                 tile.b[half] + my_column, sum);
    }

#pragma unroll
    for (unsigned i = 0; i < Tile::kEach; ++i)
#pragma unroll
        for (unsigned j = 0; j < Tile::kEach; j += kWidth) {
            const std::size_t r = row + my_row + i * kLaneRows,
                              s = column + my_column + j / 4 * (4 * kLaneColumns) + j % 4;
            if (r >= n || s >= n)
                continue;
            if constexpr (kWidth ==
                          4) // an assignment the compiler would split into stores of 4 bytes
                __stcg(reinterpret_cast<float4*>(c + r * n + s),
                       float4{sum[i][j], sum[i][j + 1], sum[i][j + 2], sum[i][j + 3]});
            else
                c[r * n + s] = sum[i][j];
        }
}

// One thread per element of C: a warp has 32 neighbours of a row, whose elements of B lie in a line
// and who share those of A.
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
    const auto across = static_cast<unsigned>((n + kSide - 1) / kSide);
    const auto kernel = n % 4 == 0 ? gemm_kernel<Tile, 4> : gemm_kernel<Tile, 1>;
    kernel<<<dim3(across, across), Tile::kThreads, 0, stream()>>>(n, on.a.data(), on.b.data(),
                                                                  on.out.data());
    check(cudaGetLastError());
}

// Large tiles read the fewest bytes for a flop; small ones give every multiprocessor something to
// do where C is small. Where not even they do, four times the threads take a quarter of the work
// each.
void launch(const gemm::Input& in, Arrays& on)
{
    if (in.n == 0)
        return;
    const auto tiles = [&in](std::size_t side) {
        return (in.n + side - 1) / side * ((in.n + side - 1) / side);
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
    const dim3 block(32, 8),
        grid(static_cast<unsigned>((in.n + 31) / 32), static_cast<unsigned>((in.n + 7) / 8));
    naive_kernel<<<grid, block, 0, stream()>>>(in.n, on.a.data(), on.b.data(), on.out.data());
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
