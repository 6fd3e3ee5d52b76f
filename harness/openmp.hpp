// SPDX-License-Identifier: Apache-2.0
// The threads and CPUs that OpenMP provides.
#pragma once

#include <vector>

namespace workspan {

std::vector<int> openmp_cpus(); // the CPUs that OMP_PLACES or OMP_PROC_BIND name; empty if unset

// Makes `team` the default number of threads. Throws Unavailable if OpenMP gives another number
// (OMP_THREAD_LIMIT, limits of the system): a row of 8 threads must have run on 8.
void require_threads(int team);

// Makes `team` the default number of threads, at once if OpenMP still has that many. libgomp ends
// the threads that a smaller team does not need; a larger one starts them again, or throws
// Unavailable if the system refuses.
void set_team(int team);

// The same, but starts no thread: for code whose own threads those of OpenMP would spin beside.
void allow_team(int team);

// Ends the threads that OpenMP keeps for the next team: after a region they spin for milliseconds,
// and would take cores from other code. libgomp ends them at once, LLVM's runtime puts them to
// sleep; set_team() starts them again, with other ids.
void end_idle_threads();

// Throws Unavailable unless this process can start `threads` more threads at the same time. OpenMP
// ends the process if the system refuses one of its threads.
void require_startable(int threads);

} // namespace workspan
