// SPDX-License-Identifier: Apache-2.0
// The vocabulary: a workload, the ways to run it, and how its result is verified.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace workspan {

class Trace; // harness/tasks/trace.hpp

using Seconds = double;
using Counters = std::map<std::string, double>;

// Durations in ns, each at most 0.8 % above the true one, and how many tasks took that long.
using Latencies = std::map<std::uint64_t, std::uint64_t>;

// Copies of the input to a GPU and of the output back, inside a run: none (the data are resident),
// from and to pageable memory of the host, or from and to page-locked (pinned) memory.
enum class Transfer { none, pageable, pinned };

// The problem to solve. The same problem gives the same input bits on every machine.
struct Problem {
    std::size_t n = 0;
    int threads = 1;
    std::uint64_t seed = 1;
    std::map<std::string, std::string> keys = {}; // further axes, for example input: zipf
    std::filesystem::path file = {};              // a user's own input instead of a generated one
    Transfer transfer = Transfer::none;           // that a run of a device variant contains
};

// The further axis l2:cold: timed with a cold L2 of the device.
constexpr const char *kCacheKey = "l2", *kCold = "cold";
inline bool is_cold(const Problem& problem) { return problem.keys.contains(kCacheKey); }

// The further axis cpus:1: all threads of a run on one CPU.
inline bool is_on_one_cpu(const Problem& problem) { return problem.keys.contains("cpus"); }

// The further axis passes:K of in-cache ceilings: one run goes over its data K times inside one
// parallel region, whose start would otherwise bound the rate that is measured.
constexpr const char* kPassesKey = "passes";
inline bool has_passes(const Problem& problem) { return problem.keys.contains(kPassesKey); }
inline std::size_t passes_of(const Problem& problem)
{
    return has_passes(problem) ? std::stoull(problem.keys.at(kPassesKey)) : 1;
}

// The least work that one run must do: each input byte read once, each output byte written once.
struct Cost {
    double flops = 0, bytes = 0, items = 0;
};

inline Cost operator*(double times, const Cost& cost)
{
    return {times * cost.flops, times * cost.bytes, times * cost.items};
}

// The checker's answer on one run. error is the worst error over its tolerance: <= 1 is right, and
// a NaN is wrong.
struct CheckResult {
    bool ok = false;
    std::string why = {};
    double error = 0;
};

// Host bytes shared by all cases of a size, host bytes of one case, device bytes of one case; and
// host bytes of the expected result, shared too but untouched by kernels.
struct Bytes {
    double host_shared = 0, host_case = 0, device_case = 0, host_reference = 0;

    // The working set of a host variant.
    double kernel_on_host() const { return host_shared + host_case; }
    double on_host() const { return kernel_on_host() + host_reference; }
};

// Thrown by a variant that cannot run here, with the reason: its case is skipped, not failed.
struct Unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The same, for lack of device or page-locked memory.
struct OutOfMemory : Unavailable {
    using Unavailable::Unavailable;
};

// The CUDA context is lost: after a sticky error every call fails with it. `before`: an earlier
// case lost it, and what() names its error.
struct DeviceLost : std::runtime_error {
    DeviceLost(const std::string& what, bool after_another)
        : std::runtime_error(what), before(after_another)
    {
    }
    bool before;
};

// A problem set up and ready to run repeatedly, with the same result.
// What runs in a library's variant, as the library says itself. core: the kernels that it chose for
// this CPU; empty if it does not say.
struct Library {
    std::string name, version, core;
};

struct Trial {
    std::function<void()> run;
    std::function<CheckResult()> verify; // checks the output of the last run
    // Overwrites every output, on the device too, so that a run without effect is caught.
    std::function<void()> poison;
    // Checks these bytes as if they were the output.
    std::function<CheckResult(std::span<const std::byte>)> check;
    std::span<std::byte> output = {};        // host output; empty if it is on a device
    std::function<Counters()> counters = {}; // of this workload only; may be empty
    // Returns and forgets those of the tasks of all runs since the last call or poison.
    std::function<Latencies()> take_latencies = {};
    // Forgets the runs since then, which are not timed: neither latencies nor counters have them.
    // Empty: only latencies need it, and are taken.
    std::function<void()> forget_untimed = {};
    Cost cost = {};
    // One more run, with every task recorded; tasks: how many. Empty if the workload has no tasks.
    std::function<void(Trace&)> traced_run = {};
    std::size_t tasks = 0;
    Library library = {}; // of a library's variant; empty if it does not say
};

// One reading around `times` runs.
using Clock = Seconds (*)(const Trial&, int times);

// How a host variant makes its threads: one, an OpenMP team, or its own, as libraries do; per_task:
// a thread or process for each task, or a pool of that many. A team and own threads are as many as
// the problem says; a case with one per task is planned once, for all CPUs.
enum class Threading { one, team, own, per_task };
enum class Scope { host, kernel, e2e };
// teaching: plain code, to compare with the main variant in speed and in the source.
enum class Role { main, teaching };
enum class Rate { flops, bytes, items }; // the work per second in which a rate is given

