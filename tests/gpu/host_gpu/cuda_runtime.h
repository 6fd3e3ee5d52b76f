// SPDX-License-Identifier: Apache-2.0
// The part of CUDA that gpu/ uses, for sources that rewrite.cmake has turned into plain C++;
// kernels run as host_gpu.hpp says. Add here what a new kernel needs.
#pragma once

#include "tests/gpu/host_gpu/host_gpu.hpp"
#include "tests/gpu/host_gpu/streams.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <tuple>

struct alignas(8) float2 {
    float x, y;
};
struct float3 {
    float x, y, z;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(16) double2 {
    double x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
struct alignas(16) ulonglong2 {
    unsigned long long x, y;
};

// Collective operations. Lanes are counted within `width`, as in CUDA.

inline void __syncthreads(host_gpu::Place place = host_gpu::Place::current())
{
    host_gpu::meet_block(place);
}

inline void __syncwarp(unsigned mask = ~0U, host_gpu::Place place = host_gpu::Place::current())
{
    host_gpu::vote_of_warp(mask, true, place);
}

template <class T> T __shfl_sync(unsigned mask, T value, int from, int width = 32,
                                 host_gpu::Place place = host_gpu::Place::current())
{
    const int me = host_gpu::lane();
    return host_gpu::from_lane(mask, value, (me & -width) + (from & (width - 1)), place);
}

template <class T> T __shfl_up_sync(unsigned mask, T value, int by, int width = 32,
                                    host_gpu::Place place = host_gpu::Place::current())
{
    const int me = host_gpu::lane();
    return host_gpu::from_lane(mask, value, me % width < by ? me : me - by, place);
}

template <class T> T __shfl_down_sync(unsigned mask, T value, int by, int width = 32,
                                      host_gpu::Place place = host_gpu::Place::current())
{
    const int me = host_gpu::lane();
    return host_gpu::from_lane(mask, value, me % width + by >= width ? me : me + by, place);
}

inline unsigned __ballot_sync(unsigned mask, int vote,
                              host_gpu::Place place = host_gpu::Place::current())
{
    return host_gpu::vote_of_warp(mask, vote != 0, place);
}

inline void __threadfence() {}

template <class T> T atomicAdd(T* to, std::type_identity_t<T> by)
{
    const T before = *to;
    *to += by;
    return before;
}

inline unsigned atomicInc(unsigned* to, unsigned most)
{
    const unsigned before = *to;
    *to = before < most ? before + 1 : 0;
    return before;
}

inline int __ffs(int word) { return __builtin_ffs(word); }
template <class T> void __stcg(T* to, std::type_identity_t<T> value) { *to = value; }
template <class T> T __ldcg(const T* from) { return *from; }

inline void sincospif(float x, float* sine, float* cosine)
{
    *sine = static_cast<float>(std::sin(std::numbers::pi * double(x)));
    *cosine = static_cast<float>(std::cos(std::numbers::pi * double(x)));
}

namespace host_gpu {

// kernel<<<grid, block, shared, stream>>>(arguments) becomes kernel->*Launch(grid, block, shared,
// stream)(arguments).
template <class... A> struct Launched {
    dim3 grid, block;
    std::size_t shared;
    cudaStream_t stream;
    std::tuple<A...> arguments;
};

class Launch {
public:
    Launch(dim3 grid, dim3 block, std::size_t shared, cudaStream_t stream)
        : grid_(grid), block_(block), shared_(shared), stream_(stream)
    {
    }
    template <class... A> Launched<A...> operator()(const A&... arguments) const
    {
        return {grid_, block_, shared_, stream_, {arguments...}};
    }

private:
    dim3 grid_, block_;
    std::size_t shared_;
    cudaStream_t stream_;
};

template <class... P, class... A>
void operator->*(void (*kernel)(P...), const Launched<A...>& launched)
{
    std::apply([](const auto&... argument) { (expect_on_device(argument), ...); },
               launched.arguments);
    finish_copies_of(launched.stream);
    if (can_launch(launched.grid, launched.block) &&
        can_have_shared(reinterpret_cast<const void*>(kernel), launched.shared))
        run(launched.grid, launched.block, launched.shared,
            [&] { std::apply(kernel, launched.arguments); });
}

} // namespace host_gpu

// Kernels run one after the other, also those that may overlap the one before.
template <class... P, class... A> cudaError_t
cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(P...), const A&... arguments)
{
    if (config->numAttrs > 0 && host_gpu::device.compute_major < 9)
        return host_gpu::done(cudaErrorNotSupported);
    kernel->*host_gpu::Launch(config->gridDim, config->blockDim, config->dynamicSmemBytes,
                              config->stream)(arguments...);
    return host_gpu::last;
}

#include "tests/gpu/host_gpu/graph.hpp" // launches kernels as above
