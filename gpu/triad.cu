// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/triad.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 6;
constexpr unsigned kBatch = 2;

// out[i] = b[i] + s * c[i], one thread per pair of doubles (16 bytes) of a grid-stride loop:
// coalesced, 512 contiguous bytes a warp. Each thread loads kBatch pairs of b and of c before it
// uses the first: bytes in flight make the bandwidth. Thread 0 computes the last element of an odd
// n.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    triad_kernel(double s, const double* __restrict__ b, const double* __restrict__ c,
                 double* __restrict__ out, std::size_t n)
{
    const auto* const b_pairs = reinterpret_cast<const double2*>(b);
    const auto* const c_pairs = reinterpret_cast<const double2*>(c);
    auto* const out_pairs = reinterpret_cast<double2*>(out);
    const std::size_t pairs = n / 2, stride = std::size_t(gridDim.x) * kThreads,
                      me = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    for (std::size_t i = me; i < pairs; i += kBatch * stride) {
        double2 x[kBatch], y[kBatch];
        // load
        for (unsigned k = 0; k < kBatch; ++k)
            if (i + k * stride < pairs) {
                x[k] = b_pairs[i + k * stride];
                y[k] = c_pairs[i + k * stride];
            }
        // compute and store
        for (unsigned k = 0; k < kBatch; ++k)
            if (i + k * stride < pairs)
                out_pairs[i + k * stride] = {x[k].x + s * y[k].x, x[k].y + s * y[k].y};
    }
    if (me == 0 && n % 2 == 1)
        out[n - 1] = b[n - 1] + s * c[n - 1];
}

// One thread per element. `cuda` adds 16-byte accesses and several loads in flight per thread, and
// launches no more threads than are resident at once.
__global__ void naive_kernel(double s, const double* __restrict__ b, const double* __restrict__ c,
                             double* __restrict__ out, std::size_t n)
{
    const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = b[i] + s * c[i];
}

struct Arrays {
    explicit Arrays(const triad::Input& in) : b(in.b.size()), c(in.c.size()), out(in.b.size()) {}
    DeviceArray<double> b, c, out;
};

Uploads uploads(const triad::Input& in, Arrays& on) { return {{on.b, in.b}, {on.c, in.c}}; }

void launch(const triad::Input& in, Arrays& on)
{
    const std::size_t n = on.out.size();
    if (n == 0)
        return;
    triad_kernel<<<blocks_for(n / 2, kThreads, kBlocksPerMultiprocessor), kThreads, 0, stream()>>>(
        in.s, on.b.data(), on.c.data(), on.out.data(), n);
    check(cudaGetLastError());
}

void launch_naive(const triad::Input& in, Arrays& on)
{
    const std::size_t n = on.out.size();
    if (n == 0)
        return;
    naive_kernel<<<blocks_to_cover(n, kThreads), kThreads, 0, stream()>>>(
        in.s, on.b.data(), on.c.data(), on.out.data(), n);
    check(cudaGetLastError());
}

} // namespace

Trial triad::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial triad::cuda_naive(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch_naive);
}

} // namespace workspan
