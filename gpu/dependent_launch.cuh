// SPDX-License-Identifier: Apache-2.0
// Programmatic dependent launch: a kernel is launched while the one before it in stream() still
// runs, and waits for its end on the device, which hides the latency of the launch. GPUs before
// compute capability 9.0 launch it after that end, as any kernel.
#pragma once

#include "gpu/device.cuh"

namespace workspan {

// Lets the next kernel be launched, which will wait for this one in turn, and waits until the
// kernel before has ended and its writes are visible. Every thread of a kernel that
// launch_dependent() launches calls it first of all.
__device__ inline void wait_for_kernel_before()
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;");
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// Whether the device runs code that does wait: code for an older one, compiled anew by the driver,
// does not.
template <class... P> bool waits_for_kernel_before(void (*kernel)(P...))
{
    cudaFuncAttributes of;
    check(cudaFuncGetAttributes(&of, kernel));
    return of.ptxVersion >= 90;
}

struct LaunchShape {
    unsigned blocks, threads, shared_bytes;
    bool waits; // by waits_for_kernel_before()
};

template <class P> void launch_dependent(void (*kernel)(P), const LaunchShape& shape, const P& with)
{
    cudaLaunchAttribute overlap = {};
    overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    overlap.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(shape.blocks);
    config.blockDim = dim3(shape.threads);
    config.dynamicSmemBytes = shape.shared_bytes;
    config.stream = stream();
    config.attrs = &overlap;
    config.numAttrs = shape.waits ? 1 : 0;
    check(cudaLaunchKernelEx(&config, kernel, with));
    check(cudaGetLastError());
}

} // namespace workspan
