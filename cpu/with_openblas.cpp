// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/gemm.hpp"

#include <cblas.h>

namespace workspan {

namespace {

void sgemm(std::size_t n, std::span<const float> a, std::span<const float> b, std::span<float> c)
{
    const auto side = static_cast<blasint>(n);
    const auto lead = std::max<blasint>(side, 1); // BLAS wants a leading dimension even of an empty matrix
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, side, side, side, 1, a.data(), lead, b.data(), lead, 0, c.data(), lead);
}

} // namespace

Trial gemm::openblas(const Problem& problem)
{
    Trial trial = host(problem, sgemm);
    trial.run = [run = std::move(trial.run), threads = problem.threads] {
        openblas_set_num_threads(threads);
        run();
    };
    return trial;
}

} // namespace workspan
