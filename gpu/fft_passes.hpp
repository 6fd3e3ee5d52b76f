// SPDX-License-Identifier: Apache-2.0
// The passes of fft.cu, for tests: with other radices than it chooses, short transforms reach all
// its kernels.
#pragma once

#include "harness/contracts/fft.hpp"

#include <array>

namespace workspan {

struct FftPasses {
    unsigned count;
    std::array<unsigned, 4> radices; // of `count` passes, as exponents of two
    bool in_pair;                    // the kernels of two passes, with the larger tiles
    bool overlapped;                 // by programmatic dependent launch
};

FftPasses passes_on_device(std::size_t n); // the best of the device at hand
void enqueue_passes(const FftPasses& passes, const fft::Complex* x, fft::Complex* scratch,
                    fft::Complex* out);

} // namespace workspan
