// SPDX-License-Identifier: Apache-2.0
// Child processes that are forked from a process with threads, and end with it.
#pragma once

#include "harness/workload.hpp"

#include <sys/types.h>

namespace workspan {

// How many forks of fork_child() lie between the first process and this one.
inline std::uint32_t fork_depth = 0;

// Forks a child that calls run(of) and ends. Until then it may call only what is async-signal-safe.
// It is killed when the calling thread ends, so call this from the main thread. Throws Unavailable
// if the system refuses.
pid_t fork_child(void (*run)(void* of), void* of);

// Waits for the end of a child. Throws std::runtime_error if it did not end by itself.
void wait_for_child(pid_t child);

// The two steps of that: the status of a child that has ended, as waitpid() gives it, and what is
// thrown because of it.
int end_of_child(pid_t child);
void require_success(int status);

// CPU seconds of all children of this process, the living ones included.
Seconds cpu_time_of_children();

// The limits of threads, processes and memory that this process has.
std::string limits_text();

// What to throw if the system refuses a thread or a process: what failed, why, and the limits.
Unavailable refused(const std::string& what, const std::string& why);

} // namespace workspan
