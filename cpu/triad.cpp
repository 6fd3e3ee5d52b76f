// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/triad.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using In = std::span<const double>;

// Four vectors an iteration, so that the loop's own counting costs nothing.
template <Home home>
void part(double s, const double* b, const double* c, double* out, std::size_t n)
{
    using V = Vector<double>;
    const std::size_t whole = n - n % V::size();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < whole; i += V::size())
        store<home>(out + i, load<home>(b + i) + s * load<home>(c + i));
    for (std::size_t i = whole; i < n; ++i)
        out[i] = b[i] + s * c[i];
    if constexpr (home == Home::memory)
        stream_fence();
}

void part(double s, const double* b, const double* c, double* out, std::size_t n, Home home)
{
    (home == Home::l1      ? part<Home::l1>
     : home == Home::cache ? part<Home::cache>
                           : part<Home::memory>)(s, b, c, out, n);
}

void plain(double s, const double* b, const double* c, double* out, std::size_t n)
{
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i)
        out[i] = b[i] + s * c[i];
}

} // namespace

void triad::seq(double s, In b, In c, std::span<double> out)
{
    part(s, b.data(), c.data(), out.data(), out.size(), home_of(24 * out.size()));
}

void triad::seq_plain(double s, In b, In c, std::span<double> out)
{
    plain(s, b.data(), c.data(), out.data(), out.size());
}

void triad::omp(double s, In b, In c, std::span<double> out)
{
    const Home home = home_of(24 * out.size(), omp_get_max_threads());
#pragma omp parallel
    {
        const auto [from, to] = my_part(out.size());
        part(s, b.data() + from, c.data() + from, out.data() + from, to - from, home);
    }
}

} // namespace workspan
