// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_cufft.cu without CUDA or cuFFT.
#include "harness/contracts/fft.hpp"

namespace workspan {

Trial fft::cufft(const Problem&) { throw Unavailable("built without cuFFT"); }

} // namespace workspan
