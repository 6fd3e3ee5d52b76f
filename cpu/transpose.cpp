// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/transpose.hpp"

#include "cpu/transpose_in_registers.hpp"

namespace workspan {

namespace {

using V = Vector<float>;

constexpr std::size_t kLanes = V::size();
constexpr std::size_t kLine = 16; // floats in a cache line

// A square of kLanes x kLanes elements. From memory, each row of `in` is prefetched two lines
// ahead: the hardware follows fewer rows than a square has. In cache, the next line of each row of
// `out` is prefetched after the stores, when the loads no longer need the fill buffers.
template <Residency residency> inline void move_square(const float* in, float* out, std::size_t n)
{
    // load
    V rows[kLanes];
#pragma GCC unroll 16
    for (std::size_t k = 0; k < kLanes; ++k) {
        rows[k].copy_from(in + k * n, stdx::element_aligned);
        if constexpr (residency == Residency::memory)
            __builtin_prefetch(in + k * n + 2 * kLine, 0, 3);
    }
    // compute
    transpose_in_registers<float>(rows);
    // store
#pragma GCC unroll 16
    for (std::size_t k = 0; k < kLanes; ++k)
        if constexpr (residency == Residency::memory) {
            stream(out + k * n, rows[k]);
        } else {
            rows[k].copy_to(out + k * n, stdx::element_aligned);
            __builtin_prefetch(out + k * n + kLine, 1, 3);
        }
}

// One line of each of 16 rows, and so one line of each of 16 columns.
template <Residency residency> inline void move_lines(const float* in, float* out, std::size_t n)
{
    for (std::size_t column = 0; column < kLine; column += kLanes)
        for (std::size_t row = 0; row < kLine; row += kLanes)
            move_square<residency>(in + row * n + column, out + column * n + row, n);
}

// A rectangle of `in`, transposed as a unit.
struct Block {
    std::size_t row, last_row, column, last_column;
};

void plain(const float* in, float* out, std::size_t n, const Block& b)
{
    for (std::size_t row = b.row; row < b.last_row; ++row)
        for (std::size_t column = b.column; column < b.last_column; ++column)
            out[column * n + row] = in[row * n + column];
}

template <Residency residency> void move(const float* in, float* out, std::size_t n, const Block& b)
{
    const std::size_t whole_rows = b.last_row - (b.last_row - b.row) % kLine;
    const std::size_t whole_columns = b.last_column - (b.last_column - b.column) % kLine;
    for (std::size_t column = b.column; column < whole_columns; column += kLine)
        for (std::size_t row = b.row; row < whole_rows; row += kLine)
            move_lines<residency>(in + row * n + column, out + column * n + row, n);
    plain(in, out, n, {b.row, b.last_row, whole_columns, b.last_column});
    plain(in, out, n, {whole_rows, b.last_row, b.column, whole_columns});
}

// Called by every thread of a team, which shares the blocks. In cache, a block is one line wide and
// as high as the matrix, for the longest contiguous stores; in memory, 64 x 64.
void move_all(const float* in, float* out, std::size_t n, bool in_memory)
{
    const bool non_temporal = in_memory && n % kLine == 0;
    const std::size_t height = in_memory ? 64 : n, width = in_memory ? 64 : kLine;
    const std::size_t across = ceil_div(n, width), down = ceil_div(n, height);
#pragma omp for schedule(static)
    for (std::size_t k = 0; k < down * across; ++k) {
        const std::size_t row = k / across * height, column = k % across * width;
        const Block block{row, std::min(row + height, n), column, std::min(column + width, n)};
        (non_temporal ? move<Residency::memory> : move<Residency::cache>)(in, out, n, block);
    }
    stream_fence();
}

} // namespace

void transpose::seq(std::size_t n, std::span<const float> in, std::span<float> out)
{
    const bool in_memory = exceeds_caches(2 * out.size_bytes());
    if (n > 0)
        move_all(in.data(), out.data(), n, in_memory);
}

void transpose::omp(std::size_t n, std::span<const float> in, std::span<float> out)
{
    const bool in_memory = exceeds_caches(2 * out.size_bytes(), omp_get_max_threads());
    if (n > 0)
#pragma omp parallel
        move_all(in.data(), out.data(), n, in_memory);
}

void transpose::seq_plain(std::size_t n, std::span<const float> in, std::span<float> out)
{
    for (std::size_t row = 0; row < n; ++row)
        for (std::size_t column = 0; column < n; ++column)
            out[column * n + row] = in[row * n + column];
}

} // namespace workspan
