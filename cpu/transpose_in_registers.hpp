// SPDX-License-Identifier: Apache-2.0
// Transposes a square of elements in registers: one vector per lane of a vector. Rows whose index
// differs in one bit exchange the blocks off the diagonal, bit after bit. For 4 lanes:
//
//     rows            distance 2      distance 1
//     a0 a1 a2 a3     a0 a1 c0 c1     a0 b0 c0 d0
//     b0 b1 b2 b3     b0 b1 d0 d1     a1 b1 c1 d1
//     c0 c1 c2 c3     a2 a3 c2 c3     a2 b2 c2 d2
//     d0 d1 d2 d3     b2 b3 d2 d3     a3 b3 c3 d3
#pragma once

#include "cpu/simd.hpp"

#include <bit>
#include <utility>

namespace workspan {

// a gets its lanes k without the bit `distance` and b's lanes k - distance with it; b gets a's
// lanes k + distance without the bit and its own with it.
template <std::size_t distance, class T>
[[gnu::always_inline]] inline void exchange_blocks(Vector<T>& a, Vector<T>& b)
{
    using Raw __attribute__((vector_size(sizeof(Vector<T>)))) = T;
    constexpr std::size_t lanes = Vector<T>::size();
    const auto low = std::bit_cast<Raw>(a), high = std::bit_cast<Raw>(b);
    [&]<std::size_t... k>(std::index_sequence<k...>)
    {
        a = std::bit_cast<Vector<T>>(__builtin_shufflevector(
            low, high, int((k & distance) != 0 ? lanes + k - distance : k)...));
        b = std::bit_cast<Vector<T>>(__builtin_shufflevector(
            low, high, int((k & distance) != 0 ? lanes + k : k + distance)...));
    }
    (std::make_index_sequence<lanes>());
}

template <class T, std::size_t distance = Vector<T>::size() / 2>
[[gnu::always_inline]] inline void transpose_in_registers(Vector<T>* rows)
{
    if constexpr (distance > 0) {
        unroll<Vector<T>::size()>([rows](auto r) {
            if constexpr ((r & distance) == 0)
                exchange_blocks<distance, T>(rows[r], rows[r + distance]);
        });
        transpose_in_registers<T, distance / 2>(rows);
    }
}

// The square at `from`, transposed to `to`, whose rows are from_stride and to_stride elements
// apart.
template <class T> [[gnu::always_inline]] inline void
transpose_square(const T* from, std::size_t from_stride, T* to, std::size_t to_stride)
{
    Vector<T> rows[Vector<T>::size()];
    unroll<Vector<T>::size()>(
        [&](auto r) { rows[r].copy_from(from + r * from_stride, stdx::element_aligned); });
    transpose_in_registers<T>(rows);
    unroll<Vector<T>::size()>(
        [&](auto r) { rows[r].copy_to(to + r * to_stride, stdx::element_aligned); });
}

} // namespace workspan
