// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/nbody.hpp"

namespace workspan {

namespace {

constexpr unsigned kWarps = 8, kThreads = 32 * kWarps;
constexpr unsigned kSlice = 128,
                   kTile =
                       kWarps * kSlice; // bodies that attract, of a warp and of a block at a time
static_assert(kSlice <= nbody::kBlock); // what the tolerance expects of the sums

struct Points { // on the device
    const float *x, *y, *z, *m;
    std::size_t n;
};

// The hardware's estimate, good to 2 ulp. rsqrtf would take further instructions for arguments
// below 2^-126, which there are not.
__device__ float inverse_root(float x)
{
    float y;
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// Adds the attractions of a slice to the acceleration of a body at r: 12 instructions and an
// inverse square root for 20 flops.
template <unsigned kTargets>
__device__ void attract(const float4* slice, const float3 (&r)[kTargets], float3 (&total)[kTargets])
{
    float3 a[kTargets] = {};
#pragma unroll 8
    for (unsigned j = 0; j < kSlice; ++j) {
        const float4 from = slice[j]; // the same for the whole warp
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

// One block per 32 kTargets bodies, each lane of a warp has the same kTargets of them in every
// warp. The bodies that attract pass by in tiles of shared memory, loaded by all threads; each warp
// attends to its slice of the tile, so that a warp waits for the others only once in kSlice bodies,
// and that few bodies make many blocks. In the end the first warp adds what the warps have found.
// Past the last body a tile has bodies without mass.
template <unsigned kTargets> __global__ void __launch_bounds__(kThreads)
    nbody_kernel(Points points, float* __restrict__ out)
{
    __shared__ float4 tile[kTile];
    __shared__ float3 found[kWarps][kTargets][32];
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::size_t n = points.n, first = std::size_t(blockIdx.x) * (32 * kTargets) + lane;
    float3 r[kTargets], total[kTargets] = {};
#pragma unroll
    for (unsigned t = 0; t < kTargets; ++t) {
        const std::size_t i = first + t * 32;
        r[t] = i < n ? float3{points.x[i], points.y[i], points.z[i]} : float3{};
    }
    for (std::size_t from = 0; from < n; from += kTile) {
        for (unsigned k = threadIdx.x; k < kTile; k += kThreads) {
            const std::size_t j = from + k;
            tile[k] = j < n ? float4{points.x[j], points.y[j], points.z[j], points.m[j]} : float4{};
        }
        __syncthreads(); // the tile is complete before anyone reads it
        if (from + warp * kSlice < n)
            attract<kTargets>(tile + warp * kSlice, r, total);
        __syncthreads(); // everyone has done with the tile before it is filled again
    }
#pragma unroll
    for (unsigned t = 0; t < kTargets; ++t)
        found[warp][t][lane] = total[t];
    __syncthreads(); // all warps' sums are there before they are added
    if (warp >= kTargets || first + warp * 32 >= n)
        return;
    float3 sum = {};
    for (unsigned w = 0; w < kWarps; ++w) {
        const float3 a = found[w][warp][lane];
        sum = {sum.x + a.x, sum.y + a.y, sum.z + a.z};
    }
    const std::size_t i = first + warp * 32; // the first kTargets warps write, 32 bodies each
    out[i] = sum.x;
    out[n + i] = sum.y;
    out[2 * n + i] = sum.z;
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

std::size_t groups(std::size_t n, unsigned targets)
{
    return (n + 32 * targets - 1) / (32 * targets);
}

template <unsigned kTargets> void launch_groups(Arrays& on)
{
    const Points points{on.x.data(), on.y.data(), on.z.data(), on.m.data(), on.m.size()};
    nbody_kernel<kTargets>
        <<<static_cast<unsigned>(groups(points.n, kTargets)), kThreads, 0, stream()>>>(
            points, on.out.data());
    check(cudaGetLastError());
}

// Bodies of a thread share the loads of the tile: as many as leave multiprocessors 3 blocks of
// their 4, or 4, where blocks are smaller.
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

} // namespace

Trial nbody::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
