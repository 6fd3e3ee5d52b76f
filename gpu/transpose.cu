// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/transpose.hpp"

namespace workspan {

namespace {

constexpr unsigned kTile = 64, kThreadsDown = 8; // 32 x 8 threads, each with 16 loads in flight
constexpr unsigned kPadding = 1; // floats after a row: no bank conflicts within a column

// One block per tile of 64 x 64, one warp per row at a time, in two halves of 32 lanes: coalesced
// reads of rows of `in` and coalesced writes of rows of `out`, 256 bytes each. The tile in shared
// memory is read by columns.
__global__ void __launch_bounds__(32 * kThreadsDown)
    transpose_kernel(std::size_t n, const float* __restrict__ in, float* __restrict__ out)
{
    __shared__ float tile[kTile][kTile + kPadding];
    const unsigned lane = threadIdx.x, warp = threadIdx.y;
    const std::size_t row = std::size_t(blockIdx.y) * kTile,
                      column = std::size_t(blockIdx.x) * kTile;
    // load
    float value[kTile / kThreadsDown][kTile / 32] = {};
#pragma unroll
    for (unsigned i = 0; i < kTile / kThreadsDown; ++i)
#pragma unroll
        for (unsigned j = 0; j < kTile / 32; ++j) {
            const std::size_t r = row + i * kThreadsDown + warp, c = column + j * 32 + lane;
            if (r < n && c < n)
                value[i][j] = in[r * n + c];
        }
#pragma unroll
    for (unsigned i = 0; i < kTile / kThreadsDown; ++i)
#pragma unroll
        for (unsigned j = 0; j < kTile / 32; ++j)
            tile[i * kThreadsDown + warp][j * 32 + lane] = value[i][j];
    __syncthreads(); // all warps have written their rows before columns are read
    // store
#pragma unroll
    for (unsigned j = 0; j < kTile; j += kThreadsDown)
#pragma unroll
        for (unsigned i = 0; i < kTile; i += 32)
            if (column + j + warp < n && row + i + lane < n)
                out[(column + j + warp) * n + row + i + lane] = tile[i + lane][j + warp];
}

// One thread per element. A warp reads 32 neighbours of a row, coalesced, and writes 32 neighbours
// of a column, in 32 memory transactions. `cuda` adds the tile in shared memory, with which both
// are coalesced, and several loads in flight per thread.
__global__ void naive_kernel(std::size_t n, const float* __restrict__ in, float* __restrict__ out)
{
    const std::size_t row = std::size_t(blockIdx.y) * blockDim.y + threadIdx.y;
    const std::size_t column = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (row < n && column < n)
        out[column * n + row] = in[row * n + column];
}

struct Arrays {
    explicit Arrays(const transpose::Input& input)
        : in(input.matrix.size()), out(input.matrix.size())
    {
    }
    DeviceArray<float> in, out;
};

Uploads uploads(const transpose::Input& input, Arrays& on) { return {{on.in, input.matrix}}; }

void launch(const transpose::Input& input, Arrays& on)
{
    if (input.n == 0)
        return;
    const unsigned tiles = blocks_to_cover(input.n, kTile);
    transpose_kernel<<<dim3(tiles, tiles), dim3(32, kThreadsDown), 0, stream()>>>(
        input.n, on.in.data(), on.out.data());
    check(cudaGetLastError());
}

void launch_naive(const transpose::Input& input, Arrays& on)
{
    if (input.n == 0)
        return;
    const dim3 threads(32, kThreadsDown),
        blocks(blocks_to_cover(input.n, threads.x), blocks_to_cover(input.n, threads.y));
    naive_kernel<<<blocks, threads, 0, stream()>>>(input.n, on.in.data(), on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial transpose::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial transpose::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_naive);
}

} // namespace workspan
