// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/tracing.hpp"

#include "harness/tasks/one_cpu.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace workspan {

namespace {

bool has_tasks(const PlannedCase& planned)
{
    return planned.workload->contract.subject == Subject::concurrency &&
           planned.variant->scope == Scope::host;
}

// The first traced run makes what the model keeps for these tasks, such as processes; the second is
// the one that is recorded.
TracedCase trace_case(const PlannedCase& planned, const Trial& trial)
{
    TracedCase traced = {planned.name, planned.workload->name, planned.variant->name,
                         planned.problem, std::make_shared<Trace>(trial.tasks)};
    std::optional<OneCpu> pinned;
    if (is_on_one_cpu(planned.problem))
        pinned.emplace();
    trial.traced_run(*traced.trace);
    traced.trace->clear();
    trial.poison();
    traced.begin = steady_ns();
    trial.traced_run(*traced.trace);
    traced.end = steady_ns();
    return traced;
}

// Traces a case, or fails it if the result is wrong, or says why it could not run.
void trace_into(Traces& traces, const PlannedCase& planned, CaseResult& result)
{
    CaseResult attempted = result;
    const bool ran = attempt(attempted, [&] {
        const Trial trial = planned.variant->prepare(planned.problem);
        if (!trial.traced_run)
            throw Unavailable("what its tasks do is not recorded");
        TracedCase traced = trace_case(planned, trial);
        if (const CheckResult check = trial.verify(); check.ok)
            traces.cases.push_back(std::move(traced));
        else
            fail(result, Cause::wrong_result, "wrong result of the traced run: " + check.why);
    });
    if (!ran)
        traces.refused[planned.name] = attempted.reason;
}

} // namespace

bool has_tasks(const Plan& plan)
{
    const std::vector<const PlannedCase*> cases = plan.to_measure();
    return std::any_of(cases.begin(), cases.end(),
                       [](const PlannedCase* c) { return has_tasks(*c); });
}

Traces trace_cases(const Plan& plan, std::vector<CaseResult>& results,
                   const std::atomic<bool>& stop)
{
    Traces traces;
    for (const PlannedCase* planned : plan.to_measure()) {
        const auto result = std::find_if(results.begin(), results.end(),
                                         [&](const auto& r) { return r.name == planned->name; });
        if (!stop && has_tasks(*planned) && result != results.end() && result->status == Status::ok)
            trace_into(traces, *planned, *result);
    }
    return traces;
}

double cost_of_a_span()
{
    constexpr std::size_t tasks = Trace::kMostTasks, spans = 60;
    Trace trace(tasks);
    double least = std::numeric_limits<double>::infinity();
    for (int pass = 0; pass < 3; ++pass, trace.clear()) {
        const std::int64_t begin = steady_ns();
        for (std::size_t k = 0; k < spans; ++k)
            for (std::size_t task = 0; task < tasks; ++task)
                trace.add(task, Span::Kind::run, steady_ns());
        least = std::min(least, double(steady_ns() - begin) / double(tasks * spans));
    }
    return least;
}

} // namespace workspan
