// SPDX-License-Identifier: Apache-2.0
#include "harness/variants.hpp"

#include "harness/openmp.hpp"

#include <omp.h>

namespace workspan {

namespace {

// With both transfers inside the time.
Variant end_to_end(std::string name, Transfer transfer, Make make)
{
    return {.name = std::move(name),
            .clock = wall_clock,
            .scope = Scope::e2e,
            .prepare =
                [transfer, make = std::move(make)](Problem problem) {
                    problem.transfer = transfer;
                    return make(problem);
                },
            .copies_input = transfer == Transfer::pinned};
}

} // namespace

Variant on_host(std::string name, Threading threading, Make make)
{
    auto prepare = [make = std::move(make)](const Problem& problem) {
        require_threads(problem.threads);
        Trial trial = make(problem);
        trial.run = [run = std::move(trial.run), team = problem.threads] {
            omp_set_num_threads(team);
            run();
        };
        return trial;
    };
    return {.name = std::move(name),
            .clock = wall_clock,
            .threading = threading,
            .prepare = std::move(prepare)};
}

Variant kernel(std::string name, Make make)
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

Variant device_library(std::string name, Make make)
{
    return library(kernel(std::move(name), std::move(make)));
}

Variants all_of(Variants host, const Make& cuda, Variants device)
{
    host.push_back(kernel("cuda", cuda));
    host.insert(host.end(), device.begin(), device.end());
    host.push_back(end_to_end("cuda_e2e", Transfer::pageable, cuda));
    host.push_back(end_to_end("cuda_pinned", Transfer::pinned, cuda));
    return host;
}

} // namespace workspan
