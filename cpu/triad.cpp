// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/triad.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using In = std::span<const double>;

// Four vectors an iteration hide the loop overhead.
template <Residency residency>
void triad_chunk(double s, const double* b, const double* c, double* out, std::size_t n)
{
    using V = Vector<double>;
    const std::size_t whole = n - n % V::size();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < whole; i += V::size())
        store<residency>(out + i, load<residency>(b + i) + s * load<residency>(c + i));
    for (std::size_t i = whole; i < n; ++i)
        out[i] = b[i] + s * c[i];
    if constexpr (residency == Residency::memory)
        stream_fence();
}

auto* triad_for(Residency residency)
{
    return residency == Residency::l1      ? triad_chunk<Residency::l1>
           : residency == Residency::cache ? triad_chunk<Residency::cache>
                                           : triad_chunk<Residency::memory>;
}

void plain(double s, const double* b, const double* c, double* out, std::size_t n)
{
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i)
        out[i] = b[i] + s * c[i];
}

} // namespace

void triad::seq(double s, In b, In c, std::span<double> out, std::size_t passes)
{
    auto* const kernel = triad_for(residency_of(24 * out.size()));
    for (std::size_t pass = 0; pass < passes; ++pass) {
        kernel(factor(s, pass), b.data(), c.data(), out.data(), out.size());
        end_of_pass();
    }
}

void triad::seq_plain(double s, In b, In c, std::span<double> out)
{
    plain(s, b.data(), c.data(), out.data(), out.size());
}

void triad::omp(double s, In b, In c, std::span<double> out, std::size_t passes)
{
    auto* const kernel = triad_for(residency_of(24 * out.size(), omp_get_max_threads()));
#pragma omp parallel
    {
        const auto [from, to] = my_chunk(out.size());
        for (std::size_t pass = 0; pass < passes; ++pass) {
            kernel(factor(s, pass), b.data() + from, c.data() + from, out.data() + from, to - from);
            end_of_pass();
        }
    }
}

void triad::omp_plain(double s, In b, In c, std::span<double> out)
{
#pragma omp parallel for
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = b[i] + s * c[i];
}

} // namespace workspan
