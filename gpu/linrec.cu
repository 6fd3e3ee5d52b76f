// SPDX-License-Identifier: Apache-2.0
#include "gpu/look_back.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/linrec.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 2;
constexpr unsigned kWarps = kThreads / 32;
constexpr unsigned kRow = 64; // elements of one load of a warp, 16 bytes a thread of each array
constexpr unsigned kRows = 4; // of a warp
constexpr std::size_t kTile = kWarps * kRows * kRow; // of a block

struct Map { // x -> a x + b
    double a = 1, b = 0;
};

__device__ double2 load_two(const double* from, std::size_t i, std::size_t n, double padding)
{
    if (i + 2 <= n)
        return reinterpret_cast<const double2*>(from)[i / 2];
    return {i < n ? from[i] : padding, padding};
}

__device__ void store_two(double* out, std::size_t i, std::size_t n, double2 two)
{
    if (i + 2 <= n)
        reinterpret_cast<double2*>(out)[i / 2] = two;
    else if (i < n)
        out[i] = two.x;
}

// One block per tile of 2048 elements, one warp per four contiguous rows of 64, one thread per two
// elements of each row. The maps of a row are scanned by shuffles across the warp; then come the
// warps of the block, and the tiles before by decoupled look-back. Every thread then applies the
// formula from the x before its elements. Each element is read once and written once. Beyond the
// end the maps are the identity.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    linrec_kernel(const double* __restrict__ a, const double* __restrict__ b,
                  double* __restrict__ x, std::size_t n, ScanRun<Map> run)
{
    const auto compose = [](const Map& earlier, const Map& later) -> Map {
        return {later.a * earlier.a, later.a * earlier.b + later.b};
    };
    const std::size_t tile = next_tile(run);
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::size_t first = tile * kTile + warp * (kRows * kRow) + lane * 2;
    // load
    double2 as[kRows], bs[kRows];
    for (unsigned row = 0; row < kRows; ++row) {
        as[row] = load_two(a, first + row * kRow, n, 1);
        bs[row] = load_two(b, first + row * kRow, n, 0);
    }

    // scan the warp's rows
    Map before[kRows], of_warp; // before: the map of the warp's elements before each two
    for (unsigned row = 0; row < kRows; ++row) {
        const Map both =
            scan_warp(compose({as[row].x, bs[row].x}, {as[row].y, bs[row].y}), compose);
        const Map below = from_lane_below(both, 1);
        before[row] = lane == 0 ? of_warp : compose(of_warp, below);
        of_warp = compose(of_warp, from_lane(both, 31));
    }
    // scan across warps and tiles
    const auto warps = across_warps<kWarps>(of_warp, compose);
    const double x_of_tile = before_tile(run, tile, warps.all, compose).b; // of x = 0
    const double x_of_warp = warps.before.a * x_of_tile + warps.before.b;
    // compute and store
    for (unsigned row = 0; row < kRows; ++row) {
        double2 xs;
        xs.x = as[row].x * (before[row].a * x_of_warp + before[row].b) + bs[row].x;
        xs.y = as[row].y * xs.x + bs[row].y;
        store_two(x, first + row * kRow, n, xs);
    }
}

struct Arrays {
    explicit Arrays(const linrec::Input& in)
        : a(in.a.size()), b(in.b.size()), out(in.a.size()), look_back(ceil_div(in.a.size(), kTile))
    {
    }
    DeviceArray<double> a, b, out;
    LookBack<Map> look_back;
};

Uploads uploads(const linrec::Input& in, Arrays& on) { return {{on.a, in.a}, {on.b, in.b}}; }

void launch(const linrec::Input&, Arrays& on)
{
    const auto blocks = static_cast<unsigned>(on.look_back.descriptors.size());
    if (blocks == 0)
        return;
    linrec_kernel<<<blocks, kThreads, 0, stream()>>>(on.a.data(), on.b.data(), on.out.data(),
                                                     on.out.size(), on.look_back.next_run());
    check(cudaGetLastError());
}

} // namespace

Trial linrec::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
