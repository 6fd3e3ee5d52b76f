// SPDX-License-Identifier: Apache-2.0
// The result of one case in memory: plain values, filled by planning and measuring, shown by the
// table and the file, and the facts that follow from them. Judgements that compare cases are made
// by the readers of files.
#pragma once

#include "harness/machine/gpu_moment.hpp"
#include "harness/machine/machine.hpp"
#include "harness/support/statistics.hpp"
#include "harness/workload.hpp"

#include <optional>

namespace workspan {

enum class Status { ok, failed, skipped, planned }; // planned: of a dry run, would be measured

// Why a case failed or was skipped, beside the sentence for people.
enum class Cause {
    none,
    memory,
    unavailable,
    too_slow,
    interrupted,
    wrong_result,
    device_lost,
    error
};

// The level of the memory hierarchy that holds the working set; none: no working set, or unknown.
enum class Level { none, l1, l2, shared, memory };

// One reading of a case. Wall and CPU time of one run, as means over its runs; cpu: of all threads
// of the process.
struct Sample {
    Seconds wall = 0, cpu = 0;
    std::int64_t runs = 1;
    int block = 1;  // of its group, in this process
    Seconds at = 0; // since the process began
    // The largest delay of any one thread that was able to run; empty if the kernel does not tell.
    std::optional<Seconds> waited = {};
    bool clean = true;                 // false: disturbed, threads waited too long for a CPU
    std::optional<GpuMoment> gpu = {}; // of device variants if the driver can be asked
};

// A measured fact that casts doubt on a time: a code, and the details of this case.
struct Warning {
    std::string code, detail;
    bool operator==(const Warning&) const = default;
};

struct CaseResult {
    std::string name, workload, variant;
    Problem problem;

    // Facts of the suite's row.
    Subject subject = Subject::computing;
    std::string ceiling; // the workload whose measured rate bounds this one; empty: none
    Rate rate = Rate::items;
    Scope scope = Scope::host;
    Threading threading = Threading::one;
    Role role = Role::main;
    bool ours = true; // false: a library's code

    Bytes footprint;
    Level level = Level::none;

    Status status = Status::skipped;
    Cause cause = Cause::none; // of a failed or skipped case
    std::string reason;        // the same as a sentence
    CheckResult check_result;  // the last one
    Cost cost;

    std::vector<Sample> samples; // of one invocation; empty unless ok
    std::int64_t iterations = 0; // runs that make a sample long enough
    // Of a cache line between neighbouring CPUs, before and after the samples of several threads.
    std::vector<Seconds> round_trips;
    Seconds time = 0; // median wall time of a run
    std::optional<Interval> interval;
    // Why sampling ended: "target", "budget", "repetitions" or "interrupted".
    std::string stopped;
    Counters counters;
    Latencies latencies; // of the tasks of all samples; empty if the workload has none
    Library library;     // of a library's variant; empty if it does not say
    std::vector<Warning> warnings;

    // The baseline's median in the same group, for the table; empty if it was not measured.
    std::optional<Seconds> baseline;
};

// A ceiling that was measured in the same blocks as a group: a fact of this process, not a row.
struct Beside {
    CaseResult ceiling;
    std::string workload; // of the group
    Problem problem;      // its n and keys
};

// Of an invocation.
struct Results {
    std::vector<CaseResult> cases;
    std::vector<Beside> beside = {};
};

// Of the case's interval; empty if it has none.
inline std::optional<double> relative_half_width(const CaseResult& c)
{
    if (!c.interval)
        return std::nullopt;
    return relative_half_width(*c.interval, c.time);
}

// Clean samples below which the disturbed ones count too.
constexpr int kFewestClean = 6;

int clean_samples(const CaseResult& c);

// The samples that make the time of the case: the clean ones, or all if these are too few.
std::vector<Sample> counting_samples(const CaseResult& c);

// One time of every sample: seconds_of(samples, &Sample::wall).
inline std::vector<double> seconds_of(const std::vector<Sample>& samples, Seconds Sample::*member)
{
    std::vector<double> values;
    for (const Sample& sample : samples)
        values.push_back(sample.*member);
    return values;
}

// Bytes of a core's L1 and L2, of the GPU's L2, and of all last-level caches; 0: unknown.
struct CacheSizes {
    double l1 = 0, l2 = 0, device_l2 = 0, last = 0;
};

// Times the last-level caches from which on what they still hold of the data hardly counts.
constexpr double kBeyondCaches = 4;

CacheSizes cache_sizes(const Machine& machine);

// The level that holds the working set. Host: `memory` from 256 MiB on, l1 and l2 if half of the
// cache holds a thread's share, else `shared`: the last-level cache, which a virtual machine shares
// with other tenants of its host. Device: l2 if half of it holds the working set, else `memory`.
// none: no working set, or the size of a deciding cache is unknown.
Level level_of(const CaseResult& c, const CacheSizes& caches);

// `partly_cached`, if memory bounds the case and the last-level caches hold a part of its data.
void warn_of_cache(CaseResult& result, const CacheSizes& caches);

// CPU time over wall time and threads, median over the counting samples: well below 1 if other
// processes took the cores or threads waited. Empty for device cases and without samples.
std::optional<double> cpu_share(const CaseResult& c);

// Time and interval from the samples that count, of which there is at least one.
void summarise(CaseResult& result);

// `disturbed_samples`, if samples count although their threads lacked a CPU.
void warn_of_disturbance(CaseResult& result);

// Both end a case without a time: its samples are dropped.
void fail(CaseResult& result, Cause cause, const std::string& reason);
void skip(CaseResult& result, Cause cause, const std::string& reason);

// Calls `step`; an exception fails the case, or skips it if the case is not at fault. Returns
// whether the step completed.
bool attempt(CaseResult& result, const std::function<void()>& step);

} // namespace workspan
