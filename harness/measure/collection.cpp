// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/collection.hpp"

#include <algorithm>
#include <tuple>

namespace workspan {

namespace {

// Adds the samples of a later part of the same group. A failure in one part fails the case.
void unite(CaseResult& c, CaseResult&& part)
{
    if (c.status != Status::ok || part.status == Status::skipped)
        return;
    if (part.status != Status::ok) {
        c = std::move(part);
        return;
    }
    c.samples.insert(c.samples.end(), part.samples.begin(), part.samples.end());
    for (const auto& [ns, tasks] : part.latencies)
        c.latencies[ns] += tasks;
    c.round_trips.insert(c.round_trips.end(), part.round_trips.begin(), part.round_trips.end());
    for (const Warning& warning : part.warnings)
        if (std::find(c.warnings.begin(), c.warnings.end(), warning) == c.warnings.end())
            c.warnings.push_back(warning);
    summarise(c);
}

// `no_ceiling`, if one could not be measured beside these cases, or was wrong.
void warn_of_missing_ceilings(GroupResults& group)
{
    const auto warn = [&](const std::string& why) {
        for (CaseResult& c : group.cases)
            if (c.status == Status::ok)
                c.warnings.push_back({"no_ceiling", why});
    };
    if (!group.why_no_ceiling.empty())
        warn(group.why_no_ceiling);
    for (const CaseResult& c : group.beside)
        if (c.status != Status::ok && c.cause != Cause::interrupted)
            warn(c.name + ": " + c.reason);
}

CaseResult& result_in(CaseResult& c) { return c; }
CaseResult& result_in(Beside& b) { return b.ceiling; }

// The median of the baseline of the same problem, for the table's `vs seq`.
void record_baselines(std::vector<CaseResult>& cases)
{
    const auto problem = [](const CaseResult& c) {
        return std::tuple(c.workload, c.problem.n, c.problem.keys);
    };
    std::map<decltype(problem(cases.front())), Seconds> baselines;
    for (const CaseResult& c : cases)
        if (c.variant == kBaseline && c.status == Status::ok)
            baselines[problem(c)] = c.time;
    for (CaseResult& c : cases)
        if (const auto found = baselines.find(problem(c)); found != baselines.end())
            c.baseline = found->second;
}

} // namespace

template <class T> void Collection::add(std::vector<T>& all, T&& one, const std::string& of)
{
    const auto [place, is_new] = places_.emplace(of + result_in(one).name, all.size());
    if (is_new)
        all.push_back(std::forward<T>(one));
    else
        unite(result_in(all[place->second]), std::move(result_in(one)));
}

void Collection::add(GroupResults&& group, const PlannedCase& first)
{
    warn_of_missing_ceilings(group);
    for (CaseResult& c : group.cases)
        add(results_.cases, std::move(c), "");
    for (CaseResult& c : group.beside)
        if (c.status == Status::ok)
            add(results_.beside, Beside{std::move(c), first.workload->name, first.problem},
                group_name(first) + " beside ");
}

Results Collection::finish(const std::vector<CaseResult>& skipped)
{
    for (CaseResult& c : results_.cases)
        if (c.status == Status::ok)
            warn_of_disturbance(c);
    record_baselines(results_.cases);
    results_.cases.insert(results_.cases.end(), skipped.begin(), skipped.end());
    return std::move(results_);
}

} // namespace workspan
