// SPDX-License-Identifier: Apache-2.0
#include "gpu/look_back.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/scan.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 128, kBlocksPerMultiprocessor = 9;
constexpr unsigned kWarps = kThreads / 32;
constexpr unsigned kRow = 128; // elements that a warp reads at once, 16 bytes a thread
constexpr unsigned kRows = 8;  // of a warp
constexpr std::size_t kTile = kWarps * kRows * kRow; // of a block

__device__ uint4 load_four(const std::uint32_t* in, std::size_t i, std::size_t n)
{
    if (i + 4 <= n)
        return reinterpret_cast<const uint4*>(in)[i / 4];
    return {i < n ? in[i] : 0, i + 1 < n ? in[i + 1] : 0, i + 2 < n ? in[i + 2] : 0, 0};
}

__device__ void store_four(std::uint32_t* out, std::size_t i, std::size_t n, uint4 four)
{
    if (i + 4 <= n) {
        reinterpret_cast<uint4*>(out)[i / 4] = four;
        return;
    }
    if (i < n)
        out[i] = four.x;
    if (i + 1 < n)
        out[i + 1] = four.y;
    if (i + 2 < n)
        out[i + 2] = four.z;
}

// One block per tile of 4096 elements, one warp per eight rows of 128 in a row, one thread per four
// elements of each row. Rows are scanned in registers: within a thread, then by shuffles across the
// warp; then warps are added up, and tiles by looking back. Each element is read once and written
// once.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    scan_kernel(const std::uint32_t* __restrict__ in, std::uint32_t* __restrict__ out,
                std::size_t n, Descriptor<std::uint32_t>* descriptors, unsigned* tickets,
                unsigned run)
{
    const auto add = [](std::uint32_t earlier, std::uint32_t later) { return earlier + later; };
    const std::size_t tile = next_tile(tickets, run);
    const std::size_t first =
        tile * kTile + threadIdx.x / 32 * (kRows * kRow) + threadIdx.x % 32 * 4;
    uint4 four[kRows];
    for (unsigned row = 0; row < kRows; ++row)
        four[row] = load_four(in, first + row * kRow, n);

    std::uint32_t before[kRows],
        of_warp = 0; // before: what comes before the four in the warp's rows
    for (unsigned row = 0; row < kRows; ++row) {
        four[row].y += four[row].x;
        four[row].z += four[row].y;
        four[row].w += four[row].z;
        const std::uint32_t sum = scan_warp(four[row].w, add);
        before[row] = of_warp + sum - four[row].w;
        of_warp += from_lane(sum, 31);
    }
    const auto warps = across_warps<kWarps>(of_warp, add);
    const std::uint32_t base = before_tile(descriptors, tile, run, warps.all, add) + warps.before;

    for (unsigned row = 0; row < kRows; ++row) {
        const std::uint32_t b = base + before[row];
        store_four(out, first + row * kRow, n,
                   {b + four[row].x, b + four[row].y, b + four[row].z, b + four[row].w});
    }
}

struct Arrays {
    explicit Arrays(const scan::Input& from)
        : in(from.size()), out(from.size()), look_back((from.size() + kTile - 1) / kTile)
    {
    }
    DeviceArray<std::uint32_t> in, out;
    LookBack<std::uint32_t> look_back;
};

Uploads uploads(const scan::Input& in, Arrays& on) { return {{on.in, {in.data(), in.size()}}}; }

void launch(const scan::Input&, Arrays& on)
{
    LookBack<std::uint32_t>& with = on.look_back;
    const auto blocks = static_cast<unsigned>(with.descriptors.size());
    if (blocks == 0)
        return;
    scan_kernel<<<blocks, kThreads, 0, stream()>>>(on.in.data(), on.out.data(), on.out.size(),
                                                   with.descriptors.data(), with.tickets.data(),
                                                   ++with.run);
    check(cudaGetLastError());
}

} // namespace

Trial scan::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
