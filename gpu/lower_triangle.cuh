// SPDX-License-Identifier: Apache-2.0
// The start of both factorisations of cholesky, which work in place: L is A's lower triangle, with
// zeros above it.
#pragma once

#include "gpu/device.cuh"

namespace workspan {

constexpr unsigned kCopyThreads = 256;

// One block per row, grid-stride over the rows; one thread per element.
static __global__ void __launch_bounds__(kCopyThreads)
    copy_lower_kernel(std::size_t n, const double* __restrict__ a, double* __restrict__ l)
{
    for (std::size_t i = blockIdx.x; i < n; i += gridDim.x)
        for (std::size_t j = threadIdx.x; j < n; j += kCopyThreads)
            l[i * n + j] = j <= i ? a[i * n + j] : 0;
}

inline void copy_lower_triangle(std::size_t n, const double* a, double* l) // n > 0
{
    const auto blocks = static_cast<unsigned>(std::min<std::size_t>(n, 65535));
    copy_lower_kernel<<<blocks, kCopyThreads, 0, stream()>>>(n, a, l);
    check(cudaGetLastError());
}

} // namespace workspan
