// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/transpose.hpp"

#include "cpu/simd.hpp"

#include <utility>

namespace workspan {

namespace {

using V = Vector<float>;
using Raw = float __attribute__((vector_size(sizeof(V))));

constexpr std::size_t kLanes = V::size();
constexpr std::size_t kLine = 16; // floats in a cache line

// Lanes of a and b in turn: those of the lower halves, or of the upper ones.
template <bool upper> inline Raw interleaved(Raw a, Raw b)
{
    return [&]<std::size_t... k>(std::index_sequence<k...>)
    {
        return __builtin_shufflevector(a, b, (upper * kLanes / 2 + k / 2 + k % 2 * kLanes)...);
    }
    (std::make_index_sequence<kLanes>());
}

// As many rows as lanes. Read as one row of rows x lanes elements, each step moves element i to 2
// i, modulo the number of elements less
// one: the index's bits turn left by one. After as many steps as a lane's index has bits, row and
// lane have changed places.
inline void transpose_square(Raw (&rows)[kLanes])
{
#pragma GCC unroll 4
    for (std::size_t step = 1; step < kLanes; step *= 2) {
        Raw next[kLanes];
#pragma GCC unroll 16
        for (std::size_t k = 0; k < kLanes / 2; ++k) {
            next[2 * k] = interleaved<false>(rows[k], rows[k + kLanes / 2]);
            next[2 * k + 1] = interleaved<true>(rows[k], rows[k + kLanes / 2]);
        }
        std::copy_n(next, kLanes, rows);
    }
}

// In a cache, the next line of each row of out is asked for after the stores, when the loads no
// longer need the fill buffers.
template <Residency residency> inline void square(const float* in, float* out, std::size_t n)
{
    Raw rows[kLanes];
#pragma GCC unroll 16
    for (std::size_t k = 0; k < kLanes; ++k)
        rows[k] = std::bit_cast<Raw>(V(in + k * n, stdx::element_aligned));
    transpose_square(rows);
#pragma GCC unroll 16
    for (std::size_t k = 0; k < kLanes; ++k)
        if constexpr (residency == Residency::memory) {
            stream(out + k * n, std::bit_cast<V>(rows[k]));
        } else {
            std::bit_cast<V>(rows[k]).copy_to(out + k * n, stdx::element_aligned);
            __builtin_prefetch(out + k * n + kLine, 1, 3);
        }
}

// A line of each of 16 rows, and so a line of each of 16 columns.
template <Residency residency> inline void lines(const float* in, float* out, std::size_t n)
{
    for (std::size_t column = 0; column < kLine; column += kLanes)
        for (std::size_t row = 0; row < kLine; row += kLanes)
            square<residency>(in + row * n + column, out + column * n + row, n);
}

// The rows and columns of `in` that are moved together.
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
            lines<residency>(in + row * n + column, out + column * n + row, n);
    plain(in, out, n, {b.row, b.last_row, whole_columns, b.last_column});
    plain(in, out, n, {whole_rows, b.last_row, b.column, whole_columns});
}

// Called by every thread of a team, which shares the blocks. In a cache, a block is a line wide and
// as high as the matrix, and its columns are the longest runs there can be; in memory, 64 x 64.
void move_all(const float* in, float* out, std::size_t n, bool in_memory)
{
    const bool streamed = in_memory && n % kLine == 0;
    const std::size_t height = in_memory ? 64 : n, width = in_memory ? 64 : kLine;
    const std::size_t across = (n + width - 1) / width, down = (n + height - 1) / height;
#pragma omp for schedule(static)
    for (std::size_t k = 0; k < down * across; ++k) {
        const std::size_t row = k / across * height, column = k % across * width;
        const Block block{row, std::min(row + height, n), column, std::min(column + width, n)};
        (streamed ? move<Residency::memory> : move<Residency::cache>)(in, out, n, block);
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
