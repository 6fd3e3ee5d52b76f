// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/kmeans.hpp"

namespace workspan {

namespace {

using kmeans::kCentroids;
using kmeans::kDimensions;
using kmeans::kSteps;

constexpr unsigned kThreads = 128, kBlocksPerMultiprocessor = 4;
// Points of a thread at once: a centroid read from shared memory serves 64 multiply-adds.
constexpr unsigned kEach = 4;
constexpr unsigned kTile = kThreads * kEach;
// Points of a block at most, so that its sums are exact in float.
constexpr std::size_t kMost = std::size_t(1) << 16;
constexpr unsigned kFours = kDimensions / 4, kCoordinates = kCentroids * kDimensions;
static_assert(kMost <= kmeans::kExact && kMost % kTile == 0 && kCentroids <= kThreads &&
              kDimensions == 16);

// The centroids in the form that the scores need, and the sums privatised per block.
struct Shared {
    float4 factors[kCentroids][kFours]; // -2 c
    float norms[kCentroids];
    float sums[kCoordinates];
    unsigned counts[kCentroids];
};

// The sums of all blocks, in double: exact for any number of points; zero between launches.
struct Totals {
    double sums[kCoordinates], counts[kCentroids];
};

__device__ void begin(const float* centroids, Shared& s)
{
    for (unsigned i = threadIdx.x; i < kCoordinates; i += kThreads) {
        reinterpret_cast<float*>(s.factors)[i] = -2 * centroids[i];
        s.sums[i] = 0;
    }
    for (unsigned c = threadIdx.x; c < kCentroids; c += kThreads) {
        float norm = 0;
        for (unsigned j = 0; j < kDimensions; ++j)
            norm = fmaf(centroids[c * kDimensions + j], centroids[c * kDimensions + j], norm);
        s.norms[c] = norm;
        s.counts[c] = 0;
    }
    __syncthreads(); // everything is written before it is used
}

// score = |c|^2 - 2 x.c; the label is the centroid of the least score, the first of equal ones.
__device__ void label_points(const float4 (&x)[kEach][kFours], const Shared& s,
                             unsigned (&label)[kEach])
{
    float least[kEach];
#pragma unroll
    for (unsigned e = 0; e < kEach; ++e) {
        least[e] = INFINITY;
        label[e] = 0;
    }
    for (unsigned c = 0; c < kCentroids; ++c) {
        float score[kEach];
#pragma unroll
        for (unsigned e = 0; e < kEach; ++e)
            score[e] = s.norms[c];
#pragma unroll
        for (unsigned q = 0; q < kFours; ++q) {
            const float4 f = s.factors[c][q]; // a broadcast to the warp
#pragma unroll
            for (unsigned e = 0; e < kEach; ++e)
                score[e] = fmaf(
                    f.w, x[e][q].w,
                    fmaf(f.z, x[e][q].z, fmaf(f.y, x[e][q].y, fmaf(f.x, x[e][q].x, score[e]))));
        }
#pragma unroll
        for (unsigned e = 0; e < kEach; ++e)
            if (score[e] < least[e]) {
                least[e] = score[e];
                label[e] = c;
            }
    }
}

// Adds the 32 points of a warp, from `first` on, to the block's sums: half a warp a point, one lane
// per dimension, so that atomics collide only if the two points have the same label. The points are
// read once more, coalesced, from L1.
__device__ void add_points(const float* points, std::size_t first, std::size_t end, unsigned label,
                           Shared& s)
{
    const unsigned lane = threadIdx.x % 32, j = lane % kDimensions;
    if (first + lane < end)
        atomicAdd(s.counts + label, 1U);
#pragma unroll 4
    for (unsigned k = 0; k < 32; k += 2) {
        const unsigned mine = k + lane / kDimensions, its_label = __shfl_sync(~0U, label, mine);
        if (first + mine < end)
            atomicAdd(s.sums + its_label * kDimensions + j,
                      points[(first + mine) * kDimensions + j]);
    }
}

// Adds the block's sums to the totals. True in every thread of the last block to arrive.
__device__ bool add_to_totals(const Shared& s, Totals& totals, unsigned* arrivals)
{
    __syncthreads(); // all points of the block are in its sums
    for (unsigned i = threadIdx.x; i < kCoordinates; i += kThreads)
        if (s.counts[i / kDimensions] > 0)
            atomicAdd(totals.sums + i, static_cast<double>(s.sums[i]));
    for (unsigned c = threadIdx.x; c < kCentroids; c += kThreads)
        if (s.counts[c] > 0)
            atomicAdd(totals.counts + c, static_cast<double>(s.counts[c]));
    __threadfence(); // release: the additions become visible before thread 0 counts the block
    __syncthreads();
    return is_last_block(arrivals);
}

// By one block. The totals are read from L2, where atomics are executed.
__device__ void move_centroids(Totals& totals, float* centroids)
{
    for (unsigned i = threadIdx.x; i < kCoordinates; i += kThreads) {
        const double count = __ldcg(totals.counts + i / kDimensions);
        if (count > 0)
            centroids[i] = static_cast<float>(__ldcg(totals.sums + i) / count);
        totals.sums[i] = 0;
    }
    __syncthreads(); // all counts are read
    for (unsigned c = threadIdx.x; c < kCentroids; c += kThreads)
        totals.counts[c] = 0;
}

// One launch a step. One block per `chunk` points, a multiple of kTile, one thread per four points
// of a tile, kThreads apart. Every block labels its points and adds them up; the last one to finish
// moves the centroids, which all have read by then. For n = 0 one block is enough.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    kmeans_kernel(const float* __restrict__ points, std::size_t n, std::size_t chunk,
                  float* centroids, std::uint32_t* __restrict__ labels, Totals* totals,
                  unsigned* arrivals)
{
    __shared__ Shared shared;
    begin(centroids, shared);
    const std::size_t from = blockIdx.x * chunk, end = n - from < chunk ? n : from + chunk;
    for (std::size_t tile = from; tile < end; tile += kTile) {
        // load
        const std::size_t me = tile + threadIdx.x;
        float4 x[kEach][kFours] = {};
#pragma unroll
        for (unsigned e = 0; e < kEach; ++e)
            if (me + e * kThreads < end)
                for (unsigned q = 0; q < kFours; ++q)
                    x[e][q] =
                        reinterpret_cast<const float4*>(points)[(me + e * kThreads) * kFours + q];
        // compute
        unsigned label[kEach];
        label_points(x, shared, label);
        // store and add up
#pragma unroll
        for (unsigned e = 0; e < kEach; ++e) {
            if (me + e * kThreads < end)
                labels[me + e * kThreads] = label[e];
            add_points(points, tile + e * kThreads + threadIdx.x / 32 * 32, end, label[e], shared);
        }
    }
    // combine
    if (add_to_totals(shared, *totals, arrivals))
        move_centroids(*totals, centroids);
}

struct Arrays {
    explicit Arrays(const kmeans::Input& in)
        : points(in.points.size()), start(1), totals(1), arrivals(1),
          out(kmeans::output_bytes(in.points.size()))
    {
        totals.fill(0); // once, as `arrivals`: every launch resets both
        arrivals.fill(0);
    }
    DeviceArray<kmeans::Point> points;
    DeviceArray<kmeans::Centroids> start;
    DeviceArray<Totals> totals;
    DeviceArray<unsigned> arrivals;
    DeviceArray<std::byte> out;
};

Uploads uploads(const kmeans::Input& in, Arrays& on)
{
    return {{on.points, {in.points.data(), in.points.size()}}, {on.start, {&in.start, 1}}};
}

void launch(const kmeans::Input&, Arrays& on)
{
    const std::size_t n = on.points.size();
    const std::size_t tiles = ceil_div(n, kTile),
                      resident_blocks = blocks_for(tiles, 1, kBlocksPerMultiprocessor);
    const std::size_t tiles_of_block = ceil_div(tiles, resident_blocks);
    const std::size_t chunk = std::clamp<std::size_t>(tiles_of_block * kTile, kTile, kMost);
    const unsigned blocks = std::max(blocks_to_cover(n, chunk), 1U);
    auto* const centroids = reinterpret_cast<float*>(on.out.data());
    auto* const labels =
        reinterpret_cast<std::uint32_t*>(on.out.data() + sizeof(kmeans::Centroids));
    check(cudaMemcpyAsync(centroids, on.start.data(), on.start.size_bytes(),
                          cudaMemcpyDeviceToDevice, stream()));
    for (std::size_t step = 0; step < kSteps; ++step) {
        kmeans_kernel<<<blocks, kThreads, 0, stream()>>>(
            reinterpret_cast<const float*>(on.points.data()), n, chunk, centroids, labels,
            on.totals.data(), on.arrivals.data());
        check(cudaGetLastError());
    }
}

} // namespace

Trial kmeans::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
