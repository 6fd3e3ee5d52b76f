// SPDX-License-Identifier: Apache-2.0
// How long a cache line takes from one CPU to another and back. Virtual cores move: the same two
// may be neighbours now and on different sockets a minute later, and the speed of two threads
// follows.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

// Seconds per round trip between neighbours in the list, of at most 8 pairs spread over it. A pair
// that does not answer within 20 ms, because something else has one of the CPUs, is left out; so is
// one whose CPUs cannot be had.
std::vector<Seconds> round_trips(const std::vector<int>& cpus);

} // namespace workspan
