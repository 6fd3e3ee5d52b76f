// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_tbb.cpp if oneTBB is not installed.
#include "harness/contracts/futures.hpp"
#include "harness/contracts/pipeline.hpp"
#include "harness/contracts/reduce.hpp"
#include "harness/contracts/scan.hpp"
#include "harness/tasks/models.hpp"

namespace workspan {

Runner models::tbb(int) { throw Unavailable("built without oneTBB"); }
futures::Caller futures::tbb(const Problem&) { throw Unavailable("built without oneTBB"); }
pipeline::Run pipeline::tbb(const Problem&) { throw Unavailable("built without oneTBB"); }
Trial reduce::tbb(const Problem&) { throw Unavailable("built without oneTBB"); }
Trial scan::tbb(const Problem&) { throw Unavailable("built without oneTBB"); }

} // namespace workspan
