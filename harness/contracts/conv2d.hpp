// SPDX-License-Identifier: Apache-2.0
// conv2d: direct convolution of an image of n x n floats, row-major, with 7 x 7 taps:
//   out[y][x] = sum over j, i = 0 .. 6 of taps[j][i] image[y + j - 3][x + i - 3],
// with zero padding: pixels outside the image are 0, so that out is n x n too; taps are not
// flipped, as is usual for images and neural networks. 98 n^2 flops on 8 n^2 bytes, arithmetic
// intensity 12 flops per byte: bound by the FMA units once a pixel that was loaded into a register
// is reused many times.
// Parallel pattern: map over tiles of the output, each with a halo of 3 pixels around its part of
// the image.
// seq and omp: register blocking of the outputs (Georganas et al. 2018, "Anatomy of
// high-performance deep learning convolutions on SIMD architectures"). A tile of the image is
// copied, with zeros outside the image, to a window that stays in L1; then 16 rows (8 with AVX2) of
// a vector of outputs are accumulated at once, in registers, one column of taps after the other:
// with 7 taps in registers, one loaded vector of pixels serves all (up to 7) rows of outputs within
// its reach.
// seq_plain: the formula, output by output; it loads a pixel and a tap for every FMA.
// cuda: a warp streams down a strip of 128 columns, 7 x 4 outputs per thread in registers; the rows
// that they need are in a ring buffer in shared memory, the next ones in flight, taps in constant
// memory (Podlozhnyuk 2007, "Image convolution with CUDA"). Steps of 8 rows took 40.5 us at 4096
// and 151.0 at 8192, 0.68 of the fma ceiling, against 48.3 and 170.9 for tiles of 32 x 128 outputs,
// one per block (medians of interleaved readings, H200). On an H100 at 8192 memory is the bound
// instead: 8 n^2 bytes take 191 us at the rate of copy (results/h100-80gb-16-cores/full-cuda.json).
// Check: exact. Pixels are integers from 1 to 256; taps have the magnitudes 1 to 49, each once, in
// random order and with random signs, so no sum, in any order, exceeds 256 * (1 + .. + 49) < 2^24,
// and nothing rounds. No tap equals another, so a flipped or transposed set differs, and no product
// of a row and a column gives them: of the primes above 24, each divides one tap only. Every output
// is compared. The reference is computed in integers and the other way round: each row of pixels is
// scattered, tap by tap, to a row of outputs wider than the image, whose ends are cut off.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <array>

namespace workspan::conv2d {

inline constexpr std::size_t kSide = 7;        // of the taps
inline constexpr std::size_t kHalo = 3;        // pixels that they reach to each side
using Taps = std::array<float, kSide * kSide>; // row-major

struct Input {
    std::size_t n;
    Taps taps;
    HostArray<float> image, expected;
};
using Kernel = void(std::size_t n, const Taps& taps, std::span<const float> image,
                    std::span<float> out);
Kernel seq, seq_plain, omp; // cpu/conv2d.cpp
Trial cuda(const Problem&); // gpu/conv2d.cu

inline Cost cost(std::size_t n)
{
    const double pixels = double(n) * double(n);
    return {.flops = 2 * double(kSide * kSide) * pixels, .bytes = 8 * pixels, .items = pixels};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double image = 4.0 * double(p.n) * double(p.n);
    return {.host_shared = image,
            .host_case = image,
            .device_case = 2 * image,
            .host_reference = image};
}

inline Contract contract()
{
    return {.summary = "7 x 7 taps over an image of n x n floats",
            .sizes = {192, 512, 2048, 4096, 8192},
            .quick = {192, 2048},
            .ceiling = "fma",
            .rate = Rate::flops,
            .footprint = footprint,
            .cost = cost,
            .awkward = {0, 1, 2, 3, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 256, 257, 388, 401}};
}

// The magnitudes 1 .. 49 in random order, with random signs.
inline Taps random_taps(std::uint64_t seed)
{
    Taps taps;
    for (std::uint32_t k = 0; k < taps.size(); ++k) {
        const std::uint32_t at = random_below(seed, k, k + 1);
        taps[k] = taps[at];
        taps[at] = static_cast<float>(k + 1);
    }
    for (std::uint32_t k = 0; k < taps.size(); ++k)
        if (random_bits(seed + 1, k) % 2 == 0)
            taps[k] = -taps[k];
    return taps;
}

// Adds tap * (the n pixels of a row) to n sums.
inline void add_scaled(std::int32_t tap, const float* pixels, std::size_t n, std::int32_t* sums)
{
    for (std::size_t x = 0; x < n; ++x)
        sums[x] += tap * static_cast<std::int32_t>(pixels[x]);
}

// Row y of the output. Column x of the image, seen through column i of the taps, belongs to the
// output x + kHalo - i.
inline void expected_row(const Input& in, std::size_t y, float* out)
{
    std::vector<std::int32_t> sums(in.n + 2 * kHalo); // of the outputs -kHalo .. n + kHalo - 1
    for (std::size_t j = 0; j < kSide; ++j)
        if (y + j >= kHalo && y + j - kHalo < in.n)
            for (std::size_t i = 0; i < kSide; ++i)
                add_scaled(static_cast<std::int32_t>(in.taps[j * kSide + i]),
                           in.image.data() + (y + j - kHalo) * in.n, in.n,
                           sums.data() + 2 * kHalo - i);
    for (std::size_t x = 0; x < in.n; ++x)
        out[x] = static_cast<float>(sums[x + kHalo]);
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        const auto pixel = [&p](std::size_t i) {
            return static_cast<float>(random_below(p.seed, i, 256) + 1);
        };
        Input in{.n = p.n,
                 .taps = random_taps(p.seed + 1),
                 .image = filled<float>(p, p.n * p.n, pixel),
                 .expected = HostArray<float>(p.n * p.n, p.threads)};
        in_pieces(
            p.n,
            [&in, out = in.expected.data()](std::size_t from, std::size_t to) {
                for (std::size_t y = from; y < to; ++y)
                    expected_row(in, y, out + y * in.n);
            },
            rows_per_piece(p.n));
        return in;
    });
}

inline CheckResult check(const Input& in, std::span<const float> out)
{
    return each_equal(out, in.n * in.n, [&](std::size_t i) { return in.expected[i]; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(
        input(p), HostArray<float>(p.n * p.n, p.threads), cost(p.n), check,
        [kernel](const Input& in, std::span<float> out) { kernel(in.n, in.taps, in.image, out); });
}

} // namespace workspan::conv2d
