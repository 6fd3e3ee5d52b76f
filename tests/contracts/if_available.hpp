// SPDX-License-Identifier: Apache-2.0
// What needs a library, a device or a feature of the system, if that is there.
#pragma once

#include "harness/workload.hpp"

#include <optional>

namespace workspan {

// What make() returns; empty if it is Unavailable.
template <class Make> auto if_available(Make make) -> std::optional<decltype(make())>
{
    try {
        return make();
    } catch (const Unavailable&) {
        return std::nullopt;
    }
}

} // namespace workspan
