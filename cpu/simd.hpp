// SPDX-License-Identifier: Apache-2.0
// Shared by vector kernels: the widest vectors of the target, chunks of a team, loads with prefetch
// and non-temporal stores.
#pragma once

#include "cpu/caches.hpp"
#include "harness/arithmetic.hpp"

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
// Of float: 16 lanes with AVX-512, 8 with AVX2, 4 with SSE2 or NEON.
template <class T> using Vector = stdx::native_simd<T>;

// a * b + c with one rounding. libstdc++ writes stdx::fma lane by lane, and the compiler does not
// always turn it into one instruction: with libstdc++ 13 the compute ceiling was four times too
// low.
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

// The same vector, which the compiler must keep in a register: tuned for Zen, g++ reads a vector
// that several multiply-adds share from memory in each of them, and the loads become the limit.
template <class V> inline V in_register(V vector)
{
#if defined(__AVX__)
    using Raw [[gnu::vector_size(sizeof(V))]] = typename V::value_type;
    auto raw = static_cast<Raw>(vector);
    asm("" : "+v"(raw));
    return V(raw);
#else
    return vector;
#endif
}

// Calls body(0), body(1), ..., body(count - 1), unrolled: k is a std::integral_constant.
template <std::size_t count, class Body> [[gnu::always_inline]] inline void unroll(Body body)
{
    [&]<std::size_t... k>(std::index_sequence<k...>)
    {
        (body(std::integral_constant<std::size_t, k>()), ...);
    }
    (std::make_index_sequence<count>());
}

// A non-temporal store: bypasses the caches and does not read the line first. `to` is aligned to
// the vector. An ordinary store on targets without non-temporal ones.
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

// The lanes of v shifted up by k: lane i gets lane i - k of v, and the first k lanes get the last k
// of `before`, the vector before v.
template <int k, class T> Vector<T> shift_up(Vector<T> before, Vector<T> v)
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

// Makes non-temporal stores visible to other threads before any later store.
inline void stream_fence()
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

// A range of consecutive elements.
struct Chunk {
    std::size_t from, to;
};

// Inside a parallel region: this thread's chunk of n elements. Chunks begin on multiples of 64
// elements and so on a cache line.
inline Chunk my_chunk(std::size_t n)
{
    constexpr std::size_t grain = 64;
    const auto team = static_cast<std::size_t>(omp_get_num_threads());
    const auto me = static_cast<std::size_t>(omp_get_thread_num());
    const std::size_t grains = ceil_div(n, grain);
    const auto begin = [&](std::size_t k) { return k == team ? n : grains * k / team * grain; };
    return {begin(me), begin(me + 1)};
}

// At the end of a pass over data that the next pass goes over again: memory may have changed as far
// as the compiler knows, so that it neither leaves out a pass nor moves a part of one into another.
inline void end_of_pass() { asm volatile("" ::: "memory"); }

// Whether the working set of a team exceeds the caches that keep it from one run to the next, so
// that non-temporal stores pay. These are the cores' L2s, and a last-level cache of up to 96 MiB,
// which belongs to one core complex or desktop. A larger one is spread over a server's mesh and
// shared by many cores; one core reads and writes it hardly faster than memory, and non-temporal
// stores were measured 1.2 to 1.5 times faster than ordinary ones from 1.2 times L2 on (Emerald
// Rapids, 2 MiB and 260 MiB).
inline bool exceeds_caches(std::size_t bytes, int team = 1)
{
    constexpr std::size_t largest_complex = std::size_t(96) << 20;
    const bool in_last = caches().last <= largest_complex && bytes <= caches().last;
    return bytes > caches().second * static_cast<std::size_t>(team) && !in_last;
}

// The level of the memory hierarchy that keeps the working set from one run to the next: it selects
// the prefetches of load and store, and the kind of store.
enum class Residency { l1, cache, memory };

inline Residency residency_of(std::size_t bytes, int team = 1)
{
    if (bytes < caches().first * static_cast<std::size_t>(team))
        return Residency::l1;
    return exceeds_caches(bytes, team) ? Residency::memory : Residency::cache;
}

// From memory: prefetches 8 KiB ahead into L2, since beside non-temporal stores the hardware
// prefetcher leaves bandwidth unused (copy gained 15 %, triad 5 %; a loop that only reads gained
// nothing). A prefetch past the end of an array is harmless.
template <Residency residency, class T> Vector<T> load(const T* from)
{
    if constexpr (residency == Residency::memory)
        __builtin_prefetch(from + 8192 / sizeof(T), 0, 2);
    return Vector<T>(from, stdx::element_aligned);
}

// To memory: non-temporal, so `to` is aligned to the vector. In L2: prefetches 512 bytes ahead into
// L1 for writing, since a store that misses waits for its line in the store buffer and holds up all
// stores behind it.
template <Residency residency, class T> void store(T* to, Vector<T> v)
{
    if constexpr (residency == Residency::memory)
        return stream(to, v);
    if constexpr (residency == Residency::cache)
        __builtin_prefetch(to + 512 / sizeof(T), 1, 3);
    v.copy_to(to, stdx::element_aligned);
}

} // namespace workspan
