// SPDX-License-Identifier: Apache-2.0
// Sizes of weak scaling: each thread has as much work as one thread at the size asked for.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

// A problem and the numbers of threads on which it is measured, ascending.
struct TeamsOfProblem {
    Problem problem;
    std::vector<int> counts;
};

// The problems of one thread, for each number of threads at its size; those of one size are one.
std::vector<TeamsOfProblem> weak_problems(const Contract& contract,
                                          const std::vector<Problem>& of_one_thread,
                                          const std::vector<int>& counts);

// The size at which the work of a run is the nearest, by its ratio, to `threads` times that of n.
// The contract must have a cost.
std::size_t weak_size(const Contract& contract, std::size_t n, int threads);

} // namespace workspan
