// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/copy.hpp"

#include "cpu/simd.hpp"

#include <cstring>

namespace workspan {

namespace {

using In = std::span<const double>;

void plain(const double* in, double* out, std::size_t n)
{
    using V = Vector<double>;
    const std::size_t whole = n - n % V::size();
    for (std::size_t i = 0; i < whole; i += V::size())
        V(in + i, stdx::element_aligned).copy_to(out + i, stdx::element_aligned);
    for (std::size_t i = whole; i < n; ++i)
        out[i] = in[i];
}

// out is aligned to a vector.
void streamed(const double* in, double* out, std::size_t n)
{
    using V = Vector<double>;
    const std::size_t whole = n - n % V::size();
    for (std::size_t i = 0; i < whole; i += V::size())
        stream(out + i, V(in + i, stdx::element_aligned));
    plain(in + whole, out + whole, n - whole);
    stream_fence();
}

void part(const double* in, double* out, std::size_t n, bool past_caches) { (past_caches ? streamed : plain)(in, out, n); }

} // namespace

void copy::seq(In in, std::span<double> out) { part(in.data(), out.data(), out.size(), leaves_caches(16 * out.size())); }

void copy::memcpy(In in, std::span<double> out)
{
    if (!out.empty())
        std::memcpy(out.data(), in.data(), out.size_bytes());
}

void copy::omp(In in, std::span<double> out)
{
    const bool past_caches = leaves_caches(16 * out.size());
#pragma omp parallel
    {
        const auto [from, to] = my_part(out.size());
        part(in.data() + from, out.data() + from, to - from, past_caches);
    }
}

} // namespace workspan
