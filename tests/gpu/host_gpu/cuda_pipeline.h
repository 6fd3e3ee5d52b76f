// SPDX-License-Identifier: Apache-2.0
// See cuda_runtime.h.
#pragma once

#include "tests/gpu/host_gpu/host_gpu.hpp"

inline void __pipeline_memcpy_async(void* to, const void* from, std::size_t bytes)
{
    host_gpu::start_copy(to, from, bytes);
}
inline void __pipeline_commit() { host_gpu::commit_copies(); }
inline void __pipeline_wait_prior(unsigned all_but) { host_gpu::finish_copies(all_but); }
