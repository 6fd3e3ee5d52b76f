// SPDX-License-Identifier: Apache-2.0
// Provenance of this binary: version, commit, compiler and flags. CMake writes build_info.cpp at
// every build.
#pragma once

namespace workspan {

struct BuildInfo {
    const char *version, *git_commit, *git_dirty; // git_dirty: "yes", "no" or "unknown"
    const char *type, *compiler, *flags, *sanitizers;
    const char* cpu_features; // required by the kernels, blank-separated, spelled as in
                              // /proc/cpuinfo but without underscores
    const char *cuda_compiler, *cuda_architectures; // empty without CUDA
};

extern const BuildInfo build_info;

} // namespace workspan
