// SPDX-License-Identifier: Apache-2.0
// The round-trip time of a cache line between two CPUs. Virtual cores move: the same two may be
// neighbours now and on different sockets a minute later, which changes the speed of two threads.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

// Seconds per round trip between neighbours in the list, of at most 8 pairs spread over it. A pair
// is left out if it does not answer within 20 ms, because another process has one of the CPUs, or
// if the threads cannot be bound to it.
std::vector<Seconds> round_trips(const std::vector<int>& cpus);

} // namespace workspan
