// SPDX-License-Identifier: Apache-2.0
#include "gpu/dependent_launch.cuh"
#include "gpu/fft_passes.hpp"
#include "gpu/short_transform.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/fft.hpp"

#include <utility>

namespace workspan {

namespace {

// A transform of n = 2^length elements in Stockham's order: one pass (kernel) or several, for
// example length 20 = 10 + 10, each of several stages. A pass of radix 2^kRadix:
//
//          2^kColumns columns of a block
//         |<-->|
//   row 0  ####------------------    load         16 elements a thread, from global memory
//   row 1  ####------------------    first stage  dft of 16 or fewer in registers
//    ...   ####                      tile         elements change threads in shared memory
//          ####------------------    stage 2      dft of 16
//   row 2^kRadix - 1                 tile, last stage, store to global memory
//   rows lie n / 2^kRadix apart
//
// Decimation in time: a stage that follows on 2^done points done turns input k of a butterfly by
// exp(-2 pi i k q / (2^done size)), q < 2^done the frequency index so far, of this pass and the
// ones before: there are no other twiddle factors, and none between passes. The factors are part
// of the butterflies of radix 2, (a, b) -> (a + w b, a - w b), of six fused multiply-adds each, so
// that they cost no multiplications of their own; they are computed, not read from a table.
constexpr unsigned kLongestOfOne = 12;
constexpr unsigned kShortestOfTwo = 6, kLongestOfTwo = 12, kColumnsOfTwo = 2; // 32 bytes of a row
constexpr unsigned kShortestOfMore = 7, kLongestOfMore = 10, kTileOfMore = 12;
// Beyond, launches do not overlap: blocks of the next kernel would take the room of this one's.
constexpr unsigned kLongestOverlapped = 18;
constexpr unsigned kResident = 1024; // threads of a multiprocessor, with 64 registers each

// Which pass it is. Between the first and the last of two, elements lie in groups of
// 2^kColumnsOfTwo columns, row by row, as the first has them in its tiles: both access whole lines.
enum class Part { only, first_of_two, last_of_two, first_of_more, later_of_more };

constexpr bool begins(Part part)
{
    return part != Part::last_of_two && part != Part::later_of_more;
}

struct Pass {
    const float2* x; // not __restrict__: nothing may be read before wait_for_kernel_before()
    float2* out;
    unsigned length, done;
};

// Of the first of two passes a block reads 32 bytes of each row; its neighbours, which run at the
// same time, the rest of a line: the first to come brings the whole line into the L2 cache. Only
// copies write that input, which no launch overlaps, so that it may be read as read-only data;
// volatile keeps the load behind wait_for_kernel_before().
template <Part kPart> __device__ float2 load_global(const float2* from)
{
    if constexpr (kPart == Part::first_of_two) {
        float2 a;
        asm volatile("ld.global.nc.L2::128B.v2.f32 {%0, %1}, [%2];"
                     : "=f"(a.x), "=f"(a.y)
                     : "l"(from));
        return a;
    }
    return *from;
}

// The first input of butterfly id of the first stage.
template <class Tile, Part kPart> __device__ const float2* source(const Pass& pass, unsigned id)
{
    const std::size_t column =
                          (std::size_t(blockIdx.x) << Tile::kColumns) + low(id, Tile::kColumns),
                      row = id >> Tile::kColumns;
    if (kPart != Part::last_of_two)
        return pass.x + (row << (pass.length - Tile::kRadix)) + column;
    return pass.x + (row >> kColumnsOfTwo << (pass.done + kColumnsOfTwo)) +
           (column << kColumnsOfTwo) + low(row, kColumnsOfTwo);
}

// Stores a tile column after column: the outputs of a column are contiguous, and so stores are
// coalesced.
template <class Tile> __device__ void store_transposed(const float2* tile, float2* __restrict__ out)
{
    __syncthreads(); // the tile is complete
    const float2* const from =
        tile + Tile::slot_by_column((low(threadIdx.x, Tile::kRadix) << Tile::kColumns) +
                                    (threadIdx.x >> Tile::kRadix));
#pragma unroll
    for (unsigned k = 0; k < Tile::kEach; ++k) {
        const unsigned e = k * Tile::kThreads;
        out[threadIdx.x + e] = from[Tile::slot_by_column((low(e, Tile::kRadix) << Tile::kColumns) +
                                                         (e >> Tile::kRadix))];
    }
}

// A transform in one pass is a single block.
constexpr unsigned blocks_resident(unsigned threads, unsigned columns)
{
    constexpr unsigned most = 16; // that every multiprocessor can hold, however small the blocks
    return columns == 0 ? 1 : std::max(1U, resident(threads, std::min(most, kResident / threads)));
}

// One pass over all n elements: 2^done interleaved transforms of n / 2^done elements become
// 2^(done + kRadix) of n / 2^(done + kRadix). One block per tile of rows that lie n / 2^kRadix
// apart; a thread holds 16 elements.
template <class Tile, Part kPart>
__global__ void __launch_bounds__(Tile::kThreads, blocks_resident(Tile::kThreads, Tile::kColumns))
    fft_pass_kernel(Pass pass)
{
    extern __shared__ float2 tile[];
    wait_for_kernel_before();
    const std::size_t column0 = std::size_t(blockIdx.x) << Tile::kColumns;
    const auto load = [&](unsigned id, unsigned step, unsigned k) {
        const std::size_t apart = std::size_t(step >> Tile::kColumns)
                                  << (pass.length - Tile::kRadix);
        return load_global<kPart>(source<Tile, kPart>(pass, id) + k * apart);
    };
    const auto store = [&](auto& a, unsigned row, unsigned rows, unsigned column) {
        const std::size_t p = (column0 + column) >> pass.done,
                          q = column0 + column - (p << pass.done);
        float2* const to_tile = tile + Tile::slot_by_column((row << Tile::kColumns) + column);
        float2* const grouped =
            pass.out + ((column0 << Tile::kRadix) + (row << Tile::kColumns) + column);
        float2* const to = pass.out + q + (((p << Tile::kRadix) + row) << pass.done);
#pragma unroll
        for (unsigned j = 0; j < std::extent_v<std::remove_reference_t<decltype(a)>>; ++j)
            if (kPart == Part::first_of_more)
                to_tile[Tile::slot_by_column(j * rows << Tile::kColumns)] = a[j];
            else if (kPart == Part::first_of_two)
                grouped[j * rows << Tile::kColumns] = a[j];
            else
                to[j * (std::size_t(rows) << pass.done)] = a[j];
    };
    const unsigned q = low(column0 + low(threadIdx.x, Tile::kColumns), pass.done);
    transform<Tile, !begins(kPart)>(tile, Frequency{q, pass.done}, load, store);
    if (kPart == Part::first_of_more)
        store_transposed<Tile>(tile, pass.out + (column0 << Tile::kRadix));
}

struct Arrays {
    explicit Arrays(const fft::Input& in)
        : x(in.values.size()), out(x.size()),
          scratch(x.size() > 1U << kLongestOfOne ? x.size() : 0), passes(passes_on_device(x.size()))
    {
        scratch.fill(0xff); // recycled memory may hold the same elements of an earlier trial
    }
    DeviceArray<fft::Complex> x, out, scratch;
    FftPasses passes;
};

Uploads uploads(const fft::Input& in, Arrays& on) { return {{on.x, in.values}}; }

void launch(const fft::Input& in, Arrays& on)
{
    if (in.values.size() > 0)
        enqueue_passes(on.passes, on.x.data(), on.scratch.data(), on.out.data());
}

// A kernel, and what a launch needs.
struct Kernel {
    void (*run)(Pass);
    unsigned elements, threads, bytes;
};

template <class Tile, Part kPart> Kernel kernel()
{
    return {fft_pass_kernel<Tile, kPart>, Tile::kElements, Tile::kThreads, Tile::kBytes};
}

// The kernels by radix.
template <std::size_t... kRadix> Kernel of_one(unsigned radix, std::index_sequence<kRadix...>)
{
    return std::array{kernel<Tile<kRadix, 0>, Part::only>()...}[radix];
}

template <Part kPart, std::size_t... k> Kernel of_two(unsigned radix, std::index_sequence<k...>)
{
    return std::array{
        kernel<Tile<kShortestOfTwo + k, kColumnsOfTwo>, kPart>()...}[radix - kShortestOfTwo];
}

template <Part kPart, std::size_t... k> Kernel of_more(unsigned radix, std::index_sequence<k...>)
{
    return std::array{kernel<Tile<kShortestOfMore + k, kTileOfMore - kShortestOfMore - k>,
                             kPart>()...}[radix - kShortestOfMore];
}

Kernel kernel_of(const FftPasses& passes, unsigned k)
{
    constexpr std::make_index_sequence<kLongestOfOne + 1> one;
    constexpr std::make_index_sequence<kLongestOfTwo - kShortestOfTwo + 1> two;
    constexpr std::make_index_sequence<kLongestOfMore - kShortestOfMore + 1> more;
    const unsigned radix = passes.radices.at(k);
    if (passes.count == 1)
        return of_one(radix, one);
    if (passes.in_pair)
        return k == 0 ? of_two<Part::first_of_two>(radix, two)
                      : of_two<Part::last_of_two>(radix, two);
    return k == 0 ? of_more<Part::first_of_more>(radix, more)
                  : of_more<Part::later_of_more>(radix, more);
}

float2* raw(fft::Complex* p) { return reinterpret_cast<float2*>(p); }
const float2* raw(const fft::Complex* p) { return reinterpret_cast<const float2*>(p); }

} // namespace

// Passes of nearly equal radix. A pass of the longest radix of two needs 136 KiB of shared memory
// for a block.
FftPasses passes_on_device(std::size_t n)
{
    const unsigned length = n > 1 ? static_cast<unsigned>(std::bit_width(n) - 1) : 0;
    const auto shared =
        static_cast<unsigned>(device_attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin));
    const bool large_tiles = shared >= Tile<kLongestOfTwo, kColumnsOfTwo>::kBytes;
    FftPasses passes = {};
    if (length <= kLongestOfOne)
        passes.count = 1;
    else if (length <= 2 * (large_tiles ? kLongestOfTwo : kLongestOfMore))
        passes.count = 2;
    else
        passes.count = ceil_div(length, kLongestOfMore);
    passes.in_pair = passes.count == 2;
    passes.overlapped = length <= kLongestOverlapped &&
                        waits_for_kernel_before(fft_pass_kernel<Tile<0, 0>, Part::only>);
    for (unsigned k = 0; k < passes.count; ++k)
        passes.radices.at(k) = length * (k + 1) / passes.count - length * k / passes.count;
    return passes;
}

// Passes alternate between scratch memory and the output and end in the output.
void enqueue_passes(const FftPasses& passes, const fft::Complex* x, fft::Complex* scratch,
                    fft::Complex* out)
{
    Pass pass = {.x = raw(x), .out = nullptr, .length = 0, .done = 0};
    for (unsigned k = 0; k < passes.count; ++k)
        pass.length += passes.radices.at(k);
    for (unsigned k = 0; k < passes.count; ++k) {
        pass.out = raw((passes.count - k) % 2 == 1 ? out : scratch);
        const Kernel kernel = kernel_of(passes, k);
        if (kernel.bytes > 48 * 1024)
            check(cudaFuncSetAttribute(kernel.run, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       static_cast<int>(kernel.bytes)));
        const auto blocks =
            static_cast<unsigned>((std::size_t(1) << pass.length) / kernel.elements);
        launch_dependent(kernel.run, {blocks, kernel.threads, kernel.bytes, passes.overlapped},
                         pass);
        pass.done += passes.radices.at(k);
        pass.x = pass.out;
    }
}

Trial fft::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

} // namespace workspan
