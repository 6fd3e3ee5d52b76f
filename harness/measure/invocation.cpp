// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/invocation.hpp"

#include "harness/measure/beside.hpp"
#include "harness/measure/budget.hpp"
#include "harness/measure/collection.hpp"
#include "harness/measure/round_trip.hpp"
#include "harness/support/clock.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace workspan {

namespace {

constexpr Seconds kRunLimit = 0.5;     // of a single run, in the short presets
constexpr Seconds kColdSample = 0.001; // each cold run is timed by itself, after a longer pause
constexpr double kHopeless = 3; // times the limit: no first run is that much slower than the next

// The state of a running invocation.
struct Invocation {
    const Plan& plan;
    const SamplingPolicy policy;
    const Surroundings& surroundings;
    Budget budget;
    std::size_t cases = 0, finished = 0;
    // The time and cost of a run at the size before, by host case without its size.
    std::map<std::string, std::pair<Seconds, Cost>> smaller = {};

    void report(const CaseResult& current, std::size_t position_in_group) const
    {
        surroundings.on_progress(
            {&current, finished + position_in_group, cases, budget.end() - now()});
    }
};

Clock clock_of(const Variant& variant, const Problem& problem)
{
    if (is_cold(problem))
        return variant.cold_clock;
    return is_on_one_cpu(problem) ? pinned_clock : variant.clock;
}

bool prepare(const PlannedCase& planned, CaseResult& result, std::vector<PreparedCase>& prepared)
{
    return attempt(result, [&] {
        Trial trial = planned.variant->prepare(planned.problem);
        result.cost = trial.cost;
        result.library = trial.library;
        prepared.push_back(
            {&result, clock_of(*planned.variant, planned.problem), std::move(trial)});
    });
}

// Identifies a case apart from its size.
std::string name_without_size(const CaseResult& c)
{
    Problem of_all_sizes = c.problem;
    of_all_sizes.n = 0;
    return case_name(c.workload, c.variant, of_all_sizes);
}

// The expected duration of a host run: that of the size before, scaled by the growth of flops,
// bytes or items, the largest of the three. 0: unknown.
Seconds expected_run(const CaseResult& c, const Invocation& invocation)
{
    const auto smaller = invocation.smaller.find(name_without_size(c));
    if (c.scope != Scope::host || smaller == invocation.smaller.end())
        return 0;
    const auto& [time, cost] = smaller->second;
    const auto growth = [](double now, double then) { return then > 0 ? now / then : 0; };
    return time * std::max({growth(c.cost.flops, cost.flops), growth(c.cost.bytes, cost.bytes),
                            growth(c.cost.items, cost.items)});
}

bool skip_if_expected_too_slow(CaseResult& result, const Invocation& invocation)
{
    const Seconds expected = expected_run(result, invocation);
    const Seconds limit = invocation.policy.host_limit;
    if (limit == 0 || expected <= limit)
        return false;
    skip(result, Cause::too_slow,
         fmt::format("a run would take about {:.2g} s, judging by the next smaller size; "
                     "--host-limit is {:g} s",
                     expected, limit));
    return true;
}

// Decides after the first run. That one is cold, so a second decides, unless the first is hopeless
// or of a teaching variant, which may miss the limit by little. True also if the second run fails.
bool skip_if_too_slow(PreparedCase& prepared, Seconds limit)
{
    const auto too_slow = [&] { return limit > 0 && prepared.estimate > limit; };
    if (!too_slow())
        return false;
    const bool is_teaching = prepared.result->role == Role::teaching;
    if (prepared.estimate <= kHopeless * limit && !is_teaching) {
        if (!verify_and_time_once(prepared))
            return true;
        if (!too_slow())
            return false;
    }
    skip(*prepared.result, Cause::too_slow,
         fmt::format("a run takes longer than {:g} s, the limit of this preset; --preset full "
                     "times it",
                     limit));
    return true;
}

// Whether the prepared case is right and fast enough to be timed.
bool admit(PreparedCase& prepared, const Invocation& invocation)
{
    return !skip_if_expected_too_slow(*prepared.result, invocation) &&
           verify_and_time_once(prepared) &&
           !skip_if_too_slow(prepared, invocation.policy.run_limit);
}

// Stored beside the samples of several threads on the host: the distance of their cores.
void probe_round_trips(const std::vector<PreparedCase>& prepared, const std::vector<int>& cpus)
{
    const auto has_team = [](const PreparedCase& p) {
        return p.result->scope == Scope::host && p.result->problem.threads > 1;
    };
    if (std::none_of(prepared.begin(), prepared.end(), has_team))
        return;
    const std::vector<Seconds> trips = round_trips(cpus);
    for (const PreparedCase& p : prepared)
        if (has_team(p))
            p.result->round_trips.insert(p.result->round_trips.end(), trips.begin(), trips.end());
}

void prepare_beside(const Group& ceilings, const Plan& plan, GroupResults& run,
                    std::vector<PreparedCase>& prepared)
{
    run.beside.reserve(ceilings.size()); // the prepared cases point into them
    for (const PlannedCase& planned : ceilings) {
        CaseResult& result = run.beside.emplace_back(result_of(planned, plan.memory.caches));
        if (!prepare(planned, result, prepared))
            continue;
        prepared.back().beside = true;
        if (!verify_and_time_once(prepared.back()))
            prepared.pop_back();
    }
}

// What the times of host cases tell of caches, and of larger sizes.
void conclude(GroupResults& run, Invocation& invocation)
{
    for (CaseResult& c : run.cases)
        if (c.status == Status::ok && c.scope == Scope::host) {
            warn_of_cache(c, invocation.plan.memory.caches);
            invocation.smaller[name_without_size(c)] = {c.time, c.cost};
        }
}

// Measures a group, or the part of one that fits into memory. blocks_before: of the other parts.
// Returns the number of blocks.
int run_group(const Group& group, Seconds deadline, int blocks_before, Invocation& invocation,
              GroupResults& run)
{
    const Surroundings& s = invocation.surroundings;
    std::vector<PreparedCase> prepared;
    Group admitted;
    run.cases.reserve(group.size()); // the prepared cases point into them
    for (const PlannedCase& planned : group) {
        CaseResult& result =
            run.cases.emplace_back(result_of(planned, invocation.plan.memory.caches));
        skip(result, Cause::interrupted, "interrupted");
        if (!s.stop) // the last report names the case that a signal interrupted
            invocation.report(result, run.cases.size());
        if (s.stop || !prepare(planned, result, prepared))
            continue;
        if (admit(prepared.back(), invocation))
            admitted.push_back(planned);
        else
            prepared.pop_back();
    }
    if (!admitted.empty() && !s.stop) {
        CeilingsBeside ceilings = ceilings_beside(admitted, invocation.plan);
        run.why_no_ceiling = ceilings.why_none;
        prepare_beside(ceilings.cases, invocation.plan, run, prepared);
    }
    const auto on_sample = [&](const CaseResult& next) {
        const auto found = std::find_if(run.cases.begin(), run.cases.end(),
                                        [&](const CaseResult& c) { return &c == &next; });
        if (found != run.cases.end()) // else a ceiling beside
            invocation.report(next, static_cast<std::size_t>(found - run.cases.begin()) + 1);
    };
    probe_round_trips(prepared, s.cpus);
    const int blocks =
        measure(prepared, {deadline, s.stop, blocks_before}, invocation.policy, on_sample);
    probe_round_trips(prepared, s.cpus);
    conclude(run, invocation);
    return blocks;
}

// As often as they are measured: the baseline in each of its groups.
std::size_t measured_cases(const Plan& plan)
{
    return std::accumulate(plan.groups.begin(), plan.groups.end(), std::size_t(0),
                           [](std::size_t sum, const Group& g) { return sum + g.size(); });
}

// The groups of a plan in the order in which they are measured. In short presets the largest of a
// workload comes first: it takes the memory that the process before it has just given back. A
// virtual machine whose host collects free memory hands it out again at 0.3 GB/s.
std::vector<std::size_t> measuring_order(const Plan& plan, const SamplingPolicy& policy)
{
    const std::vector<Group>& groups = plan.groups;
    std::vector<std::size_t> order(groups.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    if (policy.run_limit == 0 || policy.host_limit > 0) // expected_run() needs the smaller ones
        return order;
    for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
        const auto workload = [&](std::size_t k) { return groups[k].front().workload; };
        while (to < order.size() && workload(to) == workload(from))
            ++to;
        std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(from),
                         order.begin() + static_cast<std::ptrdiff_t>(to),
                         [&](std::size_t a, std::size_t b) {
                             return groups[a].front().problem.n > groups[b].front().problem.n;
                         });
    }
    return order;
}

