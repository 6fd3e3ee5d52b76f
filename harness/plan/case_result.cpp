// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/case_result.hpp"

#include "harness/support/format.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace workspan {

namespace {

constexpr double kMemoryFrom = 256 << 20; // bytes: beyond any last-level cache

// A result of a few bytes, or a table of some KiB, leaves a working set in its level.
constexpr double kSlack = 1 + 1.0 / 16;

// All caches of the last level: of several cores or sockets together.
double last_level_bytes(const Machine& machine)
{
    int last = 0;
    for (const Cache& cache : machine.caches)
        last = std::max(last, cache.level);
    double bytes = 0;
    for (const Cache& cache : machine.caches)
        if (cache.level == last && cache.type != "Instruction")
            bytes += cache.bytes * std::max(cache.count, 1);
    return bytes;
}

Level device_level(double bytes, double l2)
{
    if (!(bytes > 0 && l2 > 0))
        return Level::none;
    return bytes <= l2 / 2 ? Level::l2 : Level::memory;
}

} // namespace

CacheSizes cache_sizes(const Machine& machine)
{
    const auto bytes = [&](int level) {
        const Cache* const cache = cache_of_level(machine, level);
        return cache == nullptr ? 0 : cache->bytes;
    };
    return {bytes(1), bytes(2), machine.devices.gpus.empty() ? 0 : machine.devices.gpus.front().l2,
            last_level_bytes(machine)};
}

Level level_of(const CaseResult& c, const CacheSizes& caches)
{
    if (c.scope != Scope::host)
        return device_level(c.footprint.device_case, caches.device_l2);
    const double bytes = c.footprint.kernel_on_host();
    const double share = bytes / std::max(c.problem.threads, 1);
    if (bytes >= kMemoryFrom)
        return Level::memory;
    if (!(bytes > 0 && caches.l2 > 0))
        return Level::none;
    if (share > kSlack * caches.l2 / 2)
        return Level::shared;
    if (!(caches.l1 > 0))
        return Level::none;
    return share <= kSlack * caches.l1 / 2 ? Level::l1 : Level::l2;
}

int clean_samples(const CaseResult& c)
{
    return static_cast<int>(std::count_if(c.samples.begin(), c.samples.end(),
                                          [](const Sample& sample) { return sample.clean; }));
}

std::vector<Sample> counting_samples(const CaseResult& c)
{
    if (clean_samples(c) < kFewestClean)
        return c.samples;
    std::vector<Sample> clean = c.samples;
    std::erase_if(clean, [](const Sample& sample) { return !sample.clean; });
    return clean;
}

void summarise(CaseResult& result)
{
    const std::vector<double> wall = seconds_of(counting_samples(result), &Sample::wall);
    result.time = median(wall);
    result.interval = median_interval(wall);
}

void warn_of_disturbance(CaseResult& result)
{
    const int clean = clean_samples(result), all = static_cast<int>(result.samples.size());
    if (clean < std::min(all, kFewestClean))
        result.warnings.push_back(
            {"disturbed_samples", fmt::format("{} of {} samples", all - clean, all)});
}

void warn_of_cache(CaseResult& result, const CacheSizes& caches)
{
    const double bytes = result.footprint.kernel_on_host();
    const bool in_memory = result.scope == Scope::host && result.level == Level::memory;
    const bool bound_by_memory = result.rate == Rate::bytes && !result.ceiling.empty();
    if (in_memory && bound_by_memory && bytes < kBeyondCaches * caches.last)
        result.warnings.push_back(
            {"partly_cached", fmt::format("{} of data, {} of last-level cache", format_bytes(bytes),
                                          format_bytes(caches.last))});
}

std::optional<double> cpu_share(const CaseResult& c)
{
    if (c.scope != Scope::host || c.samples.empty())
        return std::nullopt;
    std::vector<double> shares;
    for (const Sample& sample : counting_samples(c))
        shares.push_back(sample.cpu / sample.wall / c.problem.threads);
    return median(shares);
}

void fail(CaseResult& result, Cause cause, const std::string& reason)
{
    result.status = Status::failed;
    result.cause = cause;
    result.reason = reason;
    result.samples.clear();
}

void skip(CaseResult& result, Cause cause, const std::string& reason)
{
    fail(result, cause, reason);
    result.status = Status::skipped;
}

bool attempt(CaseResult& result, const std::function<void()>& step)
{
    try {
        step();
        return true;
    } catch (const OutOfMemory& e) {
        skip(result, Cause::memory, e.what());
    } catch (const Unavailable& e) {
        skip(result, Cause::unavailable, e.what());
    } catch (const DeviceLost& e) {
        (e.before ? skip : fail)(result, Cause::device_lost, e.what());
    } catch (const std::bad_alloc&) {
        fail(result, Cause::memory, "out of memory");
    } catch (const std::exception& e) {
        fail(result, Cause::error, e.what());
    }
    return false;
}

} // namespace workspan
