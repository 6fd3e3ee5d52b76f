// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/collection.hpp"

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
    c.round_trips.insert(c.round_trips.end(), part.round_trips.begin(), part.round_trips.end());
    summarise(c);
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
        all.push_back(std::move(one));
    else
        unite(result_in(all[place->second]), std::move(result_in(one)));
}

void Collection::add(GroupResults&& group, const PlannedCase& first)
{
    for (CaseResult& c : group.cases)
        add(results_.cases, std::move(c), "");
    const std::string problem = case_name(first.workload->name, "beside", first.problem);
    for (CaseResult& c : group.beside)
        if (c.status == Status::ok)
            add(results_.beside, Beside{std::move(c), first.workload->name, first.problem},
                problem + " ");
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
