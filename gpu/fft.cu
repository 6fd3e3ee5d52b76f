// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/fft.hpp"

namespace workspan {

namespace {

// Lengths are powers of two and are meant by their exponents: shifts and masks divide.
constexpr unsigned kTile = 12;                                  // 4096 elements, 36 KiB of shared memory
constexpr unsigned kEach = 8, kThreads = (1U << kTile) / kEach; // elements that a thread holds
constexpr unsigned kLongest = 10;                               // radix of a pass, where several are needed: a tile is 4 columns wide
constexpr unsigned kPadded = (1U << kTile) + (1U << kTile) / kEach;

__device__ unsigned padded(unsigned i) { return i + i / kEach; } // elements 8 apart, as a stage writes them, lie in different banks
__device__ unsigned low(std::size_t i, unsigned bits) { return static_cast<unsigned>(i) & ((1U << bits) - 1); }

__device__ float2 operator+(float2 a, float2 b) { return {a.x + b.x, a.y + b.y}; }
__device__ float2 operator-(float2 a, float2 b) { return {a.x - b.x, a.y - b.y}; }
__device__ float2 operator*(float2 a, float2 w) { return {a.x * w.x - a.y * w.y, a.x * w.y + a.y * w.x}; }
__device__ float2 minus_i(float2 a) { return {a.y, -a.x}; }

// The transforms of 2, 4 and 8 elements.
__device__ void dft(float2 (&a)[2])
{
    const float2 sum = a[0] + a[1], difference = a[0] - a[1];
    a[0] = sum;
    a[1] = difference;
}

__device__ void dft(float2 (&a)[4])
{
    const float2 sum02 = a[0] + a[2], sum13 = a[1] + a[3], difference02 = a[0] - a[2], turned13 = minus_i(a[1] - a[3]);
    a[0] = sum02 + sum13;
    a[1] = difference02 + turned13;
    a[2] = sum02 - sum13;
    a[3] = difference02 - turned13;
}

__device__ void dft(float2 (&a)[8])
{
    constexpr float r = 0.70710678F; // sqrt(1/2)
    float2 even[4] = {a[0], a[2], a[4], a[6]}, odd[4] = {a[1], a[3], a[5], a[7]};
    dft(even);
    dft(odd);
    odd[1] = {r * (odd[1].x + odd[1].y), r * (odd[1].y - odd[1].x)};
    odd[2] = minus_i(odd[2]);
    odd[3] = {r * (odd[3].y - odd[3].x), -r * (odd[3].x + odd[3].y)};
    for (unsigned k = 0; k < 4; ++k) {
        a[k] = even[k] + odd[k];
        a[k + 4] = even[k] - odd[k];
    }
}

// exp(-2 pi i k / 2^log_n), k < 2^log_n <= 2^32. The angle is a fraction of 2^32 of a turn: quarter turns, and a rest of at most an
// eighth either way, which a float holds exactly up to 2^27 and beyond with an error below its own rounding unit.
__device__ float2 root_of_unity(std::size_t k, unsigned log_n)
{
    const auto turn = static_cast<std::uint32_t>(k << (32 - log_n));
    const std::uint32_t quarter = (turn + (1U << 29)) >> 30;
    float sine, cosine;
    sincospif(static_cast<float>(static_cast<std::int32_t>(turn - (quarter << 30))) * 0x1p-31F, &sine, &cosine);
    float2 w = {cosine, -sine};
    if (quarter % 2 != 0)
        w = minus_i(w);
    return quarter / 2 != 0 ? float2{-w.x, -w.y} : w;
}

// One of Stockham's passes over all n = 2^length elements: their transforms of n / 2^done elements, in 2^done interleaved copies, become
// transforms of a 2^radix-th of that.
struct Pass {
    unsigned length, done, radix;
    __host__ __device__ unsigned columns() const { return (length < kTile ? length : kTile) - radix; } // of a tile
};

// The same in a tile, whose rows are to be transformed and whose columns are apart; 2^done rows are interleaved copies. A thread reads
// the elements of its butterflies, and all threads wait before they write: every element is written to another place.
template <unsigned kRadix> __device__ void stage(float2* tile, const float2* __restrict__ roots, Pass pass, unsigned done)
{
    constexpr unsigned kSize = 1U << kRadix, kButterflies = kEach / kSize;
    const unsigned columns = pass.columns(), left = pass.radix - done;
    const unsigned all = 1U << (pass.radix - kRadix + columns);
    float2 a[kButterflies][kSize];
#pragma unroll
    for (unsigned b = 0; b < kButterflies; ++b)
        if (const unsigned id = b * blockDim.x + threadIdx.x; id < all)
#pragma unroll
            for (unsigned k = 0; k < kSize; ++k)
                a[b][k] = tile[padded(id + k * all)];
    __syncthreads(); // all elements of the tile are in registers
#pragma unroll
    for (unsigned b = 0; b < kButterflies; ++b)
        if (const unsigned id = b * blockDim.x + threadIdx.x; id < all) {
            const unsigned column = low(id, columns), row = id >> columns, q = low(row, done), p = row >> done;
            dft(a[b]);
#pragma unroll
            for (unsigned j = 0; j < kSize; ++j) {
                const float2 turned = j == 0 ? a[b][j] : a[b][j] * roots[(p * j) << (kTile - left)];
                tile[padded(((q + (((p << kRadix) + j) << done)) << columns) + column)] = turned;
            }
        }
    __syncthreads(); // all are back in the tile
}

// One block per tile of 2^radix rows, which lie n / 2^radix apart, by as many neighbouring columns as make 4096 elements; a thread holds
// eight of them. roots[k] = exp(-2 pi i k / 4096).
__global__ void __launch_bounds__(kThreads, 2)
    fft_pass_kernel(const float2* __restrict__ x, float2* __restrict__ out, const float2* __restrict__ roots, Pass pass)
{
    __shared__ float2 tile[kPadded];
    const unsigned columns = pass.columns(), elements = 1U << (pass.radix + columns);
    const std::size_t first = std::size_t(blockIdx.x) << columns;
#pragma unroll kEach
    for (unsigned e = threadIdx.x; e < elements; e += blockDim.x)
        tile[padded(e)] = x[(std::size_t(e >> columns) << (pass.length - pass.radix)) + first + low(e, columns)];
    __syncthreads(); // the tile is there

    unsigned done = 0;
    for (; done + 3 <= pass.radix; done += 3)
        stage<3>(tile, roots, pass, done);
    if (pass.radix - done == 2)
        stage<2>(tile, roots, pass, done);
    if (pass.radix - done == 1)
        stage<1>(tile, roots, pass, done);

    // Neighbouring threads write neighbours: in the first pass the rows of a column, then the columns of a row.
    for (unsigned e = threadIdx.x; e < elements; e += blockDim.x) {
        const unsigned row = pass.done == 0 ? low(e, pass.radix) : e >> columns;
        const unsigned column = pass.done == 0 ? e >> pass.radix : low(e, columns);
        const std::size_t p = (first + column) >> pass.done, q = (first + column) - (p << pass.done);
        const float2 w = root_of_unity(p * row, pass.length - pass.done);
        out[q + (((p << pass.radix) + row) << pass.done)] = tile[padded((row << columns) + column)] * w;
    }
}

struct Arrays {
    explicit Arrays(const fft::Input& in)
        : x(in.values.size()), out(x.size()), scratch(x.size() > 1U << kTile ? x.size() : 0), roots(1U << kTile)
    {
        std::vector<fft::Complex> w(roots.size());
        for (std::size_t k = 0; k < w.size(); ++k)
            w[k] = fft::Complex(fft::root(k, w.size()));
        enqueue({{roots, w}});
        synchronise(); // before w goes
    }
    DeviceArray<fft::Complex> x, out, scratch, roots;
};

Uploads uploads(const fft::Input& in, Arrays& on) { return {{on.x, in.values}}; }

float2* raw(fft::Complex* p) { return reinterpret_cast<float2*>(p); }

// Passes of nearly equal radix, from x to the output and to scratch memory in turn, so that the last one ends in the output.
void launch(const fft::Input& in, Arrays& on)
{
    if (in.values.size() == 0)
        return;
    const auto length = static_cast<unsigned>(std::bit_width(in.values.size()) - 1);
    const unsigned passes = length <= kTile ? 1 : (length + kLongest - 1) / kLongest;
    const float2* from = raw(on.x.data());
    for (unsigned k = 0; k < passes; ++k) {
        const unsigned done = length * k / passes;
        const Pass pass{.length = length, .done = done, .radix = length * (k + 1) / passes - done};
        float2* const to = raw((passes - k) % 2 == 1 ? on.out.data() : on.scratch.data());
        const unsigned blocks = 1U << (length < kTile ? 0 : length - kTile);
        const unsigned threads = length < kTile ? std::max(32U, (1U << length) / kEach) : kThreads;
        fft_pass_kernel<<<blocks, threads, 0, stream()>>>(from, to, raw(on.roots.data()), pass);
        check(cudaGetLastError());
        from = to;
    }
}

} // namespace

Trial fft::cuda(const Problem& p)
{
    require_device();
    return resident_trial<Arrays>(input(p), cost(p.n), check, uploads, launch);
}

Trial fft::cuda_e2e(const Problem& p)
{
    require_device();
    return e2e_trial<Arrays>(p, input(p), cost(p.n), check, uploads, launch);
}

} // namespace workspan
