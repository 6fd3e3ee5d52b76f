// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/weak_scaling.hpp"

#include <algorithm>
#include <bit>

namespace workspan {

namespace {

// Flops, else bytes, else items: the first that the contract counts.
double work(const Contract& contract, std::size_t n)
{
    const Cost cost = contract.cost(n);
    if (cost.flops > 0)
        return cost.flops;
    return cost.bytes > 0 ? cost.bytes : cost.items;
}

} // namespace

std::vector<TeamsOfProblem> weak_problems(const Contract& contract,
                                          const std::vector<Problem>& of_one_thread,
                                          const std::vector<int>& counts)
{
    std::vector<TeamsOfProblem> all;
    for (Problem problem : of_one_thread) {
        const std::size_t n = problem.n;
        for (const int team : counts) {
            problem.n = weak_size(contract, n, team);
            const auto same = std::find_if(all.begin(), all.end(), [&](const TeamsOfProblem& t) {
                return t.problem.n == problem.n && t.problem.keys == problem.keys;
            });
            if (same == all.end())
                all.push_back({problem, {team}});
            else if (std::find(same->counts.begin(), same->counts.end(), team) ==
                     same->counts.end())
                same->counts.push_back(team);
        }
    }
    for (TeamsOfProblem& one : all)
        std::sort(one.counts.begin(), one.counts.end());
    return all;
}

std::size_t weak_size(const Contract& contract, std::size_t n, int threads)
{
    if (threads == 1)
        return n;
    const double wanted = threads * work(contract, n);
    std::size_t low = n,
                high = n * static_cast<std::size_t>(threads); // no work grows slower than n
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (work(contract, middle) <= wanted ? low : high) = middle;
    }
    if (contract.only_powers_of_two) {
        low = std::bit_floor(low);
        high = 2 * low;
    }
    return wanted / work(contract, low) <= work(contract, high) / wanted ? low : high;
}

} // namespace workspan
