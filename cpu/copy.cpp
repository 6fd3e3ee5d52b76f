// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/copy.hpp"

#include "cpu/simd.hpp"

#include <chrono>
#include <cstring>
#include <vector>

namespace workspan {

namespace {

using In = std::span<const double>;

// Four vectors an iteration hide the loop overhead.
template <Residency residency> void copy_in_cache(const double* in, double* out, std::size_t n)
{
    using V = Vector<double>;
    const std::size_t whole = n - n % V::size();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < whole; i += V::size())
        store<residency>(out + i, load<residency>(in + i));
    for (std::size_t i = whole; i < n; ++i)
        out[i] = in[i];
}

// Copies by one instruction, whose microcode writes whole lines without reading them first.
void copy_by_string_move(const double* in, double* out, std::size_t n)
{
#if defined(__x86_64__)
    std::size_t bytes = n * sizeof(double);
    asm volatile("rep movsb" : "+D"(out), "+S"(in), "+c"(bytes) : : "memory");
#else
    copy_in_cache<Residency::cache>(in, out, n);
#endif
}

// The shortest of several copies within a core's L2.
template <class Copy> std::chrono::nanoseconds shortest_of(Copy copy)
{
    constexpr std::size_t n = 8192;
    const std::vector<double> in(n, 1);
    std::vector<double> out(n);
    auto shortest = std::chrono::nanoseconds::max();
    for (int k = 0; k < 16; ++k) {
        const auto start = std::chrono::steady_clock::now();
        copy(in.data(), out.data(), n);
        shortest =
            std::min<std::chrono::nanoseconds>(shortest, std::chrono::steady_clock::now() - start);
    }
    return shortest;
}

// Outside L1 the better one of both depends on the CPU: string moves were measured 1.5 times faster
// than vectors on Zen 5, equal on Zen 3, slower on Emerald Rapids. So the first such copy times
// them.
bool string_moves_are_faster()
{
    static const bool faster =
        shortest_of(copy_by_string_move) < shortest_of(copy_in_cache<Residency::cache>);
    return faster;
}

using CopyChunk = void(const double* in, double* out, std::size_t n);

// Fills the registers by loads, then stores them: memory was measured 7 % faster with long bursts
// of loads and of stores than with alternating ones.
void copy_in_memory(const double* in, double* out, std::size_t n)
{
    using V = Vector<double>;
    constexpr std::size_t group = sizeof(V) == 64 ? 16 : 8, step = group * V::size();
    const std::size_t whole = n - n % step;
    for (std::size_t i = 0; i < whole; i += step) {
        V x[group];
#pragma GCC unroll 16
        for (std::size_t k = 0; k < group; ++k)
            x[k] = load<Residency::memory>(in + i + k * V::size());
#pragma GCC unroll 16
        for (std::size_t k = 0; k < group; ++k)
            store<Residency::memory>(out + i + k * V::size(), x[k]);
    }
    copy_in_cache<Residency::cache>(in + whole, out + whole, n - whole);
    stream_fence();
}

CopyChunk* chunk_of(std::size_t bytes, int team = 1)
{
    const Residency residency = residency_of(bytes, team);
    if (residency == Residency::l1)
        return copy_in_cache<Residency::l1>;
    const bool in_caches = residency == Residency::cache || bytes <= caches().one_last;
    if (in_caches && string_moves_are_faster())
        return copy_by_string_move;
    return residency == Residency::cache ? copy_in_cache<Residency::cache> : copy_in_memory;
}

} // namespace

void copy::seq(In in, std::span<double> out, std::size_t passes)
{
    CopyChunk* const copy_chunk = chunk_of(16 * out.size());
    for (std::size_t pass = 0; pass < passes; ++pass) {
        copy_chunk(in.data(), out.data(), out.size());
        end_of_pass();
    }
}

void copy::memcpy(In in, std::span<double> out)
{
    if (!out.empty())
        std::memcpy(out.data(), in.data(), out.size_bytes());
}

void copy::omp(In in, std::span<double> out, std::size_t passes)
{
    CopyChunk* const copy_chunk = chunk_of(16 * out.size(), omp_get_max_threads());
#pragma omp parallel
    {
        const auto [from, to] = my_chunk(out.size());
        for (std::size_t pass = 0; pass < passes; ++pass) {
            copy_chunk(in.data() + from, out.data() + from, to - from);
            end_of_pass();
        }
    }
}

void copy::omp_plain(In in, std::span<double> out)
{
#pragma omp parallel for
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = in[i];
}

} // namespace workspan
