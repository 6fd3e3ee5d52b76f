// SPDX-License-Identifier: Apache-2.0
// What vector kernels share: the widest vectors of the target, and stores that go past the caches.
#pragma once

#include "cpu/caches.hpp"

#include <bit>
#include <cstddef>
#include <experimental/simd>
#include <omp.h>
#include <utility>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace workspan {

namespace stdx = std::experimental;
template <class T> using Vector =
    stdx::native_simd<T>; // float: 16 lanes with AVX-512, 8 with AVX2, 4 with SSE2 or NEON

// a * b + c with one rounding. stdx::fma of libstdc++ is written lane by lane, and the compiler
// does not always find the one instruction in it: that of libstdc++ 13 made the compute ceiling
// four times too low.
inline Vector<float> fmadd(Vector<float> a, Vector<float> b, Vector<float> c)
{
#if defined(__AVX512F__)
    return Vector<float>(
        _mm512_fmadd_ps(static_cast<__m512>(a), static_cast<__m512>(b), static_cast<__m512>(c)));
#elif defined(__FMA__)
    return Vector<float>(
        _mm256_fmadd_ps(static_cast<__m256>(a), static_cast<__m256>(b), static_cast<__m256>(c)));
#else
    return stdx::fma(a, b, c);
#endif
}

inline Vector<double> fmadd(Vector<double> a, Vector<double> b, Vector<double> c)
{
#if defined(__AVX512F__)
    return Vector<double>(
        _mm512_fmadd_pd(static_cast<__m512d>(a), static_cast<__m512d>(b), static_cast<__m512d>(c)));
#elif defined(__FMA__)
    return Vector<double>(
        _mm256_fmadd_pd(static_cast<__m256d>(a), static_cast<__m256d>(b), static_cast<__m256d>(c)));
#else
    return stdx::fma(a, b, c);
#endif
}

// A vector stored past the caches, without reading the line first; `to` is aligned to the vector.
// Elsewhere an ordinary store.
template <class T> void stream(T* to, Vector<T> v)
{
#if defined(__AVX512F__)
    _mm512_stream_si512(reinterpret_cast<__m512i*>(to), std::bit_cast<__m512i>(v));
#elif defined(__AVX__)
    _mm256_stream_si256(reinterpret_cast<__m256i*>(to), std::bit_cast<__m256i>(v));
#elif defined(__SSE2__)
    _mm_stream_si128(reinterpret_cast<__m128i*>(to), std::bit_cast<__m128i>(v));
#else
    v.copy_to(to, stdx::vector_aligned);
#endif
}

// The lanes of v moved up by k: lane i gets lane i - k of v, and the first k lanes get the last k
// of `before`, the vector before v.
template <int k, class T> Vector<T> moved_up(Vector<T> before, Vector<T> v)
{
    constexpr int lanes = static_cast<int>(Vector<T>::size());
#if defined(__AVX512F__)
    const auto low = std::bit_cast<__m512i>(before), high = std::bit_cast<__m512i>(v);
    if constexpr (sizeof(T) == 4)
        return std::bit_cast<Vector<T>>(_mm512_maskz_alignr_epi32(0xffff, high, low, lanes - k));
    else
        return std::bit_cast<Vector<T>>(_mm512_maskz_alignr_epi64(0xff, high, low, lanes - k));
#else
    using Raw __attribute__((vector_size(sizeof(Vector<T>)))) = T;
    return [&]<int... lane>(std::integer_sequence<int, lane...>)
    {
        return std::bit_cast<Vector<T>>(__builtin_shufflevector(
            std::bit_cast<Raw>(before), std::bit_cast<Raw>(v), (lanes - k + lane)...));
    }
    (std::make_integer_sequence<int, lanes>());
#endif
}

// Makes streamed stores visible to other threads before whatever follows.
inline void stream_fence()
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

// Inside a parallel region: the contiguous part of n elements that is this thread's, cut at
// multiples of 64 elements so that parts begin on a cache line.
struct Part {
    std::size_t from, to;
};

inline Part my_part(std::size_t n)
{
    constexpr std::size_t grain = 64;
    const auto team = static_cast<std::size_t>(omp_get_num_threads());
    const auto me = static_cast<std::size_t>(omp_get_thread_num());
    const std::size_t grains = (n + grain - 1) / grain;
    const auto cut = [&](std::size_t k) { return k == team ? n : grains * k / team * grain; };
    return {cut(me), cut(me + 1)};
}

// Whether a run of a team over so many bytes leaves the caches that hold it from one run to the
// next, so that streaming its output pays. That is each core's L2, and the last-level cache where
// it belongs to one core complex or desktop: up to 96 MiB. A larger one is spread over a server's
// mesh and shared with many cores; one core reads and writes it hardly faster than memory, and
// streamed stores were measured 1.2 to 1.5 times faster than plain ones from a fifth past L2 on
// (Emerald Rapids, 2 MiB and 260 MiB).
inline bool leaves_caches(std::size_t bytes, int team = 1)
{
    constexpr std::size_t largest_complex = std::size_t(96) << 20;
    const bool in_last = caches().last <= largest_complex && bytes <= caches().last;
    return bytes > caches().second * static_cast<std::size_t>(team) && !in_last;
}

// Where the data of a run stays from one run to the next: it decides what load and store do
// besides.
enum class Home { l1, cache, memory };

inline Home home_of(std::size_t bytes, int team = 1)
{
    if (bytes < caches().first * static_cast<std::size_t>(team))
        return Home::l1;
    return leaves_caches(bytes, team) ? Home::memory : Home::cache;
}

// From memory, the line 8 KiB further on is asked into L2 meanwhile: beside streamed stores the
// hardware's own prefetching leaves bandwidth unused (copy gained 15 %, triad 5 %; a loop that only
// reads gained nothing). Asking past an array's end does no harm.
template <Home home, class T> Vector<T> load(const T* from)
{
    if constexpr (home == Home::memory)
        __builtin_prefetch(from + 8192 / sizeof(T), 0, 2);
    return Vector<T>(from, stdx::element_aligned);
}

// To memory, streamed, so that `to` is aligned to the vector. In L2, the line 512 bytes further on
// is asked into L1 for writing: a store that misses waits in the store buffer for its line, one
// after the other, and holds up all behind it.
template <Home home, class T> void store(T* to, Vector<T> v)
{
    if constexpr (home == Home::memory)
        return stream(to, v);
    if constexpr (home == Home::cache)
        __builtin_prefetch(to + 512 / sizeof(T), 1, 3);
    v.copy_to(to, stdx::element_aligned);
}

} // namespace workspan