// Probes a variant with the smallest problem: it stays planned, or is skipped as unavailable. Other
// errors are left to the measurement.
CaseResult probe(const PlannedCase& planned, const CacheSizes& caches)
{
    Problem smallest = planned.problem;
    smallest.n = 0;
    CaseResult result = result_of(planned, caches);
    if (attempt(result, [&] { static_cast<void>(planned.variant->prepare(smallest)); }) ||
        result.status == Status::failed || result.cause == Cause::device_lost) {
        result = result_of(planned, caches);
        result.status = Status::planned;
    }
    return result;
}

} // namespace

std::vector<CaseResult> planned_results(const Plan& plan)
{
    std::vector<CaseResult> results;
    std::map<const Variant*, CaseResult> probes; // one each, with the smallest problem
    for (const PlannedCase* planned : plan.to_measure()) {
        if (!probes.contains(planned->variant))
            probes[planned->variant] = probe(*planned, plan.memory.caches);
        const CaseResult& answer = probes[planned->variant];
        CaseResult& result = results.emplace_back(result_of(*planned, plan.memory.caches));
        result.status = answer.status;
        result.cause = answer.cause;
        result.reason = answer.reason;
    }
    results.insert(results.end(), plan.skipped.begin(), plan.skipped.end());
    return results;
}

SamplingPolicy sampling_policy(const Options& options)
{
    SamplingPolicy policy;
    policy.target = options.target;
    policy.sample = options.min_time.value_or(options.cold ? kColdSample : policy.sample);
    policy.repetitions = options.repetitions;
    policy.host_limit = options.host_limit.value_or(0);
    policy.benchmark_flags = options.benchmark_flags;
    if (is_short(options.preset) && options.sizes.empty())
        policy.run_limit = kRunLimit;
    return policy;
}

Results run_invocation(const Plan& plan, const Options& options, const Surroundings& surroundings)
{
    SamplingPolicy policy = sampling_policy(options);
    policy.gpu = surroundings.gpu;
    Invocation invocation{plan, policy, surroundings, Budget(plan, options), measured_cases(plan)};
    std::vector<GroupResults> runs(plan.groups.size());
    std::map<std::string, int> blocks; // by group, of all its parts
    for (const std::size_t k : measuring_order(plan, policy)) {
        const Group& group = plan.groups[k];
        int& taken = blocks[group_name(group.front())];
        taken += run_group(group, invocation.budget.deadline(group), taken, invocation, runs[k]);
        invocation.finished += group.size();
    }
    Collection collection;
    for (std::size_t k = 0; k < runs.size(); ++k)
        collection.add(std::move(runs[k]), plan.groups[k].front());
    return collection.finish(plan.skipped);
}

} // namespace workspan
