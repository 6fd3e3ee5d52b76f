// SPDX-License-Identifier: Apache-2.0
#include "harness/report/judge.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace workspan {

namespace {

constexpr double kLeastShare = 0.8;       // of the CPU, below which a case is no ceiling
constexpr double kLikeCeilings = 4;       // copy, read and triad differ by less than this
constexpr double kMemoryFrom = 256 << 20; // bytes

bool usable(const CaseResult& c) { return c.status == Status::ok && c.time > 0; }

bool same_problem(const CaseResult& a, const CaseResult& b)
{
    return a.workload == b.workload && a.problem.n == b.problem.n &&
           a.problem.keys == b.problem.keys;
}

// T_other / T_this: how many times faster `c` is.
Ratio speedup(const CaseResult& c, const CaseResult& other)
{
    return ratio(other.time, other.interval, c.time, c.interval);
}

double working_set(const CaseResult& c)
{
    return c.scope == Scope::host ? c.footprint.kernel_on_host() : c.footprint.device_case;
}

// Compute ceilings are rates of flops, the others of bytes.
bool is_compute(const std::string& ceiling) { return ceiling == "fma" || ceiling == "dfma"; }

double work(const CaseResult& c, bool flops) { return flops ? c.cost.flops : c.cost.bytes; }

// The rate of `c` over the rate of the ceiling case.
Ratio fraction(const CaseResult& c, const CaseResult& ceiling, bool flops)
{
    Ratio r = speedup(c, ceiling);
    const double scale = work(c, flops) / work(ceiling, flops);
    r.value *= scale;
    if (r.interval)
        r.interval = Interval{r.interval->low * scale, r.interval->high * scale};
    return r;
}

// By how many octaves their working sets differ.
double apart(const CaseResult& a, const CaseResult& b)
{
    return std::abs(std::log2(working_set(a) / working_set(b)));
}

// A memory ceiling holds for working sets of up to twice or half its size, and of up to eight times
// its size in the same level; a compute ceiling for all. What did not have its cores is no ceiling.
bool comparable(const CaseResult& c, const CaseResult& ceiling, bool flops,
                const CacheSizes& caches)
{
    const bool alike = ceiling.scope == c.scope && ceiling.problem.threads == c.problem.threads &&
                       is_cold(ceiling.problem) == is_cold(c.problem);
    if (!usable(ceiling) || !alike || !(work(ceiling, flops) > 0) ||
        cpu_share(ceiling) < kLeastShare)
        return false;
    return flops || apart(c, ceiling) <= 1 ||
           (level_of(c, caches) == level_of(ceiling, caches) && apart(c, ceiling) <= 3);
}

// The fastest comparable case among the named workloads; where there are some of about the same
// size, of those.
const CaseResult* fastest_ceiling(const CaseResult& c, std::span<const std::string> workloads,
                                  bool flops, const std::vector<CaseResult>& cases,
                                  const CacheSizes& caches)
{
    const CaseResult *best = nullptr, *best_near = nullptr;
    const auto take_faster = [flops](const CaseResult*& of, const CaseResult& other) {
        if (of == nullptr || work(other, flops) / other.time > work(*of, flops) / of->time)
            of = &other;
    };
    for (const CaseResult& other : cases) {
        const bool named =
            std::find(workloads.begin(), workloads.end(), other.workload) != workloads.end();
        // A ceiling workload is held against its own variants of the same size.
        const bool own = other.workload != c.workload || same_problem(c, other);
        if (!named || !own || !comparable(c, other, flops, caches))
            continue;
        take_faster(best, other);
        if (flops || apart(c, other) <= 1)
            take_faster(best_near, other);
    }
    return best_near != nullptr ? best_near : best;
}

void compare_with_ceiling(CaseResult& c, const std::vector<CaseResult>& cases,
                          const CacheSizes& caches)
{
    const bool flops = is_compute(c.bound);
    if (c.scope == Scope::e2e || c.bound.empty() || !(work(c, flops) > 0))
        return;
    if (const auto* const best = fastest_ceiling(c, std::span(&c.bound, 1), flops, cases, caches);
        best != nullptr) {
        c.comparison.of_ceiling = fraction(c, *best, flops);
        c.comparison.ceiling = best->name;
    }
}

// Nothing moves its compulsory bytes faster than the fastest of copy, read and triad, nor computes
// faster than fma; and of these none is several times faster than the others.
void warn_where_implausible(CaseResult& c, const std::vector<CaseResult>& cases,
                            const CacheSizes& caches)
{
    const std::vector<std::string> bandwidth = {"copy", "read", "triad"}, compute = {"fma", "dfma"};
    for (const bool flops : {false, true}) {
        auto names = flops ? compute : bandwidth;
        const bool is_ceiling = std::erase(names, c.workload) > 0;
        if (c.scope == Scope::e2e || !(work(c, flops) > 0))
            continue;
        const auto* const best = fastest_ceiling(c, names, flops, cases, caches);
        if (best == nullptr)
            continue;
        const double limit =
            (is_ceiling ? kLikeCeilings : 1.1) + noise(c).value_or(0) + noise(*best).value_or(0);
        if (const double f = fraction(c, *best, flops).value; f > limit)
            c.warnings.push_back(fmt::format(
                "implausible: {:.2f} of the ceiling {}; look at the cost or at the ceiling", f,
                best->name));
    }
}

// What is possible, but faster than the ceiling that the table names: that one is too low.
void warn_where_above_its_ceiling(CaseResult& c)
{
    const auto& fraction = c.comparison.of_ceiling;
    if (fraction && (fraction->interval ? fraction->interval->low : fraction->value) > 1.1)
        c.warnings.push_back("above its ceiling: " + c.comparison.ceiling +
                             " was measured at another size, or disturbed");
}

// The best time of omp, if it ran on all cores.
void compare_with_all_cores(CaseResult& c, const std::vector<CaseResult>& cases, int all_threads)
{
    const CaseResult* best = nullptr;
    bool on_all = false;
    for (const CaseResult& other : cases)
        if (usable(other) && same_problem(c, other) && other.variant == "omp") {
            on_all = on_all || other.problem.threads == all_threads;
            best = best == nullptr || other.time < best->time ? &other : best;
        }
    if (c.scope != Scope::host && on_all)
        c.comparison.vs_all_cores = speedup(c, *best);
}

void compare_with_one_thread(CaseResult& c, const std::vector<CaseResult>& cases)
{
    for (const CaseResult& other : cases) {
        if (!usable(other) || !same_problem(c, other))
            continue;
        if (other.variant == c.variant && other.problem.threads == 1 && c.problem.threads > 1) {
            const Ratio r = speedup(c, other);
            const double threads = c.problem.threads;
            c.comparison.vs_one_thread = r;
            c.comparison.efficiency = Ratio{r.value / threads, std::nullopt};
            if (r.interval)
                c.comparison.efficiency->interval =
                    Interval{r.interval->low / threads, r.interval->high / threads};
        }
    }
}

} // namespace

