// SPDX-License-Identifier: Apache-2.0
// Machines that were recorded as trees of small files, and trees that a test writes itself.
#pragma once

#include "harness/machine/machine.hpp"

#include <algorithm>
#include <limits>

namespace workspan {

constexpr double kKiB = 1024, kMiB = 1024 * kKiB;
constexpr double kUnlimited = std::numeric_limits<double>::infinity();

inline Machine recorded(const std::string& name, const std::string& topology = "")
{
    return this_machine(
        {.root = "tests/data/machines/" + name, .synthetic_topology = topology, .nvml = "none"});
}

inline Machine machine_at(const std::filesystem::path& root)
{
    return this_machine({.root = root, .nvml = "none"});
}

inline bool has(const Machine& machine, const std::string& flag)
{
    return std::count(machine.cpu_flags.begin(), machine.cpu_flags.end(), flag) == 1;
}

} // namespace workspan
