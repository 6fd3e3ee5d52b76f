// SPDX-License-Identifier: Apache-2.0
#include "harness/suite/concurrency_suite.hpp"

#include "harness/contracts/busy.hpp"
#include "harness/contracts/contention.hpp"
#include "harness/contracts/dispatch.hpp"
#include "harness/contracts/echo.hpp"
#include "harness/contracts/fileio.hpp"
#include "harness/contracts/futures.hpp"
#include "harness/contracts/overlap.hpp"
#include "harness/contracts/pipeline.hpp"
#include "harness/contracts/waiters.hpp"
#include "harness/suite/variants.hpp"
#include "harness/tasks/models.hpp"

namespace workspan {

namespace {

// clang-format off
using enum Threading;

struct Row { // an execution model
    const char* name;
    Threading threading;
    Model model;
    bool forks = false, ours = true; // forks in each run; our code, not a library's
};

// The table of models. Each workload below names those that run its tasks.
namespace row {
constexpr Row
    seq = {"seq", one, models::seq},
    omp = {"omp", team, models::omp},
    omp_region = {"omp_region", team, models::omp_region},
    omp_tasks = {"omp_tasks", team, models::omp_tasks},
    threads = {"threads", per_task, models::threads},
    futures = {"futures", per_task, models::futures},
    pool = {"pool", own, models::pool},
    coroutines = {"coroutines", own, models::coroutines},
    coroutines_bare = {"coroutines_bare", one, models::coroutines_bare},
    coroutines_yield = {"coroutines_yield", one, models::coroutines_yield},
    processes = {.name = "processes", .threading = per_task, .model = models::processes,
                 .forks = true},
    process_pool = {"process_pool", own, models::process_pool},
    tbb = {.name = "tbb", .threading = own, .model = models::tbb, .ours = false};
} // namespace row

// The model runs the tasks of a contract's host(problem, model), of problems that suit it.
Variant runs(const Row& of, Trial (*host)(const Problem&, Model),
             bool (*suits)(const Problem&) = nullptr)
{
    Variant variant = model(of.name, of.threading, host, of.model);
    variant.suits = suits;
    variant.forks = of.forks;
    variant.ours = of.ours;
    return variant;
}

// The same variant, which forks in each run.
Variant forking(Variant variant)
{
    variant.forks = true;
    return variant;
}

Workload empty_tasks()
{
    using namespace dispatch;
    return {.name = "dispatch",
            .contract = contract(),
            .variants = {
                runs(row::seq, host),
                runs(row::omp, host),
                runs(row::omp_region, host_on_one),
                runs(row::omp_tasks, host),
                runs(row::threads, host),
                runs(row::futures, host),
                runs(row::pool, host),
                runs(row::coroutines, host),
                runs(row::coroutines_bare, host),
                runs(row::processes, host, suits_processes),
                runs(row::process_pool, host),
                runs(row::tbb, host),
                device_kernel("cuda", dispatch::cuda),
                device_kernel("cuda_graph", dispatch::cuda_graph)}};
}

Workload computing_tasks()
{
    using namespace busy;
    return {.name = "busy",
            .contract = contract(),
            .variants = {
                runs(row::seq, host, suits_all),
                runs(row::omp, host, suits_all),
                runs(row::omp_tasks, host, suits_all),
                runs(row::threads, host, suits_threads),
                runs(row::futures, host, suits_threads),
                runs(row::pool, host, suits_all),
                runs(row::coroutines, host, suits_all),
                runs(row::coroutines_yield, host_in_turns, suits_all),
                runs(row::processes, host, suits_processes),
                runs(row::process_pool, host, suits_process_pool),
                runs(row::tbb, host, suits_all),
                only_if(suits_process_pool, device_kernel("cuda", busy::cuda)),
                only_if(suits_threads, device_kernel("cuda_graph", busy::cuda_graph))}};
}

Workload waiting_tasks()
{
    using namespace waiters;
    return {.name = "waiters",
            .contract = contract(),
            .variants = {
                runs(row::seq, host_in_sequence, suits_seq),
                runs(row::threads, host, suits_others),
                only_if(suits_issuers,
                        model("futures", per_task, host_issuing, waiters::futures)),
                only_if(suits_others, model("pool", per_task, host_with_one_each, models::pool)),
                only_if(suits_issuers,
                        model("coroutines", own, host_issuing, waiters::coroutines)),
                runs(row::processes, host, suits_processes)}};
}

Workload reading_a_file()
{
    using namespace fileio;
    return {.name = "fileio",
            .contract = contract(),
            .variants = {
                model("seq", one, host, fileio::seq),
                model("threads", per_task, host, fileio::threads),
                model("futures", per_task, host, fileio::futures),
                model("coroutines", per_task, host, fileio::coroutines),
                model("io_uring", one, host, fileio::io_uring)}};
}

Workload competing_threads()
{
    using namespace contention;
    return {.name = "contention",
            .contract = contract(),
            .variants = {
                single_threaded("seq", host, seq),
                omp_team("omp_critical", host, omp_critical),
                omp_team("omp_atomic", host, omp_atomic),
                omp_team("mutex", host, mutex),
                omp_team("atomic", host, atomic),
                omp_team("sharded", host, sharded),
                teaching(omp_team("sharded_naive", host, sharded_naive)),
                device_kernel("cuda", contention::cuda),
                teaching(device_kernel("cuda_naive", contention::cuda_naive))}};
}

Workload overlapping_copies()
{
    using namespace overlap;
    const auto by_chunks = [](const char* name, Trial (*make)(const Problem&)) {
        return only_if(suits_device, end_to_end(name, Transfer::pinned, make));
    };
    return {.name = "overlap",
            .contract = contract(),
            .variants = {
                only_if(suits_host, single_threaded("seq", host, seq)),
                by_chunks("cuda", overlap::cuda),
                by_chunks("cuda_streams", overlap::cuda_streams),
                by_chunks("cuda_graph", overlap::cuda_graph)}};
}

Workload requests()
{
    using namespace echo;
    return {.name = "echo",
            .contract = contract(),
            .variants = {
                only_if(suits_seq, model("seq", one, host, echo::seq)),
                model("threads", per_task, host, echo::threads),
                only_if(suits_processes,
                        forking(model("processes", per_task, host, echo::processes))),
                model("coroutines", own, host, echo::coroutines)}};
}

Workload tasks_with_handles()
{
    using namespace futures;
    return {.name = "futures",
            .contract = contract(),
            .variants = {
                model("seq", one, host, futures::seq),
                only_if(suits_threads, model("threads", per_task, host, futures::threads)),
                only_if(suits_futures, model("futures", per_task, host, futures::futures)),
                model("pool", own, host, futures::pool),
                model("coroutines", one, host, futures::coroutines),
                only_if(suits_processes,
                        forking(model("processes", per_task, host, futures::processes))),
                library(model("tbb", own, host, futures::tbb)),
                only_if(cannot_cancel, end_to_end("cuda", Transfer::pageable, futures::cuda))}};
}

Workload items_through_stages()
{
    using namespace pipeline;
    return {.name = "pipeline",
            .contract = contract(),
            .variants = {
                model("seq", one, host, pipeline::seq),
                model("threads", per_task, host, pipeline::threads),
                model("coroutines", own, host, pipeline::coroutines),
                forking(model("processes", per_task, host, pipeline::processes)),
                library(model("tbb", own, host, pipeline::tbb))}};
}

// clang-format on

} // namespace

std::vector<Workload> concurrency_suite()
{
    return {empty_tasks(),          computing_tasks(),   waiting_tasks(),
            tasks_with_handles(),   reading_a_file(),    requests(),
            items_through_stages(), competing_threads(), overlapping_copies()};
}

} // namespace workspan
