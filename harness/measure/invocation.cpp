// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/invocation.hpp"

#include "harness/measure/round_trip.hpp"
#include "harness/report/judge.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace workspan {

namespace {

constexpr Seconds kSmokeTotal = 30, kQuickTotal = 200, kFullPerWorkload = 60;
constexpr Seconds kRunLimit = 0.5; // of a single run, in the presets that promise to be short
constexpr Seconds kColdSample =
    0.001; // of runs that are read each by itself, with far longer pauses between them
constexpr double kHopeless = 3; // times the limit: no first run is slower than the next by so much

// Fixed in total for the short presets, so that a larger catalogue does not make them longer.
Seconds budget_per_workload(const Options& options, std::size_t workloads)
{
    if (options.budget)
        return *options.budget;
    if (options.preset == Preset::full)
        return kFullPerWorkload;
    return (options.preset == Preset::smoke ? kSmokeTotal : kQuickTotal) /
           static_cast<double>(std::max<std::size_t>(workloads, 1));
}

// How many cases each workload has to time.
std::map<const Workload*, std::size_t> open_cases(const Plan& plan)
{
    std::map<const Workload*, std::size_t> open;
    for (const Group& group : plan.groups)
        open[group.front().workload] += group.size();
    return open;
}

struct Session {
    const Options& options;
    const Rules rules;
    const std::vector<int>& cpus;
    const OnStanding& on_standing;
    const std::atomic<bool>& stop;
    std::size_t cases = 0, finished = 0;
    std::map<std::string, std::pair<Seconds, Cost>> smaller =
        {};          // of the size before, for each host case
    Seconds end = 0; // of the last budget
};

// Why a variant cannot run on this machine at all; empty where it can.
std::string why_unavailable(const PlannedCase& planned)
{
    Problem smallest = planned.problem;
    smallest.n = 0;
    try {
        static_cast<void>(planned.variant->prepare(smallest));
    } catch (const Unavailable& e) {
        return e.what();
    } catch (const std::exception&) {
        return ""; // to be found out, and told, by a measurement
    }
    return "";
}

// Prepares a case, or says why not.
bool prepared(const PlannedCase& planned, CaseResult& result, std::vector<Live>& live)
{
    try {
        Trial trial = planned.variant->prepare(planned.problem);
        result.cost = trial.cost;
        live.push_back(
            {&result,
             is_cold(planned.problem) ? planned.variant->cold_clock : planned.variant->clock,
             std::move(trial)});
        return true;
    } catch (const Unavailable& e) {
        result.reason = e.what();
        return false;
    } catch (const DeviceLost& e) {
        result.reason = e.what();
        if (e.before)
            return false;
    } catch (const std::bad_alloc&) {
        result.reason = "cannot be allocated";
    } catch (const std::exception& e) {
        result.reason = e.what();
    }
    result.status = Status::failed;
    return false;
}

// Proves a case, and skips it where a run is too long for the preset; the first run is a cold one,
// so a second decides, unless the first took several times as long as it may.
bool accepted(Live& live, const Rules& rules)
{
    const auto too_long = [&] { return rules.run_limit > 0 && live.estimate > rules.run_limit; };
    if (!prove(live))
        return false;
    const bool much_too_long = too_long() && live.estimate > kHopeless * rules.run_limit;
    if (too_long() && !much_too_long && !prove(live))
        return false;
    if (!too_long())
        return true;
    live.result->status = Status::skipped;
    live.result->reason = fmt::format(
        "a run takes longer than {:g} s, the limit of this preset; --preset full times it",
        rules.run_limit);
    return false;
}

// What the sizes of a case have in common.
std::string line_of(const CaseResult& c)
{
    Problem of_all_sizes = c.problem;
    of_all_sizes.n = 0;
    return case_name(c.workload, c.variant, of_all_sizes);
}

// What a run on the host is expected to take, by the size before: in proportion to the work that
// grows most. 0: unknown.
Seconds expected_run(const Session& session, const CaseResult& c)
{
    const auto smaller = session.smaller.find(line_of(c));
    if (c.scope != Scope::host || smaller == session.smaller.end())
        return 0;
    const auto& [time, cost] = smaller->second;
    const auto growth = [](double now, double then) { return then > 0 ? now / then : 0; };
    return time * std::max({growth(c.cost.flops, cost.flops), growth(c.cost.bytes, cost.bytes),
                            growth(c.cost.items, cost.items)});
}

// Whether a prepared case may run at all, and is right and short enough to be timed.
bool admitted(Live& live, const Session& session)
{
    const Seconds expected = expected_run(session, *live.result), limit = session.rules.host_limit;
    if (limit > 0 && expected > limit) {
        live.result->reason = fmt::format(
            "a run would take about {:.2g} s, by the size before; --host-limit is {:g} s", expected,
            limit);
        return false;
    }
    return accepted(live, session.rules);
}

// Beside the samples of several threads on the host: where their cores are to each other.
void probe_round_trips(const std::vector<Live>& live, const std::vector<int>& cpus)
{
    const auto has_team = [](const Live& l) {
        return l.result->scope == Scope::host && l.result->problem.threads > 1;
    };
    if (std::none_of(live.begin(), live.end(), has_team))
        return;
    const std::vector<Seconds> trips = round_trips(cpus);
    for (const Live& l : live)
        if (has_team(l))
            l.result->round_trips.insert(l.result->round_trips.end(), trips.begin(), trips.end());
}

std::vector<CaseResult> run_group(const Group& group, Seconds deadline, Session& session)
{
    std::vector<CaseResult> results;
    results.reserve(group.size()); // the live cases point into it
    std::vector<Live> live;
    for (const PlannedCase& planned : group) {
        CaseResult& result = results.emplace_back(result_of(planned));
        result.reason = "interrupted";
        session.on_standing(
            {&result, session.finished + results.size(), session.cases, session.end - now()});
        if (!session.stop && prepared(planned, result, live) && !admitted(live.back(), session))
            live.pop_back();
    }
    const auto on_sample = [&](const CaseResult& next) {
        const auto position =
            session.finished + static_cast<std::size_t>(&next - results.data()) + 1;
        session.on_standing({&next, position, session.cases, session.end - now()});
    };
    probe_round_trips(live, session.cpus);
    measure(live, deadline, session.rules, on_sample, session.stop);
    probe_round_trips(live, session.cpus);
    for (const CaseResult& c : results)
        if (c.status == Status::ok && c.scope == Scope::host)
            session.smaller[line_of(c)] = {c.time, c.cost};
    compare_with_baseline(results, group.front().workload->variants.front().name);
    return results;
}

} // namespace

