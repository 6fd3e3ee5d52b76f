// SPDX-License-Identifier: Apache-2.0
// The execution models, each once: how n tasks come to run. `threads` is the size of the team,
// pool or group of workers; models with one thread, or one for each task, take no notice of it.
#pragma once

#include "harness/tasks/tasks.hpp"

namespace workspan::models {

// cpu/models.cpp
Runner seq(int threads);             // a loop
Runner omp(int threads);             // a loop on an OpenMP team, schedule(dynamic, 1)
Runner omp_region(int threads);      // a parallel region for each task
Runner omp_tasks(int threads);       // an OpenMP task each, from one thread of the team
Runner threads(int threads);         // a std::jthread each
Runner futures(int threads);         // std::async each, in a thread of its own
Runner coroutines_bare(int threads); // a coroutine of the language alone each, on one thread

// cpu/process_models.cpp
Runner processes(int threads);    // a fork each
Runner process_pool(int threads); // workers forked once, tasks handed over through shared memory

// cpu/with_asio.cpp
Runner pool(int threads);             // posted to a thread_pool
Runner coroutines(int threads);       // spawned from outside on a thread_pool
Runner coroutines_yield(int threads); // three coroutines on one thread that yield after every task

// cpu/with_tbb.cpp
Runner tbb(int threads); // parallel_for, grain size 1

} // namespace workspan::models
