// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_cub.cu without CUDA or CUB.
#include "harness/contracts/reduce.hpp"
#include "harness/contracts/scan.hpp"

namespace workspan {

Trial reduce::cub(const Problem&) { throw Unavailable("built without CUB"); }
Trial scan::cub(const Problem&) { throw Unavailable("built without CUB"); }

} // namespace workspan
