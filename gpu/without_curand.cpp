// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_curand.cu without CUDA or cuRAND.
#include "harness/contracts/montecarlo.hpp"

namespace workspan {

Trial montecarlo::curand(const Problem&) { throw Unavailable("built without cuRAND"); }

} // namespace workspan
