// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/fft.hpp"

#include <array>
#include <utility>

namespace workspan {

namespace {

// A transform of n = 2^length elements in Stockham's order: one pass (kernel) or several, for
// example length 19 = 9 + 10, each of several stages. A pass of radix 2^kRadix:
//
//          2^kColumns columns of a block
//         |<-->|
//   row 0  ####------------------    load         16 elements a thread, from global memory
//   row 1  ####------------------    stage 1      dft of 16 in registers, twiddle factors (roots)
//    ...   ####                      tile         elements change threads in shared memory
//          ####------------------    stage 2      dft of 16, twiddle factors
//   row 2^kRadix - 1                 tile
//                                    last stage   dft of 16 or fewer, twiddles of the next pass
//   rows lie n / 2^kRadix apart      store        to global memory, the first pass transposed in
//                                                 the tile before, so that stores are coalesced
//
// A thread's 16 elements are the inputs of one butterfly of a stage, or of several smaller ones.
// Lengths are powers of two, given by their exponents: shifts and masks instead of divisions.
constexpr unsigned kTile = 12;                // at most 4096 elements, 34 KiB of shared memory
constexpr unsigned kEach = 16, kEachBits = 4; // elements of a thread, the largest radix of a stage
constexpr unsigned kShortest = 6, kLongest = 10; // of one of several passes: 4 columns or more

// Element i of a tile lies in slot(i): padding avoids bank conflicts between elements 16 apart, as
// a stage writes them. For numbers that share no bit, slot(a + b) = slot(a) + slot(b): the constant
// part of an index becomes an offset of the instruction.
__host__ __device__ constexpr unsigned slot(unsigned i) { return i + i / 16; }
__device__ unsigned low(std::size_t i, unsigned bits)
{
    return static_cast<unsigned>(i) & ((1U << bits) - 1);
}

__device__ float2 operator+(float2 a, float2 b) { return {a.x + b.x, a.y + b.y}; }
__device__ float2 operator-(float2 a, float2 b) { return {a.x - b.x, a.y - b.y}; }
__device__ float2 operator*(float2 a, float2 w)
{
    return {a.x * w.x - a.y * w.y, a.x * w.y + a.y * w.x};
}
__device__ float2 minus_i(float2 a) { return {a.y, -a.x}; }

// a times the twiddle factor exp(-2 pi i k / 16), k < 8.
__device__ float2 times_twiddle16(float2 a, unsigned k)
{
    constexpr float c = 0.92387953F, s = 0.38268343F; // cos(pi/8), sin(pi/8)
    constexpr float r = 0.70710678F;                  // sqrt(1/2)
    switch (k) {
    case 0:
        return a;
    case 1:
        return a * float2{c, -s};
    case 2:
        return {r * (a.x + a.y), r * (a.y - a.x)};
    case 3:
        return a * float2{s, -c};
    case 4:
        return minus_i(a);
    case 5:
        return a * float2{-s, -c};
    case 6:
        return {r * (a.y - a.x), -r * (a.x + a.y)};
    default:
        return a * float2{-c, -s};
    }
}

// The transform of 1, 2, 4, 8 or 16 elements.
template <unsigned kSize> __device__ void dft(float2 (&a)[kSize])
{
    if constexpr (kSize > 1) {
        constexpr unsigned half = kSize / 2;
        float2 even[half], odd[half];
#pragma unroll
        for (unsigned k = 0; k < half; ++k) {
            even[k] = a[2 * k];
            odd[k] = a[2 * k + 1];
        }
        dft(even);
        dft(odd);
#pragma unroll
        for (unsigned k = 0; k < half; ++k) {
            const float2 other = times_twiddle16(odd[k], k * (16 / kSize));
            a[k] = even[k] + other;
            a[k + half] = even[k] - other;
        }
    }
}

// exp(-2 pi i k / 2^log_n), k < 2^log_n <= 2^32. The angle, in units of 2^-32 turns, is split into
// quarter turns and a remainder of at most an eighth either way, which a float holds exactly up to
// 2^27 and beyond with an error below its rounding unit.
__device__ float2 root_of_unity(std::uint32_t k, unsigned log_n)
{
    const std::uint32_t turn = k << (32 - log_n), quarter = (turn + (1U << 29)) >> 30;
    float sine, cosine;
    sincospif(static_cast<float>(static_cast<std::int32_t>(turn - (quarter << 30))) * 0x1p-31F,
              &sine, &cosine);
    float2 w = {cosine, -sine};
    if (quarter % 2 != 0)
        w = minus_i(w);
    return quarter / 2 != 0 ? float2{-w.x, -w.y} : w;
}

// a[j] *= exp(-2 pi i (first + j step) / 2^log_n). Every fourth twiddle factor is computed
// directly, the others by recurrence, which adds a few roundings.
template <unsigned kSize> __device__ void apply_twiddles(float2 (&a)[kSize], std::uint32_t first,
                                                         std::uint32_t step, unsigned log_n)
{
    const float2 one_step = root_of_unity(step, log_n);
    float2 w = {};
#pragma unroll
    for (unsigned j = 0; j < kSize; ++j) {
        w = j % 4 == 0 ? root_of_unity(first + j * step, log_n) : w * one_step;
        a[j] = a[j] * w;
    }
}

// 2^kRadix rows by 2^kColumns columns; each column is transformed on its own.
template <unsigned kRadix, unsigned kColumns> struct Tile {
    static constexpr unsigned kElements = 1U << (kRadix + kColumns),
                              kPerThread = std::min(kElements, kEach),
                              kThreads = kElements / kPerThread;
};

// The stages of a tile after those whose radices have the product 2^kDone: this stage, and by
// recursion the rest. load(id, step, k) gives input k of butterfly id, at id + k step; the last
// stage passes the outputs of a butterfly to store(a, row, rows, column): row, row + rows, ... of a
// column. roots[k] = exp(-2 pi i k / 4096).
template <unsigned kRadix, unsigned kColumns, unsigned kDone = 0, class Load, class Store>
__device__ void transform(float2* tile, const float2* __restrict__ roots, Load load, Store store)
{
    using Tile = Tile<kRadix, kColumns>;
    constexpr unsigned kLeft = kRadix - kDone, kBits = std::min(kLeft, kEachBits),
                       kSize = 1U << kBits;
    constexpr unsigned kButterflies = Tile::kPerThread / kSize, kStep = Tile::kElements / kSize;
    // load
    float2 a[kButterflies][kSize];
#pragma unroll
    for (unsigned b = 0; b < kButterflies; ++b)
#pragma unroll
        for (unsigned k = 0; k < kSize; ++k)
            a[b][k] = load(b * Tile::kThreads + threadIdx.x, kStep, k);
    if constexpr (kDone > 0)
        __syncthreads(); // all elements of the tile are in registers
#pragma unroll
    for (unsigned b = 0; b < kButterflies; ++b) {
        const unsigned id = b * Tile::kThreads + threadIdx.x, column = low(id, kColumns),
                       row = id >> kColumns;
        const unsigned q = low(row, kDone), p = row >> kDone;
        // compute, and store to the tile or, after the last stage, by store()
        dft(a[b]);
        if constexpr (kLeft > kBits) {
            float2* const to = tile + slot(((q + (p << (kBits + kDone))) << kColumns) + column);
            to[0] = a[b][0];
#pragma unroll
            for (unsigned j = 1; j < kSize; ++j)
                to[slot(j << (kDone + kColumns))] = a[b][j] * roots[(p * j) << (kTile - kLeft)];
        } else
            store(a[b], q, 1U << kDone, column);
    }
    if constexpr (kLeft > kBits) {
        __syncthreads(); // the tile is complete
        const auto from_tile = [&](unsigned id, unsigned step, unsigned k) {
            return tile[slot(id) + slot(k * step)];
        };
        transform<kRadix, kColumns, kDone + kBits>(tile, roots, from_tile, store);
    }
}

// Stores a tile column after column: the outputs of a column are contiguous, and so stores are
// coalesced.
template <unsigned kRadix, unsigned kColumns>
__device__ void store_transposed(const float2* tile, float2* __restrict__ out)
{
    using Tile = Tile<kRadix, kColumns>;
    __syncthreads(); // the tile is complete
    const float2* const from =
        tile + slot((low(threadIdx.x, kRadix) << kColumns) + (threadIdx.x >> kRadix));
#pragma unroll
    for (unsigned k = 0; k < Tile::kPerThread; ++k) {
        const unsigned e = k * Tile::kThreads;
        out[threadIdx.x + e] = from[slot((low(e, kRadix) << kColumns) + (e >> kRadix))];
    }
}

// One pass over all n = 2^length elements: 2^done interleaved transforms of n / 2^done elements
// become 2^(done + kRadix) of n / 2^(done + kRadix). One block per tile of rows that lie
// n / 2^kRadix apart; a thread holds 16 elements.
template <unsigned kRadix, unsigned kColumns>
__global__ void __launch_bounds__(Tile<kRadix, kColumns>::kThreads,
                                  resident(Tile<kRadix, kColumns>::kThreads, kColumns > 0 ? 4 : 1))
    fft_pass_kernel(const float2* __restrict__ x, float2* __restrict__ out,
                    const float2* __restrict__ roots, unsigned length, unsigned done)
{
    using Tile = Tile<kRadix, kColumns>;
    __shared__ float2 tile[slot(Tile::kElements)];
    const std::size_t first = std::size_t(blockIdx.x) << kColumns;
    const bool last = kColumns == 0 || done + kRadix == length,
               transposed = kColumns > 0 && done == 0;
    const auto load = [&](unsigned id, unsigned step, unsigned k) {
        const unsigned apart = length - kRadix;
        return x[(std::size_t(id >> kColumns) << apart) + first + low(id, kColumns) +
                 k * (std::size_t(step >> kColumns) << apart)];
    };
    const auto store = [&](auto& a, unsigned row, unsigned rows, unsigned column) {
        const std::size_t p = (first + column) >> done, q = (first + column) - (p << done);
        if (!last)
            apply_twiddles(a, static_cast<std::uint32_t>(p) * row,
                           static_cast<std::uint32_t>(p) * rows, length - done);
        float2* const to_tile = tile + slot((row << kColumns) + column);
        float2* const to = out + q + (((p << kRadix) + row) << done);
#pragma unroll
        for (unsigned j = 0; j < std::extent_v<std::remove_reference_t<decltype(a)>>; ++j)
            if (transposed)
                to_tile[slot(j * rows << kColumns)] = a[j];
            else
                to[j * (std::size_t(rows) << done)] = a[j];
    };
    transform<kRadix, kColumns>(tile, roots, load, store);
    if (transposed)
        store_transposed<kRadix, kColumns>(tile, out + (first << kRadix));
}

struct Arrays {
    explicit Arrays(const fft::Input& in)
        : x(in.values.size()), out(x.size()), scratch(x.size() > 1U << kTile ? x.size() : 0),
          roots(1U << kTile)
    {
        std::vector<fft::Complex> w(roots.size());
        for (std::size_t k = 0; k < w.size(); ++k)
            w[k] = fft::Complex(fft::root(k, w.size()));
        enqueue({{roots, w}});
        synchronise(); // before w is destroyed
    }
    DeviceArray<fft::Complex> x, out, scratch, roots;
};

Uploads uploads(const fft::Input& in, Arrays& on) { return {{on.x, in.values}}; }

float2* raw(fft::Complex* p) { return reinterpret_cast<float2*>(p); }

using Kernel = void (*)(const float2*, float2*, const float2*, unsigned length, unsigned done);

// The kernels by radix: of a single pass, and of one of several passes, from kShortest on.
template <std::size_t... kRadix> Kernel single_pass(unsigned radix, std::index_sequence<kRadix...>)
{
    return std::array<Kernel, sizeof...(kRadix)>{fft_pass_kernel<kRadix, 0>...}[radix];
}

template <std::size_t... k> Kernel one_of_passes(unsigned radix, std::index_sequence<k...>)
{
    return std::array<Kernel, sizeof...(k)>{
        fft_pass_kernel<kShortest + k, kTile - kShortest - k>...}[radix - kShortest];
}

// Passes of nearly equal radix, which alternate between scratch memory and the output and end in
// the output.
void launch(const fft::Input& in, Arrays& on)
{
    if (in.values.size() == 0)
        return;
    const auto length = static_cast<unsigned>(std::bit_width(in.values.size()) - 1),
               tile = std::min(length, kTile);
    const auto passes = static_cast<unsigned>(length <= kTile ? 1 : ceil_div(length, kLongest));
    const float2* from = raw(on.x.data());
    for (unsigned k = 0; k < passes; ++k) {
        const unsigned done = length * k / passes, radix = length * (k + 1) / passes - done;
        const Kernel kernel =
            passes == 1
                ? single_pass(radix, std::make_index_sequence<kTile + 1>())
                : one_of_passes(radix, std::make_index_sequence<kLongest - kShortest + 1>());
        float2* const to = raw((passes - k) % 2 == 1 ? on.out.data() : on.scratch.data());
        kernel<<<1U << (length - tile), std::max(1U, (1U << tile) / kEach), 0, stream()>>>(
            from, to, raw(on.roots.data()), length, done);
        check(cudaGetLastError());
        from = to;
    }
}

} // namespace

Trial fft::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
