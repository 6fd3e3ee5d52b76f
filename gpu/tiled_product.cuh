// SPDX-License-Identifier: Apache-2.0
// The common part of the kernels that multiply matrices tile by tile (gemm, cholesky): the lanes of
// a warp, and the double-buffered loop over the inner dimension.
#pragma once

#include "gpu/device.cuh"

#include <cuda_pipeline.h>

namespace workspan {

// The lanes of a warp, 4 x 8 of them, share a warp tile.
constexpr unsigned kLaneRows = 4, kLaneColumns = 8;

// The double-buffered loop over an inner dimension of `depth`, in strips of kDepth. fetch(k, half)
// starts and commits the asynchronous copies of the strip at k to that half of the shared memory,
// multiply(half) uses them. The next strip is in flight while this one is multiplied. All threads
// of the block call it.
template <unsigned kDepth, class Index, class Fetch, class Multiply>
__device__ void for_each_strip(Index depth, Fetch fetch, Multiply multiply)
{
    unsigned half = 0;
    fetch(0, half);
    for (Index k = 0; k < depth; k += kDepth, half ^= 1) {
        __pipeline_wait_prior(0); // the copies of this thread have arrived,
        __syncthreads();          // and those of the block; no thread reads the other half any more
        if (k + kDepth < depth)
            fetch(k + kDepth, half ^ 1);
        multiply(half);
    }
}

} // namespace workspan
