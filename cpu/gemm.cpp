// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/gemm.hpp"

namespace workspan {

void gemm::seq(std::size_t n, std::span<const float> a, std::span<const float> b, std::span<float> c)
{
    std::fill(c.begin(), c.end(), 0.0F);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t j = 0; j < n; ++j)
                c[i * n + j] += a[i * n + k] * b[k * n + j];
}

void gemm::omp(std::size_t n, std::span<const float> a, std::span<const float> b, std::span<float> c)
{
    std::fill(c.begin(), c.end(), 0.0F);
#pragma omp parallel for
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t j = 0; j < n; ++j)
                c[i * n + j] += a[i * n + k] * b[k * n + j];
}

} // namespace workspan
