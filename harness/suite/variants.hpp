// SPDX-License-Identifier: Apache-2.0
// The vocabulary of suite.cpp: a contract and a kernel become a variant. The clock of host
// variants, wall_clock(), is defined here too.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

using Make = std::function<Trial(const Problem&)>;
using Variants = std::vector<Variant>;

// On the host, with as many OpenMP threads as the problem has.
Variant on_host(std::string name, Threading threading, Make make);

// On the host, on the calling thread and threads or processes of its own.
Variant without_team(std::string name, Threading threading, Make make);

// A kernel of ours; host is a contract's host(problem, kernel).
template <class Host, class Kernel>
Variant single_threaded(std::string name, Host host, Kernel* kernel)
{
    return on_host(std::move(name), Threading::one,
                   [=](const Problem& p) { return host(p, kernel); });
}

template <class Host, class Kernel> Variant omp_team(std::string name, Host host, Kernel* kernel)
{
    return on_host(std::move(name), Threading::team,
                   [=](const Problem& p) { return host(p, kernel); });
}

// An execution model that runs the tasks of a contract; on its own threads, apart from an OpenMP
// team.
template <class Host, class Model>
Variant model(std::string name, Threading threading, Host host, Model* of)
{
    Make make = [=](const Problem& p) { return host(p, of); };
    return threading == Threading::team ? on_host(std::move(name), threading, std::move(make))
                                        : without_team(std::move(name), threading, std::move(make));
}

// The same variant, for those problems only for which suits(problem) is true.
Variant only_if(bool (*suits)(const Problem&), Variant variant);

// The same variant, which can go over its data several times in one run: the key passes.
Variant with_passes(Variant variant);

Variant device_kernel(std::string name, Make make); // on a device, with resident data

Variant teaching(Variant variant);
Variant library(Variant variant);
Variant host_library(std::string name, Make make); // with threads of its own
Variant team_library(std::string name, Make make); // with OpenMP's
Variant device_library(std::string name, Make make);

// With transfers inside the time, by the host's clock; problems ask for memory of that kind.
Variant end_to_end(std::string name, Transfer memory, Make make);

// Each copy between host and device from or to pageable memory, and as NAME_pinned page-locked.
Variants pageable_and_pinned(const std::vector<std::pair<std::string, Make>>& copies);

// The variants of a workload: those on the host, `cuda`, further ones on a device, and `cuda` with
// both transfers inside the time, from and to pageable and pinned memory.
Variants variants_of(Variants host, const Make& cuda, Variants device = {});

} // namespace workspan
