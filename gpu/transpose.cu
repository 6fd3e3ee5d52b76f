// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/transpose.hpp"

namespace workspan {

namespace {

constexpr unsigned kTile = 64,
                   kThreadsDown = 8; // 32 x 8 threads, each with 16 elements on their way at once
constexpr unsigned kPadding =
    1; // floats after a row, so that 32 elements of a column lie in 32 banks

// One block per tile of 64 x 64, one warp per row at a time, 32 lanes on neighbouring floats and
// again on the next 32: rows of `in` are read and rows of `out` written, 256 bytes each, and it is
// the tile in shared memory that is walked by columns.
__global__ void __launch_bounds__(32 * kThreadsDown)
    transpose_kernel(std::size_t n, const float* __restrict__ in, float* __restrict__ out)
{
    __shared__ float tile[kTile][kTile + kPadding];
    const unsigned lane = threadIdx.x, warp = threadIdx.y;
    const std::size_t row = std::size_t(blockIdx.y) * kTile,
                      column = std::size_t(blockIdx.x) * kTile;
    float mine[kTile / kThreadsDown][kTile / 32] = {};
#pragma unroll
    for (unsigned i = 0; i < kTile / kThreadsDown; ++i)
#pragma unroll
        for (unsigned j = 0; j < kTile / 32; ++j) {
            const std::size_t r = row + i * kThreadsDown + warp, c = column + j * 32 + lane;
            if (r < n && c < n)
                mine[i][j] = in[r * n + c];
        }
#pragma unroll
    for (unsigned i = 0; i < kTile / kThreadsDown; ++i)
#pragma unroll
        for (unsigned j = 0; j < kTile / 32; ++j)
            tile[i * kThreadsDown + warp][j * 32 + lane] = mine[i][j];
    __syncthreads(); // the whole tile is there before columns of it are read, which other warps
                     // wrote
#pragma unroll
    for (unsigned j = 0; j < kTile; j += kThreadsDown)
#pragma unroll
        for (unsigned i = 0; i < kTile; i += 32)
            if (column + j + warp < n && row + i + lane < n)
                out[(column + j + warp) * n + row + i + lane] = tile[i + lane][j + warp];
}

// One thread per element. A warp reads 32 neighbours of a row, in one line, and writes 32
// neighbours of a column, in 32 lines.
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

unsigned pieces(std::size_t n, unsigned piece)
{
    return static_cast<unsigned>((n + piece - 1) / piece);
}

void launch(const transpose::Input& input, Arrays& on)
{
    if (input.n == 0)
        return;
    const dim3 grid(pieces(input.n, kTile), pieces(input.n, kTile));
    transpose_kernel<<<grid, dim3(32, kThreadsDown), 0, stream()>>>(input.n, on.in.data(),
                                                                    on.out.data());
    check(cudaGetLastError());
}

void launch_naive(const transpose::Input& input, Arrays& on)
{
    if (input.n == 0)
        return;
    const dim3 grid(pieces(input.n, 32), pieces(input.n, kThreadsDown));
    naive_kernel<<<grid, dim3(32, kThreadsDown), 0, stream()>>>(input.n, on.in.data(),
                                                                on.out.data());
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
