// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/fma.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 128;
// Independent chains of a thread: they hide the latency of a multiply-add, 4 cycles, even with one
// warp per scheduler.
constexpr unsigned kChains = 4;

// One thread per kChains chains, kThreads apart, so that accesses are coalesced; one block per
// kThreads * kChains of them, small blocks, for load balance at the end of a launch. The steps are
// unrolled: the instructions of a loop would take issue slots from multiply-adds.
template <class T> __global__ void __launch_bounds__(kThreads)
    fma_kernel(T a, T b, const T* __restrict__ in, T* __restrict__ out, std::size_t n)
{
    const std::size_t first = std::size_t(blockIdx.x) * (kThreads * kChains) + threadIdx.x;
    T x[kChains];
    for (unsigned k = 0; k < kChains; ++k)
        x[k] = first + k * kThreads < n ? in[first + k * kThreads] : T(0);
#pragma unroll 64
    for (int step = 0; step < fma::kSteps; ++step)
        for (unsigned k = 0; k < kChains; ++k)
            x[k] = std::fma(a, b, x[k]);
    for (unsigned k = 0; k < kChains; ++k)
        if (first + k * kThreads < n)
            out[first + k * kThreads] = x[k];
}

template <class T> struct Arrays {
    explicit Arrays(const fma::Input<T>& of) : in(of.x.size()), out(of.x.size()) {}
    DeviceArray<T> in, out;
};

template <class T> Uploads uploads(const fma::Input<T>& in, Arrays<T>& on)
{
    return {{on.in, in.x}};
}

template <class T> void launch(const fma::Input<T>& in, Arrays<T>& on)
{
    const std::size_t n = on.out.size();
    if (n == 0)
        return;
    fma_kernel<T><<<blocks_to_cover(n, kThreads * kChains), kThreads, 0, stream()>>>(
        in.a, in.b, on.in.data(), on.out.data(), n);
    check(cudaGetLastError());
}

} // namespace

template <class T> Trial fma::cuda(const Problem& p)
{
    return device_trial<Arrays<T>>(p, input<T>, cost<T>, check<T>, uploads<T>, launch<T>);
}

template Trial fma::cuda<float>(const Problem&);
template Trial fma::cuda<double>(const Problem&);

} // namespace workspan
