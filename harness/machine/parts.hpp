// SPDX-License-Identifier: Apache-2.0
// this_machine() in parts, each in a file of its name: it fills the fields that it can read and
// leaves the others empty.
#pragma once

#include "harness/machine/machine.hpp"

namespace workspan {

void read_cpu(Machine& machine,
              const Sources& from); // machine_cpu.cpp: model, flags, clock, hypervisor
void read_topology(Machine& machine,
                   const Sources& from); // machine_topology.cpp: sockets, cores, NUMA nodes, caches
void read_system(
    Machine& machine,
    const Sources& from); // machine_system.cpp: operating system, memory, load, OpenMP's library

} // namespace workspan