std::vector<CaseResult> planned_results(const Plan& plan)
{
    std::vector<CaseResult> results;
    std::set<std::string> seen;
    std::map<const Variant*, std::string> reasons; // asked once, with the smallest of problems
    for (const Group& group : plan.groups)
        for (const PlannedCase& planned : group) {
            if (!seen.insert(planned.name).second)
                continue;
            if (!reasons.contains(planned.variant))
                reasons[planned.variant] = why_unavailable(planned);
            results.push_back(result_of(planned));
            results.back().reason =
                reasons[planned.variant].empty() ? "planned" : reasons[planned.variant];
        }
    results.insert(results.end(), plan.skipped.begin(), plan.skipped.end());
    return results;
}

Rules rules_of(const Options& options)
{
    Rules rules;
    rules.target = options.target;
    rules.sample = options.min_time.value_or(options.cold ? kColdSample : rules.sample);
    rules.repetitions = options.repetitions;
    rules.host_limit = options.host_limit.value_or(0);
    rules.benchmark_flags = options.benchmark_flags;
    if (options.preset != Preset::full && options.sizes.empty())
        rules.run_limit = kRunLimit;
    return rules;
}

std::optional<Seconds> most_seconds(const Plan& plan, const Options& options)
{
    const std::size_t workloads = open_cases(plan).size();
    if (options.repetitions > 0)
        return std::nullopt;
    return budget_per_workload(options, workloads) * static_cast<double>(workloads);
}

std::vector<CaseResult> run_session(const Plan& plan, const Options& options,
                                    const std::vector<int>& cpus, const OnStanding& on_standing,
                                    const std::atomic<bool>& stop,
                                    const std::function<GpuMoment()>& gpu)
{
    std::map<const Workload*, std::size_t> open = open_cases(plan);
    Rules rules = rules_of(options);
    rules.gpu = gpu;
    Session session{options, rules, cpus, on_standing, stop, plan.cases() - plan.skipped.size()};
    const Seconds budget = budget_per_workload(options, open.size());
    const bool per_workload =
        options.budget || options.preset == Preset::full; // else what one leaves the next ones have

    std::vector<CaseResult> results;
    std::set<std::string>
        seen; // a group that was split times its baseline in each part; the first counts
    const Workload* current = nullptr;
    std::size_t workloads_left = open.size();
    for (const Group& group : plan.groups) {
        if (group.front().workload != current) {
            current = group.front().workload;
            if (per_workload || session.end == 0)
                session.end = now() + budget * static_cast<double>(workloads_left);
            --workloads_left;
        }
        const Seconds workload_left =
            session.end - budget * static_cast<double>(workloads_left) - now();
        const double share = static_cast<double>(group.size()) / static_cast<double>(open[current]);
        for (CaseResult& result : run_group(group, now() + share * workload_left, session))
            if (seen.insert(result.name).second)
                results.push_back(std::move(result));
        open[current] -= group.size();
        session.finished += group.size();
    }
    results.insert(results.end(), plan.skipped.begin(), plan.skipped.end());
    return results;
}

} // namespace workspan
