// SPDX-License-Identifier: Apache-2.0
#include "harness/suite/concurrency_suite.hpp"

#include "harness/contracts/busy.hpp"
#include "harness/contracts/dispatch.hpp"
#include "harness/contracts/waiters.hpp"
#include "harness/suite/variants.hpp"
#include "harness/tasks/models.hpp"

namespace workspan {

namespace {

// clang-format off
// The same models of execution, with tasks that are empty, compute or wait.
using enum Threading;

Workload empty_tasks()
{
    namespace m = models;
    using namespace dispatch;
    return {.name = "dispatch",
            .contract = contract(),
            .variants = {
                model("seq", one, host, m::seq),
                model("omp", team, host, m::omp),
                model("omp_region", team, host, m::omp_region),
                model("omp_tasks", team, host, m::omp_tasks),
                model("threads", per_task, host, m::threads),
                model("futures", per_task, host, m::futures),
                model("pool", own, host, m::pool),
                model("coroutines", own, host, m::coroutines),
                model("coroutines_bare", one, host, m::coroutines_bare),
                only_if(suits_processes,
                        forking(model("processes", per_task, host, m::processes))),
                model("process_pool", own, host, m::process_pool),
                library(model("tbb", own, host, m::tbb)),
                device_kernel("cuda", dispatch::cuda),
                device_kernel("cuda_graph", dispatch::cuda_graph)}};
}

Workload computing_tasks()
{
    namespace m = models;
    using namespace busy;
    return {.name = "busy",
            .contract = contract(),
            .variants = {
                only_if(suits_all, model("seq", one, host, m::seq)),
                only_if(suits_all, model("omp", team, host, m::omp)),
                only_if(suits_all, model("omp_tasks", team, host, m::omp_tasks)),
                only_if(suits_threads, model("threads", per_task, host, m::threads)),
                only_if(suits_threads, model("futures", per_task, host, m::futures)),
                only_if(suits_all, model("pool", own, host, m::pool)),
                only_if(suits_all, model("coroutines", own, host, m::coroutines)),
                only_if(suits_all,
                        model("coroutines_yield", one, host_in_turns, m::coroutines_yield)),
                only_if(suits_processes,
                        forking(model("processes", per_task, host, m::processes))),
                only_if(suits_process_pool, model("process_pool", own, host, m::process_pool)),
                only_if(suits_all, library(model("tbb", own, host, m::tbb))),
                only_if(suits_process_pool, device_kernel("cuda", busy::cuda)),
                only_if(suits_threads, device_kernel("cuda_graph", busy::cuda_graph))}};
}

Workload waiting_tasks()
{
    namespace m = models;
    using namespace waiters;
    const auto blocking = [](const Problem& p, Runner of(int)) { return host(p, of); };
    const auto issuing = [](const Problem& p, Run of(const Problem&)) { return host(p, of); };
    return {.name = "waiters",
            .contract = contract(),
            .variants = {
                only_if(suits_seq, model("seq", one, host_in_sequence, m::seq)),
                only_if(suits_others, model("threads", per_task, blocking, m::threads)),
                only_if(suits_issuers, model("futures", per_task, issuing, waiters::futures)),
                only_if(suits_others, model("pool", per_task, issuing, waiters::pool)),
                only_if(suits_issuers, model("coroutines", own, issuing, waiters::coroutines)),
                only_if(suits_processes,
                        forking(model("processes", per_task, blocking, m::processes)))}};
}

// clang-format on

} // namespace

std::vector<Workload> concurrency_suite()
{
    return {empty_tasks(), computing_tasks(), waiting_tasks()};
}

} // namespace workspan
