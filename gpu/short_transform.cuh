// SPDX-License-Identifier: Apache-2.0
// Short Fourier transforms by one block, of the columns of a tile: butterflies in registers, and
// between their stages an exchange through shared memory. See fft.cu.
#pragma once

#include "gpu/device.cuh"

#include <bit>

namespace workspan {

// Lengths are powers of two, given by their exponents: shifts and masks instead of divisions.
constexpr unsigned kStage = 4; // radix 16: the largest of a stage, the elements of a thread

__device__ inline unsigned low(std::size_t i, unsigned bits)
{
    return static_cast<unsigned>(i) & ((1U << bits) - 1);
}

__device__ inline float2 operator+(float2 a, float2 b) { return {a.x + b.x, a.y + b.y}; }
__device__ inline float2 operator-(float2 a, float2 b) { return {a.x - b.x, a.y - b.y}; }
__device__ inline float2 operator*(float2 a, float2 w)
{
    return {a.x * w.x - a.y * w.y, a.x * w.y + a.y * w.x};
}
__device__ inline float2 minus_i(float2 a) { return {a.y, -a.x}; }
__device__ inline float2 squared(float2 w) // |w| = 1
{
    const float twice = w.y + w.y;
    return {fmaf(-twice, w.y, 1), twice * w.x};
}

// (a, b) -> (a + w b, a - w b); the difference is 2 a - (a + w b).
__device__ inline void butterfly(float2& a, float2& b, float2 w)
{
    const float2 sum = {fmaf(-w.y, b.y, fmaf(w.x, b.x, a.x)), fmaf(w.y, b.x, fmaf(w.x, b.y, a.y))};
    b = {fmaf(2, a.x, -sum.x), fmaf(2, a.y, -sum.y)};
    a = sum;
}

// exp(-2 pi i k / 16), k < 4.
__device__ inline float2 twiddle16(unsigned k)
{
    constexpr float cosine[5] = {1, 0.92387953F, 0.70710678F, 0.38268343F, 0};
    return {cosine[k], -cosine[4 - k]};
}

// The transform of a[k] w^k, k < kSize: w[0] = w, w[1] = w^2, w[2] = w^4, ... Without kTurned w is
// 1 and not read.
template <bool kTurned, unsigned kSize> __device__ void dft(float2 (&a)[kSize], const float2* w)
{
    if constexpr (kSize > 1) {
        constexpr unsigned half = kSize / 2, quarter = std::max(half / 2, 1U);
        float2 even[half], odd[half];
#pragma unroll
        for (unsigned k = 0; k < half; ++k) {
            even[k] = a[2 * k];
            odd[k] = a[2 * k + 1];
        }
        dft<kTurned>(even, w + 1);
        dft<kTurned>(odd, w + 1);
#pragma unroll
        for (unsigned k = 0; k < half; ++k) {
            const float2 factor = twiddle16(k % quarter * (16 / kSize));
            a[k] = even[k];
            a[k + half] = k < quarter ? odd[k] : minus_i(odd[k]);
            if (kTurned)
                butterfly(a[k], a[k + half], k % quarter == 0 ? w[0] : w[0] * factor);
            else if (k % quarter != 0)
                butterfly(a[k], a[k + half], factor);
            else {
                const float2 other = a[k + half];
                a[k + half] = a[k] - other;
                a[k] = a[k] + other;
            }
        }
    }
}

// a[0] + a[1] x + a[2] x^2 + ...
template <std::size_t kTerms> __device__ float polynomial(const float (&a)[kTerms], float x)
{
    float y = a[kTerms - 1];
#pragma unroll
    for (unsigned k = kTerms - 1; k-- > 0;)
        y = fmaf(y, x, a[k]);
    return y;
}

// exp(-2 pi i t), |t| <= 1/16. The polynomials, fitted for the least largest error with their
// leading coefficients rounded first, are off by less than a tenth of the rounding unit; the first
// coefficient of the sine, 2 pi, is given in two parts.
__device__ inline float2 turned(float t)
{
    constexpr float sine[] = {-6.72658814e-07F, -41.340683F, 81.082634F},
                    cosine[] = {1, -19.7392082F, 64.9384308F, -85.0157623F};
    const float tt = t * t;
    return {polynomial(cosine, tt), -fmaf(t, 6.28318548F, t * polynomial(sine, tt))};
}

// exp(-2 pi i 4 t), |t| <= 1/16, likewise.
__device__ inline float2 turned_by_four(float t)
{
    constexpr float sine[] = {-1.28774377e-06F, -2645.86597F, 83559.4766F, -1254208.25F,
                              10366145.0F},
                    cosine[] = {1,           -315.827332F, 16624.457F, -350004.594F,
                                3937339.50F, -25730778.0F};
    const float tt = t * t;
    return {polynomial(cosine, tt), -fmaf(t, 25.1327419F, t * polynomial(sine, tt))};
}

// w[k] = exp(-2 pi i 2^k q / 2^log), k < kStage, for q < 2^log / 2^kStage. A squaring doubles an
// error of the phase: w[3], of up to half a turn, is computed directly, w[0] and its squares are of
// a quarter at most.
__device__ inline void turns(float2 (&w)[kStage], unsigned q, unsigned log)
{
    const float t = static_cast<float>(q) * std::bit_cast<float>((127 - log) << 23);
    w[0] = turned(t);
    w[1] = squared(w[0]);
    w[2] = squared(w[1]);
    w[3] = minus_i(turned_by_four(2 * t - 0x1p-4F));
}

// 2^kRadix rows by 2^kColumns columns; each column is transformed on its own. The first stage has
// the radix that the others, of radix 16, leave.
template <unsigned kRadix_, unsigned kColumns_> struct Tile {
    static constexpr unsigned kRadix = kRadix_, kColumns = kColumns_,
                              kElements = 1U << (kRadix + kColumns),
                              kEach = std::min(kElements, 1U << kStage),
                              kThreads = kElements / kEach,
                              kFirst = kRadix == 0 ? 0 : (kRadix - 1) % kStage + 1;

    // Element i lies in slot(i): between the rows of 2^kFirst elements by the columns, which
    // neighbouring threads write in the first stage, padding avoids bank conflicts. For numbers
    // that share no bit, slot(a + b) = slot(a) + slot(b): the constant part of an index becomes an
    // offset of the instruction.
    static constexpr __host__ __device__ unsigned slot(unsigned i)
    {
        return i + (i >> (kFirst + kColumns) << kColumns);
    }
    // Another order, for reading column by column.
    static constexpr __host__ __device__ unsigned slot_by_column(unsigned i) { return i + i / 16; }

    static constexpr unsigned kBytes =
        sizeof(float2) * std::max(slot(kElements), slot_by_column(kElements));
};

// q < 2^done is the frequency index of the passes before.
struct Frequency {
    unsigned q, done;
};

// Stores the outputs of butterfly id of the stage after those of the product 2^kDone.
template <class Tile, unsigned kDone, unsigned kSize>
__device__ void store_to_tile(const float2 (&a)[kSize], float2* tile, unsigned id)
{
    constexpr unsigned kColumns = Tile::kColumns, kThen = kDone + std::countr_zero(kSize);
    const unsigned row = id >> kColumns, q = low(row, kDone), p = row >> kDone;
    float2* const to = tile + Tile::slot(((q + (p << kThen)) << kColumns) + low(id, kColumns));
#pragma unroll
    for (unsigned j = 0; j < kSize; ++j)
        to[Tile::slot(j << (kDone + kColumns))] = a[j];
}

// The stages of a tile after those whose radices have the product 2^kDone: this stage, and by
// recursion the rest. load(id, step, k) gives input k of butterfly id, at id + k step; the last
// stage passes the outputs of a butterfly to store(a, row, rows, column): row, row + rows, ... of a
// column. kTurned: not the first stage of all.
template <class Tile, bool kTurned, unsigned kDone = 0, class Load, class Store>
__device__ void transform(float2* tile, Frequency before, Load load, Store store)
{
    constexpr unsigned kBits = kDone == 0 ? Tile::kFirst : kStage, kSize = 1U << kBits,
                       kColumns = Tile::kColumns, kButterflies = Tile::kEach / kSize;
    constexpr bool kLast = kDone + kBits == Tile::kRadix;
    static_assert(kDone == 0 || kButterflies == 1); // of the same frequency
    // load
    float2 a[kButterflies][kSize], w[kStage];
#pragma unroll
    for (unsigned b = 0; b < kButterflies; ++b)
#pragma unroll
        for (unsigned k = 0; k < kSize; ++k)
            a[b][k] = load(b * Tile::kThreads + threadIdx.x, Tile::kElements / kSize, k);
    if constexpr (kTurned)
        turns(w, before.q + (low(threadIdx.x >> kColumns, kDone) << before.done),
              before.done + kDone + kStage);
    if constexpr (kDone > 0) {
        __syncthreads(); // all elements of the tile are in registers
    }
    // compute, and store to the tile or, after the last stage, by store()
#pragma unroll
    for (unsigned b = 0; b < kButterflies; ++b) {
        const unsigned id = b * Tile::kThreads + threadIdx.x;
        dft<kTurned>(a[b], w + kStage - kBits);
        if constexpr (kLast)
            store(a[b], low(id >> kColumns, kDone), 1U << kDone, low(id, kColumns));
        else
            store_to_tile<Tile, kDone>(a[b], tile, id);
    }
    if constexpr (!kLast) {
        __syncthreads(); // the tile is complete
        const auto from_tile = [&](unsigned id, unsigned step, unsigned k) {
            return tile[Tile::slot(id) + Tile::slot(k * step)];
        };
        transform<Tile, true, kDone + kBits>(tile, before, from_tile, store);
    }
}

} // namespace workspan
