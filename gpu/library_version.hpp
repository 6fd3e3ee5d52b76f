// SPDX-License-Identifier: Apache-2.0
// What CUDA's libraries say of their versions.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

inline std::string joined_version(int major, int minor, int patch)
{
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

// "13.0.2": of the library that is loaded, by its function for properties, whose first three are
// the parts of the version; "unknown" if it refuses.
template <class Status, class Property>
std::string version_by(Status (*get_property)(Property, int*))
{
    int parts[3] = {};
    for (int k = 0; k < 3; ++k)
        if (get_property(static_cast<Property>(k), &parts[k]) != Status(0))
            return "unknown";
    return joined_version(parts[0], parts[1], parts[2]);
}

// The trial, which says what runs in it.
inline Trial of_library(Trial trial, const char* name, const std::string& version)
{
    trial.library = {name, version, ""};
    return trial;
}

} // namespace workspan
