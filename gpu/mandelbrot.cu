// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/mandelbrot.hpp"

namespace workspan {

namespace {

using mandelbrot::kSteps;

constexpr unsigned kSide = 16, kThreads = kSide * kSide; // of a block's tile
constexpr std::uint32_t kTestPeriod = 8;                 // steps between two tests of |z|^2
static_assert(kSteps % kTestPeriod == 0);

struct Point {
    float x, y;
};

__device__ Point step(Point z, Point c)
{
    return {fmaf(z.x, z.x, fmaf(-z.y, z.y, c.x)), fmaf(z.x + z.x, z.y, c.y)};
}

__device__ bool is_bounded(Point z) { return fmaf(z.x, z.x, z.y * z.y) <= 4; } // false for a NaN

// Tests |z| after every kTestPeriod steps only, since an orbit that has left does not come back;
// then repeats the last of these blocks step by step.
__device__ std::uint32_t steps(Point c)
{
    Point z = {0, 0};
    std::uint32_t k = 0;
    for (; k < kSteps; k += kTestPeriod) {
        Point ahead = z;
        for (std::uint32_t j = 0; j < kTestPeriod; ++j)
            ahead = step(ahead, c);
        if (!is_bounded(ahead))
            break;
        z = ahead;
    }
    for (; k < kSteps; ++k) {
        z = step(z, c);
        if (!is_bounded(z))
            break;
    }
    return k;
}

// One thread per pixel, one block per tile of 16 x 16, one warp per patch of 8 x 4 pixels. A warp
// runs until the last of its pixels has left; lanes that left before stay idle (divergence). A
// patch has a shorter perimeter than a row of 32 pixels, so fewer warps straddle the border of the
// set, where neighbours differ most. All multiply-adds are explicit, so that the bits are the
// host's.
__global__ void __launch_bounds__(kThreads)
    mandelbrot_kernel(mandelbrot::Plane plane, std::size_t n, std::uint32_t* __restrict__ counts)
{
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::size_t row = std::size_t(blockIdx.y) * kSide + warp / 2 * 4 + lane / 8;
    const std::size_t column = std::size_t(blockIdx.x) * kSide + warp % 2 * 8 + lane % 8;
    if (row < n && column < n)
        counts[row * n + column] = steps({fmaf(static_cast<float>(column), plane.step, plane.left),
                                          fmaf(static_cast<float>(row), plane.step, plane.top)});
}

struct Arrays {
    explicit Arrays(const mandelbrot::Input& in) : out(in.n * in.n) {}
    DeviceArray<std::uint32_t> out;
};

Uploads uploads(const mandelbrot::Input&, Arrays&) { return {}; } // the input is one number

void launch(const mandelbrot::Input& in, Arrays& on)
{
    const unsigned tiles = blocks_to_cover(in.n, kSide);
    if (tiles == 0)
        return;
    mandelbrot_kernel<<<dim3(tiles, tiles), kThreads, 0, stream()>>>(mandelbrot::Plane(in.n), in.n,
                                                                     on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial mandelbrot::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
