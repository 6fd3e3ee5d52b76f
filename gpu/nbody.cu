// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/nbody.hpp"

namespace workspan {

namespace {

constexpr unsigned kDistances = 16;              // at most, of a block of pairs_kernel
static_assert(32 * kDistances <= nbody::kBlock); // terms of a sum, as the tolerance demands
constexpr unsigned kThreads = 256;               // of the other kernels

struct Points { // on the device
    const float *x, *y, *z, *m;
    std::size_t n;
};

// Massless after the last.
__device__ float4 load_body(const Points& points, std::size_t j)
{
    return j < points.n ? float4{points.x[j], points.y[j], points.z[j], points.m[j]} : float4{};
}

__device__ float3 difference(float4 from, float4 r)
{
    return {from.x - r.x, from.y - r.y, from.z - r.z};
}

// The hardware's estimate, good to 2 ulp. rsqrtf would spend further instructions on arguments
// below 2^-126, which do not occur.
__device__ float inverse_root(float x)
{
    float y;
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// (d.d + e^2)^(-3/2)
__device__ float inverse_cube(float3 d)
{
    const float y = inverse_root(d.x * d.x + (d.y * d.y + (d.z * d.z + nbody::kSoftening2)));
    return y * (y * y);
}

// a + s d
__device__ float3 add(float3 a, float s, float3 d)
{
    return {a.x + s * d.x, a.y + s * d.y, a.z + s * d.z};
}

// The attractions between 32 bodies j, one a lane, and the bodies i of all lanes, kTargets each. In
// step k lane l meets body (l + k) mod 32, whose sum moves down by one lane a step. `ring` holds
// the bodies j twice in a row. 17 instructions for 40 flops with kBoth; otherwise j gets nothing.
template <bool kBoth, unsigned kTargets>
__device__ float3 meet(const float4* ring, const float4 (&r)[kTargets], float3 (&a)[kTargets])
{
    const unsigned lane = threadIdx.x % 32;
    float3 back = {}; // minus the acceleration of body j
#pragma unroll 8
    for (unsigned k = 0; k < 32; ++k) {
        const float4 from = ring[lane + k];
#pragma unroll
        for (unsigned t = 0; t < kTargets; ++t) {
            const float3 d = difference(from, r[t]);
            const float s = inverse_cube(d);
            a[t] = add(a[t], from.w * s, d);
            if constexpr (kBoth)
                back = add(back, r[t].w * s, d);
        }
        if constexpr (kBoth)
            back = {__shfl_sync(~0U, back.x, lane + 1), __shfl_sync(~0U, back.y, lane + 1),
                    __shfl_sync(~0U, back.z, lane + 1)};
    }
    return back;
}

__device__ void add_to(float* out, std::size_t n, std::size_t i, float3 a)
{
    if (i < n) {
        atomicAdd(out + i, a.x);
        atomicAdd(out + n + i, a.y);
        atomicAdd(out + 2 * n + i, a.z);
    }
}

// Each pair once, since both bodies feel the same force. Bodies are cut into N tiles of 32
// kTargets; tile i meets itself and the N / 2 tiles after it, cyclically:
//
//     distance   0 1 2 .. N/2      if N is even, only the first half of the tiles meets the one at
//     tile i     x x x  x x        distance N/2, since that would meet it again
//
// A block has one tile i, kTargets of its bodies in each lane of every warp, and up to `count`
// distances, beginning with blockIdx.y * count; each warp takes 32 bodies of the tile j. Sums of
// both are added to `out`, which is zeroed before.
template <unsigned kTargets> __global__ void __launch_bounds__(32 * kTargets)
    pairs_kernel(Points points, unsigned count, float* __restrict__ out)
{
    constexpr unsigned kWarps = kTargets, kTile = 32 * kTargets;
    __shared__ float4 rings[kWarps][64];
    __shared__ float3 partial[kWarps][kTile];
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, tiles = gridDim.x;
    const std::size_t n = points.n, first = std::size_t(blockIdx.x) * kTile;
    float4 r[kTargets];
    float3 a[kTargets] = {};
#pragma unroll
    for (unsigned t = 0; t < kTargets; ++t)
        r[t] = load_body(points, first + t * 32 + lane);
    const unsigned half = tiles / 2, met = 2 * half == tiles && blockIdx.x >= half ? 1 : 0,
                   begin = blockIdx.y * count, end = std::min(begin + count, half - met + 1);
    for (unsigned distance = begin; distance < end; ++distance) {
        // load
        const std::size_t j = (blockIdx.x + distance) % tiles * std::size_t(kTile) + threadIdx.x;
        __syncwarp(); // the bodies before are used up
        rings[warp][lane] = rings[warp][lane + 32] = load_body(points, j);
        __syncwarp(); // the bodies are written
        // compute
        if (distance == 0) {
            meet<false>(rings[warp], r, a);
        } else {
            const float3 back = meet<true>(rings[warp], r, a);
            add_to(out, n, j, {-back.x, -back.y, -back.z});
        }
    }
    // combine the warps
#pragma unroll
    for (unsigned t = 0; t < kTargets; ++t)
        partial[warp][t * 32 + lane] = a[t];
    __syncthreads(); // all partial sums are written before they are added
    float3 sum = {};
    for (unsigned w = 0; w < kWarps; ++w)
        sum = add(sum, 1, partial[w][threadIdx.x]);
    if (begin < end)
        add_to(out, n, first + threadIdx.x, sum);
}

__device__ void store(float* out, std::size_t n, std::size_t i, float3 a)
{
    out[i] = a.x;
    out[n + i] = a.y;
    out[2 * n + i] = a.z;
}

__device__ float3 sum_of_warp(float3 a) // in lane 0
{
    for (unsigned distance = 16; distance > 0; distance /= 2)
        a = {a.x + __shfl_down_sync(~0U, a.x, distance), a.y + __shfl_down_sync(~0U, a.y, distance),
             a.z + __shfl_down_sync(~0U, a.z, distance)};
    return a;
}

constexpr unsigned kFew = 4;      // bodies i of a block of few_kernel
constexpr unsigned kInFlight = 4; // bodies j of a thread

// For few bodies: both directions of a pair on their own, so that one kernel writes the output,
// with neither zeroing nor atomics, and as many blocks as kFew bodies i each give. Every thread has
// these; the bodies j are shared among the threads.
__global__ void __launch_bounds__(kThreads) few_kernel(Points points, float* __restrict__ out)
{
    constexpr unsigned kWarps = kThreads / 32;
    __shared__ float3 partial[kWarps][kFew];
    const std::size_t n = points.n, first = std::size_t(blockIdx.x) * kFew;
    float4 r[kFew], from[kInFlight];
    float3 a[kFew] = {};
#pragma unroll
    for (unsigned t = 0; t < kFew; ++t)
        r[t] = load_body(points, first + t);
    for (std::size_t j = threadIdx.x; j < n; j += kInFlight * kThreads) {
        // load
#pragma unroll
        for (unsigned k = 0; k < kInFlight; ++k) {
            from[k] = load_body(points, j + k * kThreads);
        }
        // compute
#pragma unroll
        for (unsigned k = 0; k < kInFlight; ++k)
#pragma unroll
            for (unsigned t = 0; t < kFew; ++t) {
                const float3 d = difference(from[k], r[t]);
                a[t] = add(a[t], from[k].w * inverse_cube(d), d);
            }
    }
    // combine the lanes, then the warps
#pragma unroll
    for (unsigned t = 0; t < kFew; ++t)
        if (const float3 sum = sum_of_warp(a[t]); threadIdx.x % 32 == 0)
            partial[threadIdx.x / 32][t] = sum;
    __syncthreads(); // all partial sums are written before they are added
    if (threadIdx.x >= kFew || first + threadIdx.x >= n)
        return;
    float3 sum = {};
    for (unsigned w = 0; w < kWarps; ++w)
        sum = add(sum, 1, partial[w][threadIdx.x]);
    store(out, n, first + threadIdx.x, sum);
}

// One thread per body i, all bodies j from global memory, which the caches serve. `cuda` adds the
// third law, several bodies i per load, bodies j in shared memory, and the hardware's inverse
// square root.
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
    store(out, n, i, total);
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

// As many distances a block as leave 16 warps or more to an SM.
template <unsigned kTargets> void launch_pairs(Arrays& on)
{
    const unsigned tiles = blocks_to_cover(on.m.size(), 32 * kTargets), distances = tiles / 2 + 1;
    const std::size_t of_an_sm = std::size_t(tiles) * distances / multiprocessors();
    const auto count =
        static_cast<unsigned>(std::clamp<std::size_t>(of_an_sm / (16 / kTargets), 1, kDistances));
    const dim3 blocks(tiles, blocks_to_cover(distances, count));
    on.out.fill(0);
    pairs_kernel<kTargets>
        <<<blocks, 32 * kTargets, 0, stream()>>>(points_of(on), count, on.out.data());
    check(cudaGetLastError());
}

void launch_few(Arrays& on)
{
    const unsigned blocks = blocks_to_cover(on.m.size(), kFew);
    few_kernel<<<blocks, kThreads, 0, stream()>>>(points_of(on), on.out.data());
    check(cudaGetLastError());
}

// By the pairs of an SM. Below 2^16, zeroing the output takes longer than each pair twice. With 8
// bodies i a lane fewer instructions load and shuffle; with 4 there are twice as many warps, which
// counts up to 2^19.
void launch(const nbody::Input&, Arrays& on)
{
    const std::size_t n = on.m.size(), pairs = n * n / multiprocessors();
    if (n == 0)
        return;
    if (pairs < 1U << 16)
        launch_few(on);
    else if (pairs < 1U << 19)
        launch_pairs<4>(on);
    else
        launch_pairs<8>(on);
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
