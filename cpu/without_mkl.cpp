// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_mkl.cpp in builds without libraries.
#include "harness/contracts/cholesky.hpp"
#include "harness/contracts/fft.hpp"
#include "harness/contracts/gemm.hpp"

namespace workspan {

Trial gemm::mkl(const Problem&) { throw Unavailable("built without MKL"); }
Trial cholesky::mkl(const Problem&) { throw Unavailable("built without MKL"); }
Trial fft::mkl(const Problem&) { throw Unavailable("built without MKL"); }

} // namespace workspan
