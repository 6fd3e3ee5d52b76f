// SPDX-License-Identifier: Apache-2.0
#include "gpu/look_back.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/scan.hpp"

namespace workspan {

namespace {

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 4;
constexpr unsigned kWarps = kThreads / 32;
constexpr unsigned kRow = 128; // elements of one load of a warp, 16 bytes a thread
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

// One block per tile of 8192 elements, one warp per eight contiguous rows of 128, one thread per
// four elements of each row. Rows are scanned in registers: within a thread, then by shuffles
// across the warp; then come the warps of the block, and the tiles before by decoupled look-back.
// Each element is read once and written once.
__global__ void __launch_bounds__(kThreads, resident(kThreads, kBlocksPerMultiprocessor))
    scan_kernel(const std::uint32_t* __restrict__ in, std::uint32_t* __restrict__ out,
                std::size_t n, ScanRun<std::uint32_t> run)
{
    const auto add = [](std::uint32_t earlier, std::uint32_t later) { return earlier + later; };
    const std::size_t tile = next_tile(run);
    const std::size_t first =
        tile * kTile + threadIdx.x / 32 * (kRows * kRow) + threadIdx.x % 32 * 4;
    // load
    uint4 four[kRows];
    for (unsigned row = 0; row < kRows; ++row)
        four[row] = load_four(in, first + row * kRow, n);

    // scan the warp's rows
    std::uint32_t before[kRows]; // the sum of the warp's elements before each four
    std::uint32_t of_warp = 0;
    for (unsigned row = 0; row < kRows; ++row) {
        four[row].y += four[row].x;
        four[row].z += four[row].y;
        four[row].w += four[row].z;
        const std::uint32_t sum = scan_warp(four[row].w, add);
        before[row] = of_warp + sum - four[row].w;
        of_warp += from_lane(sum, 31);
    }
    // scan across warps and tiles
    const auto warps = across_warps<kWarps>(of_warp, add);
    const std::uint32_t base = before_tile(run, tile, warps.all, add) + warps.before;

    // store
    for (unsigned row = 0; row < kRows; ++row) {
        const std::uint32_t b = base + before[row];
        store_four(out, first + row * kRow, n,
                   {b + four[row].x, b + four[row].y, b + four[row].z, b + four[row].w});
    }
}

// One pass of Hillis and Steele (1986): windows of `distance` elements become windows of twice
// that, one thread per element. It takes log2(n) passes over the array; `cuda` adds the scan of a
// whole tile in registers and the decoupled look-back, and so reads and writes each element once.
__global__ void naive_kernel(const std::uint32_t* __restrict__ in, std::uint32_t* __restrict__ out,
                             std::size_t n, std::size_t distance)
{
    const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = i >= distance ? in[i] + in[i - distance] : in[i];
}

struct Arrays {
    explicit Arrays(const scan::Input& from)
        : in(from.size()), out(from.size()), look_back(ceil_div(from.size(), kTile))
    {
    }
    DeviceArray<std::uint32_t> in, out;
    LookBack<std::uint32_t> look_back;
};

Uploads uploads(const scan::Input& in, Arrays& on) { return {{on.in, {in.data(), in.size()}}}; }

void launch(const scan::Input&, Arrays& on)
{
    const auto blocks = static_cast<unsigned>(on.look_back.descriptors.size());
    if (blocks == 0)
        return;
    scan_kernel<<<blocks, kThreads, 0, stream()>>>(on.in.data(), on.out.data(), on.out.size(),
                                                   on.look_back.next_run());
    check(cudaGetLastError());
}

struct NaiveArrays {
    explicit NaiveArrays(const scan::Input& from)
        : in(from.size()), scratch(from.size()), out(from.size())
    {
    }
    DeviceArray<std::uint32_t> in, scratch, out;
};

Uploads uploads_naive(const scan::Input& in, NaiveArrays& on)
{
    return {{on.in, {in.data(), in.size()}}};
}

// The passes alternate between scratch and output and end in the output.
void launch_naive(const scan::Input&, NaiveArrays& on)
{
    const std::size_t n = on.out.size();
    if (n == 0)
        return;
    const int passes = std::max<int>(std::bit_width(n - 1), 1); // one copies a single element
    const std::uint32_t* from = on.in.data();
    for (int pass = 0; pass < passes; ++pass) {
        std::uint32_t* const to = (passes - pass) % 2 == 1 ? on.out.data() : on.scratch.data();
        naive_kernel<<<blocks_to_cover(n, kThreads), kThreads, 0, stream()>>>(
            from, to, n, std::size_t(1) << pass);
        check(cudaGetLastError());
        from = to;
    }
}

} // namespace

Trial scan::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial scan::cuda_naive(const Problem& p)
{
    return device_trial<NaiveArrays>(p, input, cost, check, uploads_naive, launch_naive);
}

} // namespace workspan
