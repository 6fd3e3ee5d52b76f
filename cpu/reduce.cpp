// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/reduce.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using V = Vector<float>;

// Eight accumulators: an add has a latency of up to 4 cycles, and two are issued per cycle. More
// would only lengthen the final reduction.
float sum_of(const float* values, std::size_t n)
{
    constexpr std::size_t chains = 8, step = chains * V::size();
    V sum[chains] = {};
    const std::size_t whole = n - n % step;
    for (std::size_t i = 0; i < whole; i += step)
#pragma GCC unroll 8
        for (std::size_t k = 0; k < chains; ++k)
            sum[k] += V(values + i + k * V::size(), stdx::element_aligned);
    for (std::size_t half = chains / 2; half > 0; half /= 2)
        for (std::size_t k = 0; k < half; ++k)
            sum[k] += sum[k + half];
    float total = stdx::reduce(sum[0]);
    for (std::size_t i = whole; i < n; ++i)
        total += values[i];
    return total;
}

} // namespace

float reduce::seq(std::span<const float> values) { return sum_of(values.data(), values.size()); }

float reduce::omp(std::span<const float> values)
{
    float total = 0;
#pragma omp parallel reduction(+ : total)
    {
        const auto [from, to] = my_chunk(values.size());
        total = sum_of(values.data() + from, to - from);
    }
    return total;
}

float reduce::omp_plain(std::span<const float> values)
{
    float sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (const float value : values)
        sum += value;
    return sum;
}

} // namespace workspan