Level level_of(const CaseResult& c, const CacheSizes& caches)
{
    const double bytes = working_set(c);
    if (c.scope != Scope::host)
        return bytes <= caches.device_l2 / 2 ? Level::l2 : Level::memory;
    const double share = bytes / std::max(c.problem.threads, 1);
    if (bytes >= kMemoryFrom)
        return Level::memory;
    if (share <= caches.l1 / 2)
        return Level::l1;
    return share <= caches.l2 / 2 ? Level::l2 : Level::shared_cache;
}

void compare_with_baseline(std::span<CaseResult> group, const std::string& baseline)
{
    const auto seq = std::find_if(group.begin(), group.end(), [&](const CaseResult& c) {
        return c.variant == baseline && usable(c);
    });
    if (seq == group.end())
        return;
    for (CaseResult& c : group)
        if (usable(c))
            c.comparison.vs_seq = speedup(c, *seq);
}

double cpu_share(const CaseResult& c)
{
    if (c.scope != Scope::host || c.samples.empty())
        return 1;
    std::vector<double> shares;
    for (const Sample& sample : c.samples)
        shares.push_back(sample.cpu / sample.wall / c.problem.threads);
    return median(shares);
}

void judge(std::vector<CaseResult>& cases, const CacheSizes& caches, int all_threads)
{
    for (CaseResult& c : cases) {
        if (!usable(c))
            continue;
        compare_with_ceiling(c, cases, caches);
        compare_with_one_thread(c, cases);
        compare_with_all_cores(c, cases, all_threads);
        const std::size_t before = c.warnings.size();
        warn_where_implausible(c, cases, caches);
        if (c.warnings.size() == before)
            warn_where_above_its_ceiling(c);
        if (cpu_share(c) < kLeastShare)
            c.warnings.push_back("cores shared or idle: less than 80 % of its threads' time was "
                                 "spent computing; no ceiling");
        const bool memory_bound = !c.bound.empty() && !is_compute(c.bound);
        if (memory_bound && c.scope == Scope::host && caches.l2 > 0 &&
            level_of(c, caches) == Level::shared_cache)
            c.warnings.push_back(
                "shared cache: between L2 and 256 MiB, where neighbours are measured too");
    }
}

} // namespace workspan
