// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/beside.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace workspan {

namespace {

// Elements of each thread of an arithmetic ceiling, at 8192 flops each: one to three milliseconds.
constexpr std::size_t kPerThread = 1 << 15;

const Workload* ceiling_of(const Group& group, const Plan& plan)
{
    const Workload& workload = *group.front().workload;
    if (workload.contract.ceiling == workload.name || plan.suite == nullptr)
        return nullptr;
    const auto found = std::find_if(plan.suite->begin(), plan.suite->end(), [&](const Workload& w) {
        return w.name == workload.contract.ceiling;
    });
    return found == plan.suite->end() ? nullptr : &*found;
}

const Variant* variant_named(const Workload& workload, const std::string& name)
{
    const auto found = std::find_if(workload.variants.begin(), workload.variants.end(),
                                    [&](const Variant& v) { return v.name == name; });
    return found == workload.variants.end() ? nullptr : &*found;
}

PlannedCase planned(const Workload& workload, const Variant& variant, const Problem& problem)
{
    const Bytes footprint = workload.contract.footprint(problem, variant.name);
    return {&workload, &variant, problem, case_name(workload.name, variant.name, problem),
            footprint};
}

double working_set(const PlannedCase& c)
{
    return c.variant->scope == Scope::host ? c.footprint.kernel_on_host() : c.footprint.device_case;
}

// The candidate whose working set is the nearest to that of `to`, of the same level if there is
// one.
PlannedCase nearest(const std::vector<PlannedCase>& candidates, const PlannedCase& to,
                    const CacheSizes& caches)
{
    const Level level = result_of(to, caches).level;
    const auto distance = [&](const PlannedCase& c) {
        const bool other = result_of(c, caches).level != level;
        return std::pair(other, std::abs(std::log(std::max(working_set(c), 1.0) /
                                                  std::max(working_set(to), 1.0))));
    };
    return *std::min_element(
        candidates.begin(), candidates.end(),
        [&](const PlannedCase& a, const PlannedCase& b) { return distance(a) < distance(b); });
}

// The ceiling in a core's L1 or L2, for a group there; none if the workload has no such problem.
const InCache* in_cache_of(const Workload& ceiling, const Variant& variant, const PlannedCase& to,
                           const CacheSizes& caches)
{
    if (!variant.makes_passes)
        return nullptr;
    const Level level = result_of(to, caches).level;
    const InCache& set = level == Level::l1 ? ceiling.contract.l1 : ceiling.contract.l2;
    return (level == Level::l1 || level == Level::l2) && set.per_thread > 0 ? &set : nullptr;
}

// The ceiling's variant of this name, with the threads of `to`.
PlannedCase ceiling_case(const Workload& ceiling, const Variant& variant, const PlannedCase& to,
                         const Plan& plan)
{
    if (const InCache* const set = in_cache_of(ceiling, variant, to, plan.memory.caches)) {
        Problem problem = in_cache(*set, to.problem.threads);
        problem.seed = to.problem.seed;
        return planned(ceiling, variant, problem);
    }
    const bool cold = is_cold(to.problem);
    std::vector<std::size_t> sizes = ceiling.contract.sizes;
    if (ceiling.contract.rate == Rate::flops) // its rate does not depend on the size
        sizes = {variant.scope == Scope::host
                     ? kPerThread * static_cast<std::size_t>(to.problem.threads)
                     : ceiling.contract.quick.back()};
    std::vector<PlannedCase> candidates;
    for (const std::size_t n : sizes) {
        Problem problem = {.n = n, .threads = to.problem.threads, .seed = to.problem.seed};
        if (cold)
            problem.keys[kCacheKey] = kCold;
        candidates.push_back(planned(ceiling, variant, problem));
    }
    return nearest(candidates, to, plan.memory.caches);
}

bool fits(const Group& group, const Group& beside, const Memory& memory)
{
    double host = group.front().footprint.host_shared + group.front().footprint.host_reference;
    double device = 0;
    for (const Group* const cases : {&group, &beside})
        for (const PlannedCase& c : *cases) {
            host += c.footprint.host_case;
            device += c.variant->scope == Scope::host ? 0 : c.footprint.device_case;
        }
    double inputs = 0; // of the ceiling: each size has its own, and the next replaces it
    for (const PlannedCase& c : beside)
        inputs += c.footprint.host_shared;
    return host + inputs <= kUsableShare * memory.host && device <= kUsableShare * memory.device;
}

} // namespace

CeilingsBeside ceilings_beside(const Group& group, const Plan& plan)
{
    const Workload* const ceiling = ceiling_of(group, plan);
    if (ceiling == nullptr)
        return {};
    Group beside;
    std::set<std::pair<std::string, int>> seen; // one each, like the first case that needs it
    const auto add = [&](const std::string& name, PlannedCase to, int threads) {
        to.problem.threads = threads;
        const Variant* const variant = variant_named(*ceiling, name);
        if (variant == nullptr || (is_cold(to.problem) && variant->cold_clock == nullptr))
            return;
        if (seen.emplace(name, threads).second)
            beside.push_back(ceiling_case(*ceiling, *variant, to, plan));
    };
    for (const PlannedCase& c : group)
        if (c.variant->scope == Scope::host) {
            add("omp", c, 1);
            add("omp", c, c.problem.threads);
        } else if (c.variant->scope == Scope::kernel) {
            add("cuda", c, 1);
        }
    if (fits(group, beside, plan.memory))
        return {beside};
    return {{}, ceiling->name + " does not fit into memory beside the group"};
}

} // namespace workspan
