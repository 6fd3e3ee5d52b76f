// SPDX-License-Identifier: Apache-2.0
// Linked instead of with_fftw.cpp if FFTW is not installed.
#include "harness/contracts/fft.hpp"

namespace workspan {

Trial fft::fftw(const Problem&) { throw Unavailable("built without FFTW"); }

} // namespace workspan
