// SPDX-License-Identifier: Apache-2.0
// The machine and the build as JSON: the parts of the result file that no case changes.
#pragma once

#include "harness/machine/machine.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace workspan {

using Json = nlohmann::ordered_json;

// What cannot be determined is the string "unknown".
template <class T> Json or_unknown(const Known<T>& value)
{
    return value ? Json(*value) : Json("unknown");
}

inline Json or_unknown(const Known<double>& value)
{
    if (!value)
        return "unknown";
    return std::isinf(*value) ? Json("unlimited") : Json(*value);
}

inline Json or_unknown(const std::string& value) { return value.empty() ? "unknown" : value; }

Json machine_json(const Machine& machine);
Json build_json();

} // namespace workspan
