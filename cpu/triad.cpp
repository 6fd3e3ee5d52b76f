// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/triad.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using In = std::span<const double>;

void plain(double s, const double* b, const double* c, double* out, std::size_t n)
{
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i)
        out[i] = b[i] + s * c[i];
}

// out is aligned to a vector.
void streamed(double s, const double* b, const double* c, double* out, std::size_t n)
{
    using V = Vector<double>;
    const std::size_t whole = n - n % V::size();
    for (std::size_t i = 0; i < whole; i += V::size())
        stream(out + i, V(b + i, stdx::element_aligned) + s * V(c + i, stdx::element_aligned));
    plain(s, b + whole, c + whole, out + whole, n - whole);
    stream_fence();
}

void part(double s, const double* b, const double* c, double* out, std::size_t n, bool past_caches)
{
    (past_caches ? streamed : plain)(s, b, c, out, n);
}

} // namespace

void triad::seq(double s, In b, In c, std::span<double> out)
{
    part(s, b.data(), c.data(), out.data(), out.size(), leaves_caches(24 * out.size()));
}

void triad::seq_plain(double s, In b, In c, std::span<double> out) { plain(s, b.data(), c.data(), out.data(), out.size()); }

void triad::omp(double s, In b, In c, std::span<double> out)
{
    const bool past_caches = leaves_caches(24 * out.size());
#pragma omp parallel
    {
        const auto [from, to] = my_part(out.size());
        part(s, b.data() + from, c.data() + from, out.data() + from, to - from, past_caches);
    }
}

} // namespace workspan