// One way to run a workload.
struct Variant {
    std::string name;
    Clock clock = nullptr;
    Clock cold_clock = nullptr; // with a cold cache before each run; null if there is none
    Threading threading = Threading::one;
    Scope scope = Scope::host;                         // of a time of this variant
    std::function<Trial(const Problem&)> prepare = {}; // throws Unavailable if it cannot run here
    Role role = Role::main;
    bool ours = true;                   // false: a library's code
    Transfer transfer = Transfer::none; // inside a run; pinned: each case copies the input
    // False for problems that are not planned, such as a process for each of 10^4 tasks.
    bool (*suits)(const Problem&) = nullptr;
    // Forks in each run: measured apart, since a fork copies the page tables of all that the
    // process holds for other cases, such as the stacks of their threads.
    bool forks = false;
    bool makes_passes = false; // problems with the key passes suit it
};

inline bool is_suited(const Variant& variant, const Problem& problem)
{
    return (variant.makes_passes || !has_passes(problem)) &&
           (variant.suits == nullptr || variant.suits(problem));
}

inline bool is_parallel(const Variant& variant) { return variant.threading != Threading::one; }

// A further key of a problem, and its values. The value "" leaves the key out. --axis takes one of
// the values, or any size or duration. quick: the values of the presets smoke and quick; empty:
// all.
struct Axis {
    enum class Takes { listed, sizes, durations };
    std::string key;
    std::vector<std::string> values, quick = {};
    Takes takes = Takes::listed;

    const std::vector<std::string>& short_values() const { return quick.empty() ? values : quick; }
};

// What a workload tells something about. Workloads of concurrency are in the presets smoke and
// concurrency only; those of transfers have no baseline, so they have rates and no speedup.
enum class Subject { computing, concurrency, transfers };

// A problem that measures what a core's cache gives: elements for each thread, and the passes over
// them in one run. 0: the workload has none.
struct InCache {
    std::size_t per_thread = 0, passes = 0;
};

// The facts of a workload, apart from its mathematics.
struct Contract {
    std::string summary;
    std::vector<std::size_t> sizes; // fixed, so that any two machines have sizes in common
    // Of these, one that fits into a core's cache, and one of 256 to 400 MiB if the rate is in
    // bytes, else one of which a run takes 1 to 10 ms on a recent core; ceilings may have more.
    std::vector<std::size_t> quick;
    std::string ceiling; // the workload whose measured rate bounds this one; empty: none
    Rate rate = Rate::items;
    Bytes (*footprint)(const Problem&, std::string_view variant) = nullptr;
    // The least work of one run, as far as n tells it: sizes of weak scaling follow from it. Null:
    // the workload has none.
    Cost (*cost)(std::size_t n) = nullptr;
    bool only_powers_of_two = false; // other sizes are Unavailable
    std::vector<Axis> axes = {};
    // Of the axes that --axis leaves open one at a time has another value than its first short one:
    // all combinations would take long and tell little more.
    bool one_axis_at_a_time = false;
    // Sizes for tests: around vector widths and blocks, the smallest ones and an odd large one.
    std::vector<std::size_t> awkward = {0, 1, 2, 31, 32, 33, 255, 256, 257, 1000003};
    Subject subject = Subject::computing;
    // Of concurrency: one thread tells something too, so the preset measures teams of one as well.
    bool one_thread_too = false;
    // Of ceilings with the key passes. Each thread has 12 KiB, within half of an L1 of 32 KiB, or
    // 192 KiB, within half of an L2 of 512 KiB and more than any L1; a run takes some 15 to 60 us.
    // Both are constants, so that any two machines and thread counts measure the same problem.
    InCache l1 = {}, l2 = {};
};

// The problem for a number of threads. It is not in the catalogue, since its n grows with them.
inline Problem in_cache(const InCache& set, int threads)
{
    return {.n = set.per_thread * static_cast<std::size_t>(threads),
            .threads = threads,
            .keys = {{kPassesKey, std::to_string(set.passes)}}};
}

// A computation and all the ways to run it; one row of suite.cpp.
struct Workload {
    std::string name;
    Contract contract;
    std::vector<Variant> variants; // not empty
};

// The baseline is the first variant, unless the subject has none. Readers of files know it by its
// name.
constexpr const char* kBaseline = "seq";
inline const Variant& baseline_of(const Workload& workload) { return workload.variants.front(); }

inline std::vector<std::size_t> powers_of_two(std::initializer_list<int> exponents)
{
    std::vector<std::size_t> sizes;
    for (const int k : exponents)
        sizes.push_back(std::size_t(1) << k);
    return sizes;
}

std::vector<Workload> suite();

Seconds wall_clock(const Trial& trial, int times);   // the host's steady clock
Seconds pinned_clock(const Trial& trial, int times); // the same, with all threads on one CPU
Seconds device_clock(const Trial& trial, int times); // events on the device's stream
Seconds cold_device_clock(const Trial& trial,
                          int times); // with the device's L2 overwritten before each run

} // namespace workspan
