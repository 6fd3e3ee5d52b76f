// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_openblas.cpp if OpenBLAS is not installed.
#include "harness/contracts/cholesky.hpp"
#include "harness/contracts/gemm.hpp"

namespace workspan {

Trial gemm::openblas(const Problem&) { throw Unavailable("built without OpenBLAS"); }
Trial cholesky::openblas(const Problem&) { throw Unavailable("built without OpenBLAS"); }

} // namespace workspan
