// SPDX-License-Identifier: Apache-2.0
// Helpers to walk the suite: workload and variant as test parameters, the awkward problems of a
// workload.
#pragma once

#include "cpu/caches.hpp"
#include "harness/tasks/in_flight.hpp"
#include "tests/contracts/if_available.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace workspan {

struct Walked {
    std::string workload, variant;
};

inline std::ostream& operator<<(std::ostream& out, const Walked& w)
{
    return out << w.workload << "/" << w.variant;
}

struct Found {
    Workload workload;
    Variant variant;
};

inline Found find(const Walked& walked)
{
    for (const Workload& w : suite())
        for (const Variant& v : w.variants)
            if (w.name == walked.workload && v.name == walked.variant)
                return {w, v};
    throw std::runtime_error("not in the suite");
}

inline std::vector<Walked> all_variants(bool on_device)
{
    std::vector<Walked> all;
    for (const Workload& w : suite())
        for (const Variant& v : w.variants)
            if ((v.scope != Scope::host) == on_device)
                all.push_back({w.name, v.name});
    return all;
}

// Of the workloads with a host variant: it shows what the checker makes of outputs.
inline std::vector<Walked> all_baselines()
{
    std::vector<Walked> all;
    for (const Workload& w : suite())
        if (baseline_of(w).scope == Scope::host)
            all.push_back({w.name, baseline_of(w).name});
    return all;
}

inline std::string shown_name(const testing::TestParamInfo<Walked>& info)
{
    return info.param.workload + "_" + info.param.variant;
}

inline std::vector<Problem> problems(const Workload& workload,
                                     const std::vector<std::size_t>& sizes)
{
    std::vector<Problem> all;
    for (const std::size_t n : sizes)
        all.push_back({.n = n});
    for (const Axis& axis : workload.contract.axes) {
        std::vector<Problem> crossed;
        for (const Problem& problem : all)
            for (const std::string& value : axis.short_values()) {
                crossed.push_back(problem);
                if (!value.empty())
                    crossed.back().keys[axis.key] = value;
            }
        all = crossed;
    }
    for (Problem& p : all) // of few tasks all are in flight
        if (p.keys.contains("inflight"))
            p.keys["inflight"] =
                std::to_string(std::min(in_flight(p), std::max<std::size_t>(p.n, 1)));
    return all;
}

// Those that suit the variant.
inline std::vector<Problem> problems(const Workload& workload, const Variant& variant,
                                     const std::vector<std::size_t>& sizes)
{
    std::vector<Problem> all = problems(workload, sizes);
    std::erase_if(all, [&](const Problem& p) { return !is_suited(variant, p); });
    return all;
}

// At the awkward sizes and further ones, and there with several passes if there is such a key: of
// two and of three, one that is left out shows, and so do all but one.
inline std::vector<Problem> awkward_problems(const Workload& workload, const Variant& variant,
                                             const std::vector<std::size_t>& further = {})
{
    std::vector<std::size_t> sizes = workload.contract.awkward;
    sizes.insert(sizes.end(), further.begin(), further.end());
    std::vector<Problem> all;
    for (const std::size_t n : sizes)
        for (const char* passes : {"2", "3"})
            if (variant.makes_passes)
                all.push_back({.n = n, .keys = {{kPassesKey, passes}}});
    const std::vector<Problem> of_one_pass = problems(workload, variant, sizes);
    all.insert(all.end(), of_one_pass.begin(), of_one_pass.end());
    return all;
}

// The caches of this machine, and tiny ones: kernels take another path if data exceed the caches.
inline std::vector<Caches> assumed_caches(const Variant& variant)
{
    constexpr Caches tiny = {.first = 256, .second = 1024, .last = 0};
    return variant.scope == Scope::host ? std::vector{caches(), tiny} : std::vector{caches()};
}

// Within its scope kernels assume other caches.
class Assume {
public:
    explicit Assume(const Caches& others) { caches() = others; }
    ~Assume() { caches() = own_; }
    Assume(const Assume&) = delete;
    Assume& operator=(const Assume&) = delete;

private:
    Caches own_ = caches();
};

inline std::string name_of(const Problem& problem, int threads)
{
    std::string name =
        "n = " + std::to_string(problem.n) + ", " + std::to_string(threads) + " threads";
    if (caches().second <= 1024)
        name += ", tiny caches";
    for (const auto& [key, value] : problem.keys)
        name += ", " + key + " " + value;
    return name;
}

inline void expect_right(const Trial& trial)
{
    trial.run();
    const CheckResult result = trial.verify();
    ASSERT_TRUE(result.ok) << result.why;
    ASSERT_LE(result.error, 1);
}

inline std::optional<Trial> prepare_if_available(const Variant& variant, const Problem& problem)
{
    return if_available([&] { return variant.prepare(problem); });
}

inline std::string why_unavailable(const Variant& variant, const Problem& problem)
{
    try {
        variant.prepare(problem);
        return "";
    } catch (const Unavailable& e) {
        return e.what();
    }
}

} // namespace workspan
