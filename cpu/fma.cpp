// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/fma.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

// Chains in flight, each a vector. Two units with a latency of 4 cycles need eight; more cover the
// scheduler's losses when two chains compete for one unit. With the two factors they must fit the
// registers: AVX2 has 16, AVX-512 and NEON 32.
template <class T> constexpr std::size_t kChains = sizeof(Vector<T>) == 32 ? 12 : 16;

// One block of chains from start to end. Unrolled, because chains in an array that a loop indexes
// would stay in memory.
template <class T> void block(T a, T b, const T* in, T* out)
{
    using V = Vector<T>;
    const V factor_a = a, factor_b = b;
    V x[kChains<T>];
    // load
#pragma GCC unroll 16
    for (std::size_t k = 0; k < kChains<T>; ++k)
        x[k].copy_from(in + k * V::size(), stdx::element_aligned);
    // compute
    for (int step = 0; step < fma::kSteps; ++step)
#pragma GCC unroll 16
        for (std::size_t k = 0; k < kChains<T>; ++k)
            x[k] = fmadd(factor_a, factor_b, x[k]);
            // store
#pragma GCC unroll 16
    for (std::size_t k = 0; k < kChains<T>; ++k)
        x[k].copy_to(out + k * V::size(), stdx::element_aligned);
}

template <class T> constexpr std::size_t kBlock = kChains<T>* Vector<T>::size();

// The last, incomplete block goes through a padded copy.
template <class T> void block_or_rest(T a, T b, const T* in, T* out, std::size_t n)
{
    if (n >= kBlock<T>)
        return block(a, b, in, out);
    T padded[kBlock<T>] = {};
    std::copy_n(in, n, padded);
    block(a, b, padded, padded);
    std::copy_n(padded, n, out);
}

} // namespace

template <class T> void fma::seq(T a, T b, std::span<const T> x, std::span<T> out)
{
    for (std::size_t i = 0; i < x.size(); i += kBlock<T>)
        block_or_rest(a, b, x.data() + i, out.data() + i, x.size() - i);
}

template <class T> void fma::omp(T a, T b, std::span<const T> x, std::span<T> out)
{
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < x.size(); i += kBlock<T>)
        block_or_rest(a, b, x.data() + i, out.data() + i, x.size() - i);
}

template fma::Kernel<float> fma::seq<float>;
template fma::Kernel<float> fma::omp<float>;
template fma::Kernel<double> fma::seq<double>;
template fma::Kernel<double> fma::omp<double>;

} // namespace workspan
