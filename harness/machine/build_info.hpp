// SPDX-License-Identifier: Apache-2.0
// What this binary was built from, by what; build_info.cpp is written by CMake at every build.
#pragma once

namespace workspan {

struct BuildInfo {
    const char *version, *git_commit, *git_dirty; // git_dirty: "yes", "no" or "unknown"
    const char *type, *compiler, *flags, *sanitizers;
    const char* cpu_features; // that the kernels need, separated by blanks, as in /proc/cpuinfo
                              // without underscores
    const char *cuda_compiler, *cuda_architectures; // empty without CUDA
};

extern const BuildInfo build_info;

} // namespace workspan
