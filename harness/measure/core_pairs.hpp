// SPDX-License-Identifier: Apache-2.0
// Which CPUs share a core, by what they do and not by what the kernel says: a virtual machine may
// show hardware threads as cores. Code that keeps the units of a core busy by itself gains nothing
// from a second thread of it.
#pragma once

#include "harness/machine/machine.hpp"
#include "harness/workload.hpp"

namespace workspan {

// The first CPU with each of its partners; runs the baseline of the suite's first ceiling of
// arithmetic, in turn on one of both, the other, and both at once, five times for 2 ms each. Turns
// in which other processes had one of the CPUs are repeated, up to 25 in all. A pair is left out if
// none was whole, or if its threads cannot be started or bound. Takes a second at most.
std::vector<CpuPair> core_pairs(const std::vector<Workload>& suite, const std::vector<int>& cpus);

// Of the first of these CPUs, each once: its first sibling by the kernel, the next CPU, that half
// way through the list, where many systems have siblings, the last one, and four more.
std::vector<int> partners(const std::vector<int>& cpus, const std::vector<int>& siblings);

// Rates of both CPUs of a pair, alone and at once, in any unit; 0: not had.
struct Turn {
    double first_alone = 0, second_alone = 0, first = 0, second = 0;
};

// What each has left of its rate alone, added: 2 of two cores, 1 of one. Other work on the machine
// only lowers rates, so the best ones count. 0 without a turn, or without rates.
double gain_of(const std::vector<Turn>& turns);

} // namespace workspan
