// SPDX-License-Identifier: Apache-2.0
// What the libraries of BLAS and LAPACK have in common. Their functions are found at run time, by
// BLAS's C interface and LAPACK's Fortran one (LAPACKE may be in another library), with 32-bit
// integers.
#pragma once

#include "harness/contracts/cholesky.hpp"
#include "harness/contracts/gemm.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace workspan::blas {

using Sgemm = void(int layout, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                   const float* a, int lead_a, const float* b, int lead_b, float beta, float* c,
                   int lead_c);
using Potrf = void(const char* triangle, const int* n, double* a, const int* lead, int* info);

constexpr int kRowMajor = 101, kNoTranspose = 111; // of the C interface

// gemm, C = A B of n x n.
inline Trial multiply(const Problem& p, Sgemm* sgemm)
{
    const auto run = [sgemm](const gemm::Input& in, std::span<float> c) {
        const auto side = static_cast<int>(in.n);
        const auto lead = std::max(side, 1); // required to be positive, even of an empty matrix
        sgemm(kRowMajor, kNoTranspose, kNoTranspose, side, side, side, 1, in.a.data(), lead,
              in.b.data(), lead, 0, c.data(), lead);
    };
    return host_trial(gemm::input(p), HostArray<float>(p.n * p.n, p.threads), gemm::cost(p.n),
                      gemm::check, run);
}

// Rows first to last of A's lower triangle, with zeros right of it.
inline void copy_lower(std::size_t n, const double* a, double* l, std::size_t first,
                       std::size_t last)
{
    for (std::size_t i = first; i < last; ++i)
        std::fill(std::copy_n(a + i * n, i + 1, l + i * n), l + (i + 1) * n, 0.0);
}

// cholesky, L of A = L L^T. LAPACK works in place, so `copy` writes A's lower triangle to L first.
// Our rows are LAPACK's columns, so that our lower triangle is its upper one.
inline Trial factor(const Problem& p, Potrf* potrf, cholesky::Kernel* copy)
{
    const auto run = [potrf, copy](const cholesky::Input& in, std::span<double> l) {
        copy(in.n, in.a, l);
        const auto side = static_cast<int>(in.n), lead = std::max(side, 1);
        int info = 0; // above 0 if A is not positive definite; L then fails the check
        potrf("U", &side, l.data(), &lead, &info);
    };
    return host_trial(cholesky::input(p), HostArray<double>(p.n * p.n, p.threads),
                      cholesky::cost(p.n), cholesky::check, run);
}

// The trial, run by a library whose threads are set before each execution.
inline Trial with_team(Trial trial, Library library, std::function<void(int)> set_threads,
                       int threads)
{
    trial.library = std::move(library);
    trial.run = [run = std::move(trial.run), set_threads = std::move(set_threads), threads] {
        set_threads(threads);
        run();
    };
    return trial;
}

} // namespace workspan::blas
