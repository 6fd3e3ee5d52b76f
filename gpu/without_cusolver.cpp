// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_cusolver.cu without CUDA or cuSOLVER.
#include "harness/contracts/cholesky.hpp"

namespace workspan {

Trial cholesky::cusolver(const Problem&) { throw Unavailable("built without cuSOLVER"); }

} // namespace workspan
