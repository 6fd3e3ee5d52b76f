// SPDX-License-Identifier: Apache-2.0
// The vocabulary: what a workload is, how it can be run, and how one knows that it ran right.
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

using Seconds = double;
using Counters = std::map<std::string, double>;

// Copies of the input to a GPU and of the output back, inside a run: none (the data are resident),
// from and to pageable memory of the host, or from and to page-locked (pinned) memory.
enum class Transfer { none, pageable, pinned };

// What is asked for. The same problem gives the same input bits on every machine.
struct Problem {
    std::size_t n = 0;
    int threads = 1;
    std::uint64_t seed = 1;
    std::map<std::string, std::string> keys = {}; // further axes, for example input: zipf
    std::filesystem::path file = {};              // a user's own input instead of a generated one
    Transfer transfer = Transfer::none;           // that a run of a device variant contains
};

// The further axis of what is timed with a cold cache of the device, l2:cold.
constexpr const char *kCacheKey = "l2", *kCold = "cold";
inline bool is_cold(const Problem& problem) { return problem.keys.contains(kCacheKey); }

// The least work that one run must do: each input byte read once, each output byte written once.
struct Cost {
    double flops = 0, bytes = 0, items = 0;
};

// The judgement of one run. error is the worst error over its tolerance: <= 1 is right, and a NaN
// is wrong.
struct Verdict {
    bool ok = false;
    std::string why = {};
    double error = 0;
};

// Host bytes that all cases of a size share, of one case, device bytes of one case; and host bytes
// of the expected result, shared too, which no kernel touches.
struct Bytes {
    double host_shared = 0, host_case = 0, device_case = 0, host_reference = 0;

    double kernel_on_host() const
    {
        return host_shared + host_case;
    } // what a host variant's kernel goes through
    double on_host() const { return kernel_on_host() + host_reference; }
};

// Thrown by a variant that cannot run here, with the reason: the case is skipped, not failed.
struct Unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Thrown where the GPU can do no more for this process, since a kernel went wrong: every call from
// then on gets the same error. `before`: this is such a call, and what() tells of the error that it
// was.
struct DeviceLost : std::runtime_error {
    DeviceLost(const std::string& what, bool after_another)
        : std::runtime_error(what), before(after_another)
    {
    }
    bool before;
};

// A problem set up and ready to run, again and again, with the same result.
struct Trial {
    std::function<void()> run;
    std::function<Verdict()> verify; // judges what the last run left behind
    std::function<void()> poison;    // spoils every output, on the device too, so that a run that
                                     // writes nothing is caught
    std::function<Verdict(std::span<const std::byte>)>
        check;                               // judges these bytes as if they were the output
    std::span<std::byte> output = {};        // host output, empty where it is on a device
    std::function<Counters()> counters = {}; // what only this workload knows; may be empty
    Cost cost = {};
};

// How a host variant makes its threads: one, an OpenMP team, or a library's own. A team and a
// library have as many as the problem asks for.
enum class Threading { one, team, own };
enum class Scope { host, kernel, e2e };
enum class Role {
    main,
    teaching
}; // teaching: the plain code whose distance from main is the lesson
enum class Rate { flops, bytes, items }; // the work per second that a workload is told in

// One way to run a workload.
struct Variant {
    std::string name;
    Seconds (*clock)(const Trial&, int times) = nullptr; // one reading around `times` runs
    // The same with a cold cache before each run; null if there is none.
    Seconds (*cold_clock)(const Trial&, int times) = nullptr;
    Threading threading = Threading::one;
    Scope scope = Scope::host;                         // what a time of this variant contains
    std::function<Trial(const Problem&)> prepare = {}; // throws Unavailable if it cannot run here
    Role role = Role::main;
    bool ours = true;          // false: a library's code
    bool copies_input = false; // each case has a copy of the input of its own
};

inline bool is_parallel(const Variant& variant) { return variant.threading != Threading::one; }

// What a contract says of its workload beside the mathematics.
struct Contract {
    std::string summary;
    std::vector<std::size_t> sizes; // fixed, so that any two machines have sizes in common
    // Of these, one that a core's cache holds and one that it does not; more of ceilings.
    std::vector<std::size_t> quick;
    std::string ceiling; // the workload whose measured rate bounds this one; empty: none
    Rate rate = Rate::items;
    Bytes (*footprint)(const Problem&, std::string_view variant) = nullptr;
    std::vector<std::string> inputs = {};
    // What tests run: around vector widths and blocks, beside the least sizes and an odd large one.
    std::vector<std::size_t> awkward = {0, 1, 2, 31, 32, 33, 255, 256, 257, 1000003};
};

// A computation and all the ways to run it; one row of suite.cpp.
struct Workload {
    std::string name;
    Contract contract;
    std::vector<Variant> variants; // the first is the baseline
};

inline std::vector<std::size_t> powers_of_two(std::initializer_list<int> exponents)
{
    std::vector<std::size_t> sizes;
    for (const int k : exponents)
        sizes.push_back(std::size_t(1) << k);
    return sizes;
}

std::vector<Workload> suite();

Seconds wall_clock(const Trial& trial, int times);   // the host's steady clock
Seconds device_clock(const Trial& trial, int times); // events on the device's stream
Seconds cold_device_clock(const Trial& trial,
                          int times); // with the device's L2 overwritten before each run

} // namespace workspan
