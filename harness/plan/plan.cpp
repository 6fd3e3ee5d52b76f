// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan.hpp"

#include "harness/plan/problems.hpp"
#include "harness/plan/weak_scaling.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <regex>
#include <set>

namespace workspan {

namespace {

bool is_chosen(const std::vector<std::string>& names, const std::string& name)
{
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

// Ascending, each once; quick and smoke: 1 and all; full: 1, 2, 4, ... and all; scaling, and weak
// scaling in any preset: 1, 2, 3, 4, 6, 8, 12, 16, ... and all; concurrency: all. Weak scaling is
// relative to one thread, so that is always measured.
std::vector<int> thread_counts(const Options& options, int all)
{
    std::vector<int> counts;
    for (const int asked : options.threads)
        counts.push_back(asked == 0 ? all : asked);
    if (options.weak && !counts.empty())
        counts.push_back(1);
    if (counts.empty()) {
        counts = {options.preset == Preset::concurrency ? all : 1, all};
        const bool is_scaling = options.preset == Preset::scaling || options.weak;
        const bool is_sweep = is_scaling || options.preset == Preset::full;
        for (int power = 2; is_sweep && power < all; power *= 2) {
            counts.push_back(power);
            if (is_scaling && power + power / 2 < all)
                counts.push_back(power + power / 2);
        }
    }
    std::sort(counts.begin(), counts.end());
    counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
    return counts;
}

struct Threads {
    std::vector<int> counts;
    int all;
    bool are_asked_for; // by --threads
};

// A leading '-' negates, as in Google Benchmark.
class Filter {
public:
    explicit Filter(std::string text)
    {
        negated_ = text.starts_with('-');
        if (negated_)
            text.erase(0, 1);
        all_ = text.empty() || text == "all";
        try {
            if (!all_)
                pattern_ = std::regex(text);
        } catch (const std::regex_error& e) {
            throw UsageError("--benchmark_filter: '" + text +
                             "' is not a regular expression: " + e.what());
        }
    }
    bool accepts(const std::string& name) const
    {
        return (all_ || std::regex_search(name, pattern_)) != negated_;
    }

private:
    bool negated_ = false, all_ = true;
    std::regex pattern_;
};

// The thread counts of a variant's cases.
std::vector<int> counts_of(const Contract& contract, const Variant& variant, const Problem& problem,
                           const Threads& threads)
{
    if (!is_parallel(variant) || is_on_one_cpu(problem))
        return {1};
    if (variant.threading == Threading::per_task)
        return {threads.all};
    if (contract.one_thread_too && !threads.are_asked_for && threads.counts.front() > 1)
        return {1, threads.all};
    return threads.counts;
}

// Codes of the host on as many threads as they are told; on one thread the baseline too.
bool is_of_weak_scaling(const Variant& variant, const Threads& threads)
{
    if (variant.scope != Scope::host || variant.threading == Threading::per_task)
        return false;
    return is_parallel(variant) || threads.counts.front() == 1;
}

// All cases of a workload at one problem.
Group all_cases(const Workload& workload, Problem problem, const Options& options,
                const Threads& threads, std::size_t& unsuited)
{
    Group group;
    for (const Variant& variant : workload.variants) {
        if (options.weak && !is_of_weak_scaling(variant, threads))
            continue;
        for (const int team : counts_of(workload.contract, variant, problem, threads)) {
            problem.threads = team;
            if (!is_chosen(options.variants, variant.name) ||
                (options.cold && variant.cold_clock == nullptr))
                continue;
            if (!is_suited(variant, problem)) {
                ++unsuited;
                continue;
            }
            Bytes footprint = workload.contract.footprint(problem, variant.name);
            if (variant.transfer == Transfer::pinned)
                footprint.host_case += footprint.host_shared;
            group.push_back({&workload, &variant, problem,
                             case_name(workload.name, variant.name, problem), footprint});
        }
    }
    return group;
}

// The problems of a workload, each on all numbers of threads; of weak scaling each on its own.
std::vector<TeamsOfProblem> problems_with_teams(const Workload& workload, const Options& options,
                                                const CacheSizes& caches,
                                                const std::vector<int>& counts)
{
    const std::vector<Problem> problems = problems_of(workload, options, caches);
    if (options.weak)
        return weak_problems(workload.contract, problems, counts);
    std::vector<TeamsOfProblem> all;
    for (const Problem& problem : problems)
        all.push_back({problem, counts});
    return all;
}

// Whether the options ask for this workload, by name or by preset.
bool is_asked_for(const Workload& workload, const Options& options)
{
    if (options.weak && workload.contract.cost == nullptr)
        return false;
    if (!options.workloads.empty())
        return is_chosen(options.workloads, workload.name);
    return options.preset == Preset::smoke || (workload.contract.subject == Subject::concurrency) ==
                                                  (options.preset == Preset::concurrency);
}

} // namespace

std::vector<const PlannedCase*> Plan::to_measure() const
{
    std::vector<const PlannedCase*> cases;
    std::set<std::string_view> seen;
    for (const Group& group : groups)
        for (const PlannedCase& c : group)
            if (seen.insert(c.name).second)
                cases.push_back(&c);
    return cases;
}

std::vector<Workload> chosen_workloads(std::vector<Workload> suite, const Options& options)
{
    for (Workload& w : suite)
        std::erase_if(w.variants,
                      [&](const Variant& v) { return !is_chosen(options.variants, v.name); });
    std::erase_if(suite, [&](const Workload& w) {
        return !is_chosen(options.workloads, w.name) || w.variants.empty();
    });
    return suite;
}

std::string case_name(const std::string& workload, const std::string& variant,
                      const Problem& problem)
{
    std::string name = fmt::format("{}/{}/n:{}", workload, variant, problem.n);
    for (const char* key : {"input", "grain", "tau", "inflight", "rate", "cancel", "chunks", "cpus",
                            kPassesKey, "ranks", kCacheKey}) // in this order
        if (const auto found = problem.keys.find(key); found != problem.keys.end())
            name += fmt::format("/{}:{}", key, found->second);
    return name + fmt::format("/threads:{}", problem.threads);
}

std::string group_name(const PlannedCase& c)
{
    Problem of_all_teams = c.problem;
    of_all_teams.threads = 0;
    return case_name(c.workload->name, "", of_all_teams);
}

CaseResult result_of(const PlannedCase& planned, const CacheSizes& caches)
{
    const Variant& variant = *planned.variant;
    CaseResult result;
    result.name = planned.name;
    result.workload = planned.workload->name;
    result.variant = variant.name;
    result.problem = planned.problem;
    result.subject = planned.workload->contract.subject;
    result.ceiling = planned.workload->contract.ceiling;
    result.rate = planned.workload->contract.rate;
    result.scope = variant.scope;
    result.threading = variant.threading;
    result.role = variant.role;
    result.ours = variant.ours;
    result.footprint = planned.footprint;
    result.level = level_of(result, caches);
    return result;
}

Plan make_plan(const std::vector<Workload>& suite, const Options& options, int all_threads,
               const Memory& memory)
{
    const Filter filter(options.filter);
    const Threads threads = {thread_counts(options, all_threads), all_threads,
                             !options.threads.empty()};
    Plan plan{.groups = {}, .skipped = {}, .memory = memory, .suite = &suite};
    for (const Workload& workload : suite) {
        if (!is_asked_for(workload, options))
            continue;
        for (const auto& [problem, teams] :
             problems_with_teams(workload, options, memory.caches, threads.counts)) {
            Group group;
            for (PlannedCase& c :
                 all_cases(workload, problem, options, {teams, threads.all, threads.are_asked_for},
                           plan.unsuited)) {
                if (!filter.accepts(c.name))
                    continue;
                if (const std::string reason = memory_shortage(c, memory); reason.empty())
                    group.push_back(std::move(c));
                else
                    skip(plan.skipped.emplace_back(result_of(c, memory.caches)), Cause::memory,
                         reason);
            }
            for (Group& part : groups_of(group, memory))
                plan.groups.push_back(std::move(part));
        }
    }
    return plan;
}

} // namespace workspan
