// SPDX-License-Identifier: Apache-2.0
// What vector kernels share: the widest vectors of the target, and stores that go past the caches.
#pragma once

#include <cstddef>
#include <experimental/simd>
#include <omp.h>
#include <unistd.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace workspan {

namespace stdx = std::experimental;
template <class T> using Vector = stdx::native_simd<T>; // float: 16 lanes with AVX-512, 8 with AVX2, 4 with SSE2 or NEON

// A vector stored past the caches, without reading the line first; `to` is aligned to the vector. Elsewhere an ordinary store.
inline void stream(double* to, Vector<double> v)
{
#if defined(__AVX512F__)
    _mm512_stream_pd(to, static_cast<__m512d>(v));
#elif defined(__AVX__)
    _mm256_stream_pd(to, static_cast<__m256d>(v));
#elif defined(__SSE2__)
    _mm_stream_pd(to, static_cast<__m128d>(v));
#else
    v.copy_to(to, stdx::vector_aligned);
#endif
}

// Makes streamed stores visible to other threads before whatever follows.
inline void stream_fence()
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

// Inside a parallel region: the contiguous part of n elements that is this thread's, cut at multiples of 64 elements so that parts begin
// on a cache line.
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

// Whether a run over so many bytes leaves the caches, so that streaming its output pays. A last-level cache is counted as 32 MiB at
// most: a larger one is shared with many cores, and what is read back from it costs more than what is streamed past it.
inline bool leaves_caches(std::size_t bytes)
{
    static const long reported = sysconf(_SC_LEVEL3_CACHE_SIZE); // 0 or -1 where unknown
    constexpr std::size_t most = std::size_t(32) << 20;
    return bytes > (reported > 0 && std::size_t(reported) < most ? std::size_t(reported) : most);
}

} // namespace workspan
