// SPDX-License-Identifier: Apache-2.0
// Transforms of kLanes sequences at once, one per vector lane, so that passes need no shuffles.
#pragma once

#include "harness/contracts/fft.hpp"

#include "cpu/transpose_in_registers.hpp"

#include <array>

namespace workspan::fft::lanes {

using V = Vector<float>;
constexpr std::size_t kLanes = V::size();

// kLanes complex numbers. In scratch memory, the real parts lie before the imaginary ones.
struct Wide {
    V re, im;
};
constexpr std::size_t kWide = 2 * kLanes;

inline Wide operator+(Wide a, Wide b) { return {a.re + b.re, a.im + b.im}; }
inline Wide operator-(Wide a, Wide b) { return {a.re - b.re, a.im - b.im}; }
inline Wide operator*(Wide a, Wide w)
{
    return {a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re};
}
inline Wide minus_i(Wide a) { return {a.im, -a.re}; }
inline Wide load_wide(const float* p)
{
    return {V(p, stdx::vector_aligned), V(p + kLanes, stdx::vector_aligned)};
}
inline void store_wide(float* p, Wide a)
{
    a.re.copy_to(p, stdx::vector_aligned);
    a.im.copy_to(p + kLanes, stdx::vector_aligned);
}
inline Wide broadcast(const float* p) { return {V(p[0]), V(p[1])}; }

using Raw [[gnu::vector_size(sizeof(V))]] = float;
// Lane k of the result is lane Lanes::of(k) of a (0 .. kLanes - 1) and b (kLanes .. 2 kLanes - 1).
template <class Lanes> V shuffle(V a, V b)
{
    return [&]<std::size_t... k>(std::index_sequence<k...>)
    {
        return std::bit_cast<V>(__builtin_shufflevector(
            std::bit_cast<Raw>(a), std::bit_cast<Raw>(b), int(Lanes::of(k))...));
    }
    (std::make_index_sequence<kLanes>());
}

template <std::size_t first> struct EverySecond {
    static constexpr std::size_t of(std::size_t k) { return 2 * k + first; }
};
// Lanes of one half of a and of b, alternating.
template <std::size_t half> struct Alternating {
    static constexpr std::size_t of(std::size_t k)
    {
        return k / 2 + half * kLanes / 2 + k % 2 * kLanes;
    }
};

// The transforms of 4 and of 8 elements, in place.
[[gnu::always_inline]] inline void dft(Wide (&a)[4])
{
    const Wide sum02 = a[0] + a[2], sum13 = a[1] + a[3], difference02 = a[0] - a[2],
               rotated13 = minus_i(a[1] - a[3]);
    a[0] = sum02 + sum13;
    a[1] = difference02 + rotated13;
    a[2] = sum02 - sum13;
    a[3] = difference02 - rotated13;
}

[[gnu::always_inline]] inline void dft(Wide (&a)[8])
{
    constexpr float r = std::numbers::sqrt2_v<float> / 2;
    Wide even[4] = {a[0], a[2], a[4], a[6]}, odd[4] = {a[1], a[3], a[5], a[7]};
    dft(even);
    dft(odd);
    odd[1] = {r * (odd[1].re + odd[1].im), r * (odd[1].im - odd[1].re)};
    odd[2] = minus_i(odd[2]);
    odd[3] = {r * (odd[3].im - odd[3].re), -r * (odd[3].re + odd[3].im)};
#pragma GCC unroll 4
    for (std::size_t k = 0; k < 4; ++k) {
        a[k] = even[k] + odd[k];
        a[k + 4] = even[k] - odd[k];
    }
}

// Source and destination of the elements of a transform: here, scratch memory.
struct Scratch {
    float* base;
    Wide get(std::size_t i) const { return load_wide(base + i * kWide); }
    void put(std::size_t i, Wide a) const { store_wide(base + i * kWide, a); }
};

// One pass of Stockham's algorithm, decimation in frequency: `stride` interleaved transforms of
// length n remain.
struct Pass {
    std::size_t radix, n, stride;
    std::size_t roots; // offset of exp(-2 pi i p j / n), j = 1 .. radix - 1, for each p < n / radix
};

template <std::size_t radix, bool last, class From, class To>
void pass_of(const Pass& pass, const float* w, From from, To to)
{
    const std::size_t m = pass.n / radix, s = pass.stride;
    for (std::size_t p = 0; p < m; ++p, w += 2 * (radix - 1))
        for (std::size_t q = 0; q < s; ++q) {
            // load
            Wide a[radix];
#pragma GCC unroll 8
            for (std::size_t k = 0; k < radix; ++k)
                a[k] = from.get(q + s * (p + k * m));
            // compute
            dft(a);
            // store, multiplied by the twiddle factors except in the last pass
            to.put(q + s * radix * p, a[0]);
#pragma GCC unroll 8
            for (std::size_t j = 1; j < radix; ++j)
                to.put(q + s * (radix * p + j), last ? a[j] : a[j] * broadcast(w + 2 * (j - 1)));
        }
}

template <bool last, class From, class To>
void run(const Pass& pass, const std::vector<float>& roots, From from, To to)
{
    if (pass.radix == 8)
        pass_of<8, last>(pass, roots.data() + pass.roots, from, to);
    else
        pass_of<4, last>(pass, roots.data() + pass.roots, from, to);
}

inline void append(std::vector<float>& factors, Exact w)
{
    factors.insert(factors.end(), {float(w.real()), float(w.imag())});
}

// The passes of kLanes transforms at once of `length` elements, a power of two from 16 on.
struct Lanes {
    explicit Lanes(std::size_t length)
    {
        for (std::size_t n = length, stride = 1; n > 1;) {
            // Radix 8, unless a factor of 2 would be left over.
            const std::size_t radix = n == 4 || n == 16 ? 4 : 8;
            passes.push_back({radix, n, stride, roots.size()});
            for (std::size_t p = 0; p < n / radix; ++p)
                for (std::size_t j = 1; j < radix; ++j)
                    append(roots, root(p * j, n));
            n /= radix;
            stride *= radix;
        }
    }
    std::vector<Pass> passes;
    std::vector<float> roots;
};

template <class From, class To>
void transform(const Lanes& t, From from, To to, float* scratch, float* other)
{
    run<false>(t.passes.front(), t.roots, from, Scratch{scratch});
    for (std::size_t i = 1; i + 1 < t.passes.size(); ++i, std::swap(scratch, other))
        run<false>(t.passes[i], t.roots, Scratch{scratch}, Scratch{other});
    run<true>(t.passes.back(), t.roots, Scratch{scratch}, to);
}

// The scratch array that the last pass of a transform does not read: it may hold the result.
inline float* spare(const Lanes& t, float* scratch, float* other)
{
    return t.passes.size() % 2 == 0 ? other : scratch;
}

} // namespace workspan::fft::lanes
