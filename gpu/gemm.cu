// SPDX-License-Identifier: Apache-2.0
#include "gpu/gemm_tile.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/gemm.hpp"

namespace workspan {

namespace {

// What one step of the inner dimension multiplies: a lane's rows of a column of A's strip, and its
// columns of a row of B's. A's strip is transposed, so that both are runs of a row: then the
// parities of the registers of left[i] and of right[j] are those of i and j in every step, and the
// compiler can give every sum[i][j] a register of the other bank than its left[i].
template <class Tile> struct Fragments {
    float left[Tile::kDown], right[Tile::kAcross];

    __device__ void load(Tile& tile, unsigned stage, unsigned step)
    {
        const unsigned k = Tile::slice() * Tile::kSteps + step;
        const float* const a = tile.a(stage) + k * Tile::kStrideA + Tile::lane_row();
        const float* const b = tile.b(stage) + k * Tile::kStrideB + Tile::lane_column();
#pragma unroll
        for (unsigned i = 0; i < Tile::kDown; i += 4)
            *reinterpret_cast<float4*>(left + i) =
                *reinterpret_cast<const float4*>(a + i * kLaneRows);
#pragma unroll
        for (unsigned j = 0; j < Tile::kAcross; j += 4)
            *reinterpret_cast<float4*>(right + j) =
                *reinterpret_cast<const float4*>(b + j * kLaneColumns);
    }

    // Down a column and up the next: then a factor is the last one again, kept in a reuse cache.
    __device__ void multiply(float (&sum)[Tile::kDown][Tile::kAcross]) const
    {
#pragma unroll
        for (unsigned j = 0; j < Tile::kAcross; ++j)
#pragma unroll
            for (unsigned k = 0; k < Tile::kDown; ++k) {
                const unsigned i = j % 2 == 0 ? k : Tile::kDown - 1 - k;
                sum[i][j] += left[i] * right[j];
            }
    }
};

__device__ inline void wait_for_strips()
{
    __pipeline_wait_prior(kStages - 2); // the oldest copies of this thread have arrived,
    __syncthreads(); // and those of the block; no thread reads the last stage any more
}

// sum += the product of all strips, of this lane and slice. The multiply-adds of a step hide the
// loads of the next step's fragments, also from one strip to the next, and a few of the copies of
// later strips: all copies at once would queue up before the loads.
template <class Tile, class Strips> __device__ void
multiply_strips(std::size_t n, Tile& tile, Strips strips, float (&sum)[Tile::kDown][Tile::kAcross])
{
    constexpr unsigned steps = Tile::kSteps, parts = Strips::kParts, ahead = kStages - 1;
    for (unsigned stage = 0; stage < ahead; ++stage, strips.advance())
#pragma unroll
        for (unsigned part = 0; part < parts; ++part)
            strips.start(part, tile, stage);
    wait_for_strips();
    Fragments<Tile> fragments[2];
    fragments[0].load(tile, 0, 0);
    unsigned stage = 0, free = ahead; // `free` was multiplied last
#pragma unroll 1
    for (std::size_t k = 0; k < n; k += Tile::kDepth)
#pragma unroll
        for (unsigned step = 0; step < steps; ++step) {
            if (step + 1 < steps)
                fragments[(step + 1) % 2].load(tile, stage, step + 1);
#pragma unroll
            for (unsigned part = step * parts / steps; part < (step + 1) * parts / steps; ++part)
                strips.start(part, tile, free);
            if (step + 1 == steps) {
                strips.advance();
                free = stage;
                stage = stage + 1 == kStages ? 0 : stage + 1;
                wait_for_strips();
                fragments[0].load(tile, stage, 0); // of the next strip; unused after the last
            }
            fragments[step % 2].multiply(sum);
        }
}

// Adds the sums of all slices to those of slice 0: the upper half of them gives to the lower half,
// until one is left.
template <class Tile>
__device__ void add_slices(float* sums, float (&sum)[Tile::kDown][Tile::kAcross])
{
    constexpr unsigned rows = Tile::kDown / Tile::kPieces, threads = Tile::kSliceThreads;
    const unsigned thread = threadIdx.x % threads;
#pragma unroll
    for (unsigned half = Tile::kSlices / 2; half > 0; half /= 2)
#pragma unroll
        for (unsigned first = 0; first < Tile::kDown; first += rows) {
            const auto for_each = [&](unsigned slice, auto action) {
#pragma unroll
                for (unsigned i = 0; i < rows; ++i)
#pragma unroll
                    for (unsigned j = 0; j < Tile::kAcross; ++j)
                        action(sums[((slice * rows + i) * Tile::kAcross + j) * threads + thread],
                               sum[first + i][j]);
            };
            __syncthreads(); // no thread reads what lies there any more
            if (Tile::slice() >= half && Tile::slice() < 2 * half)
                for_each(Tile::slice() - half, [](float& other, float mine) { other = mine; });
            __syncthreads(); // the sums are written
            if (Tile::slice() < half)
                for_each(Tile::slice(), [](float other, float& mine) { mine += other; });
        }
}

// Stores a lane tile whose first element is (row, column) of C: coalesced, since eight lanes, two
// apart, hold 32 neighbouring columns of a row.
template <class Tile, unsigned kWidth>
__device__ void store_tile(const float (&sum)[Tile::kDown][Tile::kAcross], std::size_t row,
                           std::size_t column, std::size_t n, float* c)
{
#pragma unroll
    for (unsigned i = 0; i < Tile::kDown; ++i)
#pragma unroll
        for (unsigned j = 0; j < Tile::kAcross; j += kWidth) {
            const std::size_t r = row + i / 4 * (4 * kLaneRows) + i % 4,
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

// C = alpha A B. One block per block tile of C, one warp per warp tile and slice, one lane per lane
// tile.
template <class Tile, unsigned kWidth, bool kWhole>
__global__ void __launch_bounds__(Tile::kThreads)
    gemm_kernel(std::size_t n, const float* __restrict__ a, const float* __restrict__ b,
                float* __restrict__ c, float alpha)
{
    using OfBlock = Strips<Tile, kWidth, kWhole>;
    __shared__ Tile tile;
    float sum[Tile::kDown][Tile::kAcross] = {};
    multiply_strips(n, tile, OfBlock(n, a, b), sum);
    if constexpr (Tile::kSlices > 1)
        add_slices<Tile>(tile.floats, sum);
    // alpha is 1: exact; it spares the sums the stores' groups of 4 registers, so banks are free.
    for (auto& of_row : sum)
        for (float& x : of_row)
            x *= alpha;
    if (Tile::slice() == 0)
        store_tile<Tile, kWidth>(sum, OfBlock::row() + Tile::lane_row(),
                                 OfBlock::column() + Tile::lane_column(), n, c);
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

template <class Tile> void launch_tiles(std::size_t n, Arrays& on)
{
    const dim3 blocks(blocks_to_cover(n, Tile::kColumns), blocks_to_cover(n, Tile::kRows));
    const bool whole = n % Tile::kRows == 0 && n % Tile::kColumns == 0 && n % Tile::kDepth == 0;
    const auto kernel = n % 4 != 0 ? gemm_kernel<Tile, 1, false>
                        : whole    ? gemm_kernel<Tile, 4, true>
                                   : gemm_kernel<Tile, 4, false>;
    kernel<<<blocks, Tile::kThreads, 0, stream()>>>(n, on.a.data(), on.b.data(), on.out.data(), 1);
    check(cudaGetLastError());
}

// Large tiles read the fewest bytes per flop. For a smaller C every SM gets a smaller tile, whose
// slices keep eight warps at work.
void launch(const gemm::Input& in, Arrays& on)
{
    constexpr Shape large{.rows = 128, .columns = 256, .down = 8, .across = 16, .depth = 8};
    constexpr Shape medium{
        .rows = 64, .columns = 128, .down = 8, .across = 16, .slices = 4, .depth = 16, .pieces = 2};
    constexpr Shape small{
        .rows = 32, .columns = 64, .down = 8, .across = 8, .slices = 8, .depth = 32};
    constexpr Shape tiny{
        .rows = 16, .columns = 32, .down = 4, .across = 4, .slices = 8, .depth = 64};
    if (in.n == 0)
        return;
    const auto enough = [&in](const Shape& shape) {
        return 10 * ceil_div(in.n, shape.rows) * ceil_div(in.n, shape.columns) >=
               9 * multiprocessors();
    };
    if (enough(large))
        launch_tiles<GemmTile<large>>(in.n, on);
    else if (enough(medium))
        launch_tiles<GemmTile<medium>>(in.n, on);
    else if (enough(small))
        launch_tiles<GemmTile<small>>(in.n, on);
    else
        launch_tiles<GemmTile<tiny>>(in.n, on);
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
