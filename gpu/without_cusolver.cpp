// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_cusolver.cu where there is no CUDA or no cuSOLVER.
#include "harness/contracts/cholesky.hpp"

namespace workspan {

Trial cholesky::cusolver(const Problem&) { throw Unavailable("built without cuSOLVER"); }

} // namespace workspan
