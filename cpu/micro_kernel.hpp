// SPDX-License-Identifier: Apache-2.0
// The innermost loop of a product of packed panels (Goto, van de Geijn 2008), all in registers.
#pragma once

#include "cpu/simd.hpp"

namespace workspan {

// Two packed panels, `depth` columns of a and rows of b.
template <class T> struct Panels {
    std::size_t depth;
    const T *a, *b;
};

// Sums p.depth outer products of `rows` elements of panel a and `vectors` vectors of panel b in
// rows x vectors accumulators. The operands of consecutive products are `step_a` elements apart in
// a and vectors * Vector<T>::size() in b. finish(at, sum) takes each accumulator, which belongs to
// c[at]; the rows of c are `stride` apart. The lines of c are prefetched one by one during the
// first half of the loop: all at once they would occupy every fill buffer of L1 and stall the
// loads of the panels.
template <std::size_t rows, std::size_t vectors, std::size_t step_a, class T, class Finish>
inline void micro_kernel(const Panels<T>& p, const T* c, std::size_t stride, Finish finish)
{
    using V = Vector<T>;
    const T *a = p.a, *b = p.b;
    V sum[rows][vectors] = {};
    const auto steps = [&](std::size_t count) {
        for (std::size_t k = 0; k < count; ++k, a += step_a, b += vectors * V::size()) {
            // load
            V row[vectors];
#pragma GCC unroll 4
            for (std::size_t v = 0; v < vectors; ++v)
                row[v] = in_register(V(b + v * V::size(), stdx::vector_aligned));
#pragma GCC unroll 16
            // compute
            for (std::size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
                for (std::size_t v = 0; v < vectors; ++v)
                    sum[r][v] += a[r] * row[v];
        }
    };
    // The first half in short runs, each after the prefetch of one line of c.
    const std::size_t run = p.depth / (2 * rows * vectors);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t v = 0; v < vectors; ++v) {
            __builtin_prefetch(c + r * stride + v * V::size(), 1);
            steps(run);
        }
    steps(p.depth - run * rows * vectors);
    // store
#pragma GCC unroll 16
    for (std::size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v)
            finish(r * stride + v * V::size(), sum[r][v]);
}

} // namespace workspan
