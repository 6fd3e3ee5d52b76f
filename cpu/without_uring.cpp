// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_uring.cpp if liburing is not installed.
#include "harness/contracts/fileio.hpp"

namespace workspan {

fileio::Run fileio::io_uring(const Work&) { throw Unavailable("built without liburing"); }

} // namespace workspan
