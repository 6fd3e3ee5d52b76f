// SPDX-License-Identifier: Apache-2.0
#include "harness/suite/variants.hpp"

#include "harness/openmp.hpp"

#include <algorithm>
#include <chrono>

namespace workspan {

namespace {

// Spoils one element of the output, a different one each time, so that only a run that rewrites it
// leaves a right result. The cost is a store of one byte, about a nanosecond: the highest byte of a
// float or an integer, so no tolerance hides it.
void spoil_one(std::span<std::byte> output, std::size_t& at)
{
    if (output.empty())
        return;
    at = at * 6364136223846793005U + 1442695040888963407U;
    std::byte& byte = output[std::min((at >> 24) % output.size() | 3, output.size() - 1)];
    byte = static_cast<std::byte>(static_cast<unsigned>(byte) +
                                  0x4d); // odd, so that 256 spoilings of a byte all differ
}

} // namespace

Seconds wall_clock(const Trial& trial, int times)
{
    std::size_t spoiled = 1;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) {
        spoil_one(trial.output, spoiled);
        trial.run();
    }
    return std::chrono::duration<Seconds>(std::chrono::steady_clock::now() - start).count();
}

Variant on_host(std::string name, Threading threading, Make make)
{
    const auto set = threading == Threading::team ? set_team : allow_team;
    auto prepare = [make = std::move(make), set](const Problem& problem) {
        require_threads(problem.threads);
        Trial trial = make(problem);
        const auto set_up = [set, team = problem.threads] { set(team); };
        trial.run = [run = std::move(trial.run), set_up] {
            set_up();
            run();
        };
        if (trial.traced_run)
            trial.traced_run = [run = std::move(trial.traced_run), set_up](Trace& trace) {
                set_up();
                run(trace);
            };
        if (trial.counters)
            trial.counters = [counters = std::move(trial.counters), set_up] {
                set_up();
                return counters();
            };
        return trial;
    };
    return {.name = std::move(name),
            .clock = wall_clock,
            .threading = threading,
            .prepare = std::move(prepare)};
}

Variant without_team(std::string name, Threading threading, Make make)
{
    return {.name = std::move(name),
            .clock = wall_clock,
            .threading = threading,
            .prepare = std::move(make)};
}

Variant only_if(bool (*suits)(const Problem&), Variant variant)
{
    variant.suits = suits;
    return variant;
}

Variant with_passes(Variant variant)
{
    variant.makes_passes = true;
    return variant;
}

Variant device_kernel(std::string name, Make make)
{
    return {.name = std::move(name),
            .clock = device_clock,
            .cold_clock = cold_device_clock,
            .scope = Scope::kernel,
            .prepare = std::move(make)};
}

Variant teaching(Variant variant)
{
    variant.role = Role::teaching;
    return variant;
}

Variant library(Variant variant)
{
    variant.ours = false;
    return variant;
}

Variant host_library(std::string name, Make make)
{
    return library(on_host(std::move(name), Threading::own, std::move(make)));
}

Variant team_library(std::string name, Make make)
{
    return library(on_host(std::move(name), Threading::team, std::move(make)));
}

Variant device_library(std::string name, Make make)
{
    return library(device_kernel(std::move(name), std::move(make)));
}

Variant end_to_end(std::string name, Transfer memory, Make make)
{
    return {.name = std::move(name),
            .clock = wall_clock,
            .scope = Scope::e2e,
            .prepare =
                [memory, make = std::move(make)](Problem problem) {
                    problem.transfer = memory;
                    return make(problem);
                },
            .transfer = memory};
}

Variants pageable_and_pinned(const std::vector<std::pair<std::string, Make>>& copies)
{
    Variants all;
    for (const auto& [name, make] : copies) {
        all.push_back(end_to_end(name, Transfer::pageable, make));
        all.push_back(end_to_end(name + "_pinned", Transfer::pinned, make));
    }
    return all;
}

Variants variants_of(Variants host, const Make& cuda, Variants device)
{
    host.push_back(device_kernel("cuda", cuda));
    host.insert(host.end(), device.begin(), device.end());
    host.push_back(end_to_end("cuda_e2e", Transfer::pageable, cuda));
    host.push_back(end_to_end("cuda_pinned", Transfer::pinned, cuda));
    return host;
}

} // namespace workspan
