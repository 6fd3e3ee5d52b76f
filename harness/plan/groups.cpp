// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/groups.hpp"

#include "harness/support/format.hpp"

#include <fmt/format.h>

namespace workspan {

namespace {

// The share of the available memory that the cases of a group may use together.
constexpr double kGroupShare = 0.5;

// Splits a group if its members together exceed their share of the memory; each part begins with
// the baseline if that fits too.
std::vector<Group> split(const Group& group, const Memory& memory)
{
    std::vector<Group> parts;
    double host = 0, device = 0;
    for (const PlannedCase& c : group) {
        const double device_bytes = c.variant->scope == Scope::host ? 0 : c.footprint.device_case;
        const bool full = parts.empty() ||
                          host + c.footprint.host_case > kGroupShare * memory.host ||
                          device + device_bytes > kUsableShare * memory.device;
        if (full) {
            const bool repeat_baseline =
                !parts.empty() && group.front().variant == &baseline_of(*group.front().workload) &&
                c.footprint.on_host() + c.footprint.host_case <= kUsableShare * memory.host;
            parts.push_back(repeat_baseline ? Group{group.front()} : Group{});
            host = c.footprint.host_shared + c.footprint.host_reference +
                   (repeat_baseline ? c.footprint.host_case : 0);
            device = 0;
        }
        parts.back().push_back(c);
        host += c.footprint.host_case;
        device += device_bytes;
    }
    return parts;
}

// The group without the cases that fork, and a group of these, each with the baseline; neither if
// it is empty.
std::vector<Group> without_and_with_forks(const Group& group)
{
    Group others, forking;
    for (const PlannedCase& c : group)
        (c.variant->forks ? forking : others).push_back(c);
    std::vector<Group> parts;
    if (!others.empty())
        parts.push_back(others);
    if (forking.empty())
        return parts;
    if (!others.empty() && others.front().variant == &baseline_of(*others.front().workload))
        forking.insert(forking.begin(), others.front());
    parts.push_back(forking);
    return parts;
}

} // namespace

std::string memory_shortage(const PlannedCase& c, const Memory& memory)
{
    const double host = c.footprint.on_host(), usable = kUsableShare * memory.host;
    if (host > usable)
        return fmt::format("needs {} of memory, {} can be used", format_bytes(host),
                           format_bytes(usable));
    const double device = c.footprint.device_case, usable_device = kUsableShare * memory.device;
    if (c.variant->scope != Scope::host && device > usable_device)
        return fmt::format("needs {} of device memory, {} can be used", format_bytes(device),
                           format_bytes(usable_device));
    return "";
}

std::vector<Group> groups_of(const Group& cases, const Memory& memory)
{
    std::vector<Group> groups;
    for (const Group& apart : without_and_with_forks(cases))
        for (Group& part : split(apart, memory))
            groups.push_back(std::move(part));
    return groups;
}

} // namespace workspan
