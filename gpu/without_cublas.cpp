// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_cublas.cu without CUDA or cuBLAS.
#include "harness/contracts/gemm.hpp"
#include "harness/contracts/transpose.hpp"

namespace workspan {

Trial gemm::cublas(const Problem&) { throw Unavailable("built without cuBLAS"); }
Trial transpose::cublas(const Problem&) { throw Unavailable("built without cuBLAS"); }

} // namespace workspan
