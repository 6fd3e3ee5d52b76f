// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/conv2d.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using conv2d::kHalo, conv2d::kSide;
using V = Vector<float>;

struct Convolution {
    std::size_t n;
    const float *taps, *image;
    float* out;
};

// A tile of the output. Its rows are accumulators: with the 7 taps of a column and a vector of
// pixels they fit the 32 registers of AVX-512 and NEON, or the 16 of AVX2. It is narrow enough that
// the window stays in L1.
struct Tile {
    static constexpr std::size_t rows = sizeof(V) == 32 ? 8 : 16, columns = 256;
};

// The part of the image that a tile needs, halo included. Copied, because rows of an image whose
// width is a power of two would share a few sets of L1 (conflict misses), and because zeros around
// the image then need no branch in the loop. A row of it is an odd number of cache lines.
struct Window {
    static constexpr std::size_t rows = Tile::rows + kSide - 1, stride = Tile::columns + 16;
    alignas(64) float pixels[rows * stride];
};
static_assert(Tile::columns + kSide - 1 <= Window::stride && Tile::columns % V::size() == 0);

// Row `row` of the image, counted from kHalo rows above it, from kHalo columns before `column` on.
void fill_row(std::size_t n, const float* image, std::size_t row, std::size_t column, float* to)
{
    float* const end = to + Window::stride;
    if (row >= kHalo && row - kHalo < n) {
        const std::size_t outside = column < kHalo ? kHalo - column : 0,
                          first = column + outside - kHalo;
        const std::size_t last = std::min(column + Tile::columns + kHalo, n);
        to = std::fill_n(to, outside, 0.0F);
        to = std::copy(image + (row - kHalo) * n + first, image + (row - kHalo) * n + last, to);
    }
    std::fill(to, end, 0.0F);
}

// Adds the pixels of window row r, times one column of taps, to the outputs of all rows within
// their reach: tap j reaches from output row r - j to window row r.
inline void add_row(const V (&tap)[kSide], V pixels, std::size_t r, V (&sum)[Tile::rows])
{
#pragma GCC unroll 7
    for (std::size_t j = 0; j < kSide; ++j)
        if (r >= j && r - j < Tile::rows)
            sum[r - j] += tap[j] * pixels;
}

// Tile::rows vectors of outputs, `stride` apart, from a window whose first pixel is kHalo rows
// above and kHalo columns before them. Unrolled, so that sums and taps stay in registers.
void convolve(const float* __restrict taps, const float* __restrict window, float* __restrict out,
              std::size_t stride)
{
    V sum[Tile::rows] = {};
    for (std::size_t i = 0; i < kSide; ++i) {
        // load column i of the taps
        V tap[kSide];
#pragma GCC unroll 7
        for (std::size_t j = 0; j < kSide; ++j)
            tap[j] = taps[j * kSide + i];
            // compute: every vector of pixels is loaded once and serves up to 7 rows of outputs
#pragma GCC unroll 22
        for (std::size_t r = 0; r < Window::rows; ++r)
            add_row(tap, in_register(V(window + r * Window::stride + i, stdx::element_aligned)), r,
                    sum);
    }
    // store
#pragma GCC unroll 16
    for (std::size_t r = 0; r < Tile::rows; ++r)
        sum[r].copy_to(out + r * stride, stdx::element_aligned);
}

// The outputs from (y, x) on, at the edge of the image: through a buffer, from which those inside
// are copied.
void convolve_edge(const Convolution& c, const float* window, std::size_t y, std::size_t x)
{
    const std::size_t height = std::min(Tile::rows, c.n - y), width = std::min(V::size(), c.n - x);
    float block[Tile::rows * V::size()];
    convolve(c.taps, window, block, V::size());
    for (std::size_t r = 0; r < height; ++r)
        std::copy_n(block + r * V::size(), width, c.out + (y + r) * c.n + x);
}

// Prefetches a line of each row of the next tile's window, to overlap its latency with this tile's
// arithmetic; past the end of a row that is a line of the next row. Inlined by force: GCC drops
// calls of functions that only prefetch.
[[gnu::always_inline]] inline void prefetch_ahead(std::size_t n, const float* image,
                                                  std::size_t row, std::size_t column)
{
    const std::size_t above = kHalo * n, last = above + n * n - 1;
#pragma GCC unroll 22
    for (std::size_t r = 0; r < Window::rows; ++r)
        __builtin_prefetch(image + (std::clamp((row + r) * n + column, above, last) - above), 0, 2);
}

void convolve_tile(const Convolution& c, std::size_t row, std::size_t column)
{
    const auto [n, taps, image, out] = c;
    // load
    Window window;
    for (std::size_t r = 0; r < Window::rows; ++r)
        fill_row(n, image, row + r, column, window.pixels + r * Window::stride);
    // compute and store, a vector of columns at a time
    const std::size_t last = std::min(column + Tile::columns, n);
    for (std::size_t x = column; x < last; x += V::size()) {
        prefetch_ahead(n, image, row, x + Tile::columns + kHalo);
        const float* const from = window.pixels + (x - column);
        if (row + Tile::rows <= n && x + V::size() <= n)
            convolve(taps, from, out + row * n + x, n);
        else
            convolve_edge(c, from, row, x);
    }
}

} // namespace

void conv2d::seq(std::size_t n, const Taps& taps, std::span<const float> image,
                 std::span<float> out)
{
    const Convolution c{n, taps.data(), image.data(), out.data()};
    for (std::size_t row = 0; row < n; row += Tile::rows)
        for (std::size_t column = 0; column < n; column += Tile::columns)
            convolve_tile(c, row, column);
}

void conv2d::omp(std::size_t n, const Taps& taps, std::span<const float> image,
                 std::span<float> out)
{
    const Convolution c{n, taps.data(), image.data(), out.data()};
#pragma omp parallel for collapse(2) schedule(static)
    for (std::size_t row = 0; row < n; row += Tile::rows)
        for (std::size_t column = 0; column < n; column += Tile::columns)
            convolve_tile(c, row, column);
}

void conv2d::seq_plain(std::size_t n, const Taps& taps, std::span<const float> image,
                       std::span<float> out)
{
    for (std::size_t y = 0; y < n; ++y)
        for (std::size_t x = 0; x < n; ++x) {
            float sum = 0;
            for (std::size_t j = y < kHalo ? kHalo - y : 0; j < std::min(kSide, n + kHalo - y); ++j)
                for (std::size_t i = x < kHalo ? kHalo - x : 0; i < std::min(kSide, n + kHalo - x);
                     ++i)
                    sum += taps[j * kSide + i] * image[(y + j - kHalo) * n + x + i - kHalo];
            out[y * n + x] = sum;
        }
}

} // namespace workspan
