// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/problems.hpp"

#include <algorithm>

namespace workspan {

namespace {

// The sizes; and of a ceiling in bytes, if the last-level caches hold a part of the largest one,
// the next power of two times it of which they do not.
std::vector<std::size_t> and_beyond_caches(const Workload& workload, std::vector<std::size_t> sizes,
                                           const CacheSizes& caches)
{
    const Contract& contract = workload.contract;
    const auto is_cached = [&](std::size_t n) {
        return contract.footprint({.n = n}, baseline_of(workload).name).kernel_on_host() <
               kBeyondCaches * caches.last;
    };
    std::size_t n = sizes.back();
    if (contract.ceiling != workload.name || contract.rate != Rate::bytes || !is_cached(n))
        return sizes;
    while (is_cached(n) && n < std::size_t(1) << 47) // the options end at 2^48 - 1
        n *= 2;
    sizes.push_back(n);
    return sizes;
}

std::vector<std::size_t> sizes_of(const Workload& workload, const Options& options,
                                  const CacheSizes& caches)
{
    if (!options.sizes.empty()) {
        std::vector<std::size_t> sizes;
        for (const std::size_t n : options.sizes)
            if (std::find(sizes.begin(), sizes.end(), n) == sizes.end())
                sizes.push_back(n);
        return sizes;
    }
    switch (options.preset) {
    case Preset::smoke:
        return {workload.contract.sizes.front()};
    case Preset::quick:
    case Preset::concurrency: // one in a core's cache, one in memory
        return workload.contract.quick;
    case Preset::scaling:
        return and_beyond_caches(workload, workload.contract.quick, caches);
    case Preset::full:
        break;
    }
    return and_beyond_caches(workload, workload.contract.sizes, caches);
}

std::vector<std::string> values_of(const Axis& axis, const Options& options)
{
    if (const auto given = options.axes.find(axis.key); given != options.axes.end())
        return {given->second};
    return is_short(options.preset) ? axis.short_values() : axis.values;
}

// How many of the axes that the options leave open have another value than their usual one.
long deviations(const Contract& contract, const Options& options, const Problem& problem)
{
    return std::count_if(contract.axes.begin(), contract.axes.end(), [&](const Axis& axis) {
        const auto found = problem.keys.find(axis.key);
        const std::string value = found == problem.keys.end() ? "" : found->second;
        return !options.axes.contains(axis.key) && value != axis.short_values().front();
    });
}

// Every problem of the list with every value of the axis.
std::vector<Problem> crossed(const std::vector<Problem>& problems, const std::string& key,
                             const std::vector<std::string>& values)
{
    std::vector<Problem> all;
    for (const Problem& problem : problems)
        for (const std::string& value : values) {
            all.push_back(problem);
            if (!value.empty())
                all.back().keys[key] = value;
        }
    return all;
}

} // namespace

std::vector<Problem> problems_of(const Workload& workload, const Options& options,
                                 const CacheSizes& caches)
{
    std::vector<Problem> problems;
    for (const std::size_t n : sizes_of(workload, options, caches))
        problems.push_back({.n = n, .seed = options.seed});
    for (const Axis& axis : workload.contract.axes)
        problems = crossed(problems, axis.key, values_of(axis, options));
    if (workload.contract.one_axis_at_a_time)
        std::erase_if(problems, [&](const Problem& p) {
            return deviations(workload.contract, options, p) > 1;
        });
    return options.cold ? crossed(problems, kCacheKey, {kCold}) : problems;
}

} // namespace workspan
