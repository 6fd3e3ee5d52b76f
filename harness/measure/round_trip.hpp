// SPDX-License-Identifier: Apache-2.0
// The round-trip time of a cache line between two CPUs. Virtual CPUs migrate: the same two may
// share a core now and sit on different sockets a minute later, which changes the speed of two
// threads.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

// Seconds per round trip between neighbours in the list, of at most 8 pairs spread over it. A pair
// is omitted if it does not answer within 20 ms, because another process occupies one of the CPUs,
// or if the threads cannot be started or bound to it.
std::vector<Seconds> round_trips(const std::vector<int>& cpus);

} // namespace workspan
