// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/nbody.hpp"

namespace workspan {

namespace {

constexpr unsigned kWarps = 8, kThreads = 32 * kWarps;
constexpr unsigned kSlice = 128, kTile = kWarps * kSlice; // bodies j of a warp, and of a block
static_assert(kSlice <= nbody::kBlock);                   // as the tolerance demands

struct Points { // on the device
    const float *x, *y, *z, *m;
    std::size_t n;
};

// The hardware's estimate, good to 2 ulp. rsqrtf would spend further instructions on arguments
// below 2^-126, which do not occur.
__device__ float inverse_root(float x)
{
    float y;
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// Adds the attractions of a slice to the accelerations of bodies at r: 12 instructions and an
// inverse square root for 20 flops.
template <unsigned kTargets>
__device__ void attract(const float4* slice, const float3 (&r)[kTargets], float3 (&total)[kTargets])
{
    float3 a[kTargets] = {};
#pragma unroll 8
    for (unsigned j = 0; j < kSlice; ++j) {
        const float4 from = slice[j]; // a broadcast to the whole warp
#pragma unroll
        for (unsigned t = 0; t < kTargets; ++t) {
            const float dx = from.x - r[t].x, dy = from.y - r[t].y, dz = from.z - r[t].z;
            const float y = inverse_root(dx * dx + (dy * dy + (dz * dz + nbody::kSoftening2))),
                        s = from.w * y * (y * y);
            a[t] = {a[t].x + s * dx, a[t].y + s * dy, a[t].z + s * dz};
        }
    }
#pragma unroll
    for (unsigned t = 0; t < kTargets; ++t)
        total[t] = {total[t].x + a[t].x, total[t].y + a[t].y, total[t].z + a[t].z};
}

// By all threads of a block; bodies beyond the last are massless.
__device__ void load_tile(const Points& points, std::size_t from, float4 (&tile)[kTile])
{
    for (unsigned k = threadIdx.x; k < kTile; k += kThreads) {
        const std::size_t j = from + k;
        tile[k] =
            j < points.n ? float4{points.x[j], points.y[j], points.z[j], points.m[j]} : float4{};
    }
}

// One block per 32 kTargets bodies i: every warp has all of them, kTargets in each lane. Bodies j
// come in tiles of shared memory, loaded by all threads. Each warp computes a slice of the tile, so
// that it waits for the others only once in kSlice bodies, and few bodies make many blocks. In the
// end the first warps add the partial sums of all.
template <unsigned kTargets> __global__ void __launch_bounds__(kThreads)
    nbody_kernel(Points points, float* __restrict__ out)
{
    __shared__ float4 tile[kTile];
    __shared__ float3 partial[kWarps][kTargets][32];
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::size_t n = points.n, first = std::size_t(blockIdx.x) * (32 * kTargets) + lane;
    float3 r[kTargets], total[kTargets] = {};
#pragma unroll
    for (unsigned t = 0; t < kTargets; ++t) {
        const std::size_t i = first + t * 32;
        r[t] = i < n ? float3{points.x[i], points.y[i], points.z[i]} : float3{};
    }
    for (std::size_t from = 0; from < n; from += kTile) {
        // load
        load_tile(points, from, tile);
        __syncthreads(); // the tile is complete
        // compute
        if (from + warp * kSlice < n)
            attract<kTargets>(tile + warp * kSlice, r, total);
        __syncthreads(); // the tile is used up before it is overwritten
    }
    // combine the warps
#pragma unroll
    for (unsigned t = 0; t < kTargets; ++t)
        partial[warp][t][lane] = total[t];
    __syncthreads(); // all partial sums are written before they are added
    if (warp >= kTargets || first + warp * 32 >= n)
        return;
    float3 sum = {};
    for (unsigned w = 0; w < kWarps; ++w) {
        const float3 a = partial[w][warp][lane];
        sum = {sum.x + a.x, sum.y + a.y, sum.z + a.z};
    }
    // store
    const std::size_t i = first + warp * 32; // the first kTargets warps, 32 bodies each
    out[i] = sum.x;
    out[n + i] = sum.y;
    out[2 * n + i] = sum.z;
}

// One thread per body i, all bodies j from global memory, which the caches serve. `cuda` adds tiles
// of shared memory, several bodies i per load, the bodies j shared among the warps of a block, and
// the hardware's inverse square root.
__global__ void naive_kernel(Points points, float* __restrict__ out)
{
    const auto [x, y, z, m, n] = points;
    const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    float3 total = {};
    for (std::size_t from = 0; from < n; from += nbody::kBlock) { // sums of sums: the tolerance
        float3 a = {};
        for (std::size_t j = from; j < n && j < from + nbody::kBlock; ++j) {
            const float dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
            const float r2 = dx * dx + (dy * dy + (dz * dz + nbody::kSoftening2)),
                        s = m[j] / (r2 * std::sqrt(r2));
            a = {a.x + s * dx, a.y + s * dy, a.z + s * dz};
        }
        total = {total.x + a.x, total.y + a.y, total.z + a.z};
    }
    out[i] = total.x;
    out[n + i] = total.y;
    out[2 * n + i] = total.z;
}

struct Arrays {
    explicit Arrays(const nbody::Input& in)
        : x(in.m.size()), y(in.m.size()), z(in.m.size()), m(in.m.size()), out(3 * in.m.size())
    {
    }
    DeviceArray<float> x, y, z, m, out;
};

Uploads uploads(const nbody::Input& in, Arrays& on)
{
    return {{on.x, in.x}, {on.y, in.y}, {on.z, in.z}, {on.m, in.m}};
}

Points points_of(const Arrays& on)
{
    return {on.x.data(), on.y.data(), on.z.data(), on.m.data(), on.m.size()};
}

unsigned groups(std::size_t n, unsigned targets) { return blocks_to_cover(n, 32 * targets); }

template <unsigned kTargets> void launch_groups(Arrays& on)
{
    const unsigned blocks = groups(on.m.size(), kTargets);
    nbody_kernel<kTargets><<<blocks, kThreads, 0, stream()>>>(points_of(on), on.out.data());
    check(cudaGetLastError());
}

// The bodies i of a thread share its loads from the tile, so more of them are better, as long as
// enough blocks remain: 4 if every SM then gets 3 of its 4 resident blocks, 2 if it gets 4, else 1.
void launch(const nbody::Input&, Arrays& on)
{
    const std::size_t n = on.m.size();
    if (n == 0)
        return;
    if (groups(n, 4) >= 3 * multiprocessors())
        launch_groups<4>(on);
    else if (groups(n, 2) >= 4 * multiprocessors())
        launch_groups<2>(on);
    else
        launch_groups<1>(on);
}

void launch_naive(const nbody::Input&, Arrays& on)
{
    if (on.m.size() == 0)
        return;
    const unsigned blocks = blocks_to_cover(on.m.size(), kThreads);
    naive_kernel<<<blocks, kThreads, 0, stream()>>>(points_of(on), on.out.data());
    check(cudaGetLastError());
}

} // namespace

Trial nbody::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial nbody::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_naive);
}

} // namespace workspan
