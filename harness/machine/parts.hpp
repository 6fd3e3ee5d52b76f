// SPDX-License-Identifier: Apache-2.0
// The parts of this_machine(), one source each: every part fills the fields that it can read and
// leaves the others empty.
#pragma once

#include "harness/machine/machine.hpp"

namespace workspan {

// cpu.cpp: model, flags, clock, hypervisor
void read_cpu(Machine& machine, const Sources& from);
// topology.cpp: sockets, cores, NUMA nodes, caches
void read_topology(Machine& machine, const Sources& from);
// system.cpp: operating system, memory, load, OpenMP's library
void read_system(Machine& machine, const Sources& from);

} // namespace workspan
