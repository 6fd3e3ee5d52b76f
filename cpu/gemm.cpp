// SPDX-License-Identifier: Apache-2.0
// C is built slab by slab of the inner dimension. The slab's columns of A and rows of B are packed
// into panels, in the order in which the micro-kernel reads them; then C is computed tile by tile:
// a panel of B stays in L1, the tile's panels of A in L2.
#include "harness/contracts/gemm.hpp"

#include "cpu/micro_kernel.hpp"

namespace workspan {

namespace {

using V = Vector<float>;

// The micro-kernel holds rows x vectors accumulators: 8 or more hide the latency of two fused
// multiply-adds a cycle, and with the operands they fit the 32 registers of AVX-512 and the 16 of
// others. Of 4 x 3 accumulators g++ 12 would read B from memory in each multiply-add, more loads
// than a core can issue (measured on Zen 3, n = 256: 67 instead of 92 GFLOP/s).
struct Block {
    static constexpr std::size_t rows = V::size() >= 16 ? 8 : 6;
    static constexpr std::size_t vectors = 2;
    static constexpr std::size_t columns = vectors * V::size();
    // Depth of a slab: a panel of B takes at most 32 KiB and stays in L1 or spills a little to L2.
    static constexpr std::size_t depth = 256;
    // A tile's rows of A, one slab deep, take 96 or 128 KiB of L2, its columns of B 192 KiB.
    static constexpr std::size_t tile_rows = 16 * rows, tile_columns = 192;
};
static_assert(Block::tile_columns % Block::columns == 0);

// One slab of the product: `depth` columns of A and rows of B from `from` on, and their panels.
struct Slab {
    std::size_t n, from, depth;
    float* a; // panels of Block::rows rows, column by column
    float* b; // panels of Block::columns columns, row by row
};

void pack_rows(const Slab& s, const float* __restrict a, std::size_t row)
{
    float* __restrict to = s.a + row * s.depth;
    const float* const from = a + row * s.n + s.from;
    if (row + Block::rows <= s.n) {
        for (std::size_t k = 0; k < s.depth; ++k)
#pragma GCC unroll 16
            for (std::size_t r = 0; r < Block::rows; ++r)
                to[k * Block::rows + r] = from[r * s.n + k];
        return;
    }
    std::fill_n(to, Block::rows * s.depth, 0.0F);
    for (std::size_t r = 0; row + r < s.n; ++r)
        for (std::size_t k = 0; k < s.depth; ++k)
            to[k * Block::rows + r] = from[r * s.n + k];
}

void pack_columns(const Slab& s, const float* b, std::size_t column)
{
    float* to = s.b + column * s.depth;
    const float* from = b + s.from * s.n + column;
    const std::size_t width = std::min(Block::columns, s.n - column);
    for (std::size_t k = 0; k < s.depth; ++k, from += s.n, to += Block::columns)
        if (width == Block::columns)
            for (std::size_t v = 0; v < Block::columns; v += V::size())
                V(from + v, stdx::element_aligned).copy_to(to + v, stdx::vector_aligned);
        else
            std::fill(std::copy_n(from, width, to), to + Block::columns, 0.0F);
}

// c = (or +=, if `add`) a panel of A times a panel of B; the rows of c are `stride` apart.
void multiply_block(const Panels<float>& p, float* c, std::size_t stride, bool add)
{
    micro_kernel<Block::rows, Block::vectors, Block::rows>(
        p, c, stride, [c, add](std::size_t at, V sum) {
            if (add)
                sum += V(c + at, stdx::element_aligned);
            sum.copy_to(c + at, stdx::element_aligned);
        });
}

// A block at the edge of C, through a buffer.
void multiply_edge(const Slab& s, const Panels<float>& p, float* c, std::size_t height,
                   std::size_t width)
{
    float block[Block::rows * Block::columns];
    multiply_block(p, block, Block::columns, false);
    for (std::size_t i = 0; i < height; ++i)
        for (std::size_t j = 0; j < width; ++j)
            c[i * s.n + j] = block[i * Block::columns + j] + (s.from > 0 ? c[i * s.n + j] : 0);
}

void multiply_tile(const Slab& s, float* c, std::size_t row, std::size_t height, std::size_t column)
{
    const std::size_t last_row = std::min(row + height, s.n),
                      last_column = std::min(column + Block::tile_columns, s.n);
    for (std::size_t j = column; j < last_column; j += Block::columns)
        for (std::size_t i = row; i < last_row; i += Block::rows) {
            const Panels<float> p{s.depth, s.a + i * s.depth, s.b + j * s.depth};
            if (i + Block::rows <= s.n && j + Block::columns <= s.n)
                multiply_block(p, c + i * s.n + j, s.n, s.from > 0);
            else
                multiply_edge(s, p, c + i * s.n + j, std::min(Block::rows, s.n - i),
                              std::min(Block::columns, s.n - j));
        }
}

// The height of tiles, halved until there are enough for load balance.
std::size_t tile_height(std::size_t n, int team)
{
    std::size_t height = Block::tile_rows;
    const std::size_t enough = team > 1 ? 4 * static_cast<std::size_t>(team) : 1,
                      columns = ceil_div(n, Block::tile_columns);
    while (height > 2 * Block::rows && ceil_div(n, height) * columns < enough)
        height /= 2;
    return height;
}

// Called by every thread of a team, which shares the work.
void multiply(std::size_t n, const float* a, const float* b, float* c, float* panels)
{
    const std::size_t height = tile_height(n, omp_get_num_threads());
    const std::size_t rows = ceil_div(n, height), columns = ceil_div(n, Block::tile_columns),
                      slabs = ceil_div(n, Block::depth);
    for (std::size_t k = 0; k < slabs; ++k) {
        const std::size_t from = n * k / slabs, depth = n * (k + 1) / slabs - from;
        const Slab s{n, from, depth, panels, panels + round_up(n, Block::rows) * Block::depth};
        // pack
#pragma omp for schedule(static) nowait
        for (std::size_t i = 0; i < n; i += Block::rows)
            pack_rows(s, a, i);
#pragma omp for schedule(static)
        for (std::size_t j = 0; j < n; j += Block::columns)
            pack_columns(s, b, j);
#pragma omp for schedule(dynamic)
        // compute
        for (std::size_t t = 0; t < rows * columns; ++t)
            multiply_tile(s, c, t % rows * height, height, t / rows * Block::tile_columns);
    }
}

// Memory for the panels of one slab, reused by all runs: fresh pages would cost more than the
// packing.
float* panels(std::size_t n, int team)
{
    thread_local HostArray<float> memory;
    const std::size_t padded = n + Block::rows + n + Block::columns,
                      elements = padded * Block::depth;
    if (memory.size() < elements)
        memory = HostArray<float>(elements, team);
    return memory.data();
}

} // namespace

void gemm::seq(std::size_t n, std::span<const float> a, std::span<const float> b,
               std::span<float> c)
{
    float* const slab = panels(n, 1);
#pragma omp parallel num_threads(1)
    multiply(n, a.data(), b.data(), c.data(), slab);
}

void gemm::omp(std::size_t n, std::span<const float> a, std::span<const float> b,
               std::span<float> c)
{
    float* const slab = panels(n, omp_get_max_threads());
#pragma omp parallel
    multiply(n, a.data(), b.data(), c.data(), slab);
}

} // namespace workspan
