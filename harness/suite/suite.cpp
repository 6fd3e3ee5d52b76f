// SPDX-License-Identifier: Apache-2.0
// The table of contents: one row per workload, those of concurrency in concurrency_suite.cpp.
// Tests, listing and measurement follow from it.
#include "harness/contracts/cholesky.hpp"
#include "harness/contracts/conv2d.hpp"
#include "harness/contracts/copy.hpp"
#include "harness/contracts/fft.hpp"
#include "harness/contracts/fma.hpp"
#include "harness/contracts/gemm.hpp"
#include "harness/contracts/histogram.hpp"
#include "harness/contracts/kmeans.hpp"
#include "harness/contracts/linrec.hpp"
#include "harness/contracts/mandelbrot.hpp"
#include "harness/contracts/montecarlo.hpp"
#include "harness/contracts/nbody.hpp"
#include "harness/contracts/read.hpp"
#include "harness/contracts/reduce.hpp"
#include "harness/contracts/scan.hpp"
#include "harness/contracts/stencil2d.hpp"
#include "harness/contracts/stencil3d.hpp"
#include "harness/contracts/transfer.hpp"
#include "harness/contracts/transpose.hpp"
#include "harness/contracts/triad.hpp"
#include "harness/suite/concurrency_suite.hpp"
#include "harness/suite/variants.hpp"

namespace workspan {

namespace {

// clang-format off
// The attainable rates of a machine: the ceilings of the other workloads.
std::vector<Workload> bandwidth_ceilings()
{
    return {
        {.name = "copy",
         .contract = copy::contract(),
         .variants = variants_of(
             {with_passes(single_threaded("seq", copy::host_in_passes, copy::seq)),
              library(single_threaded("memcpy", copy::host, copy::memcpy)),
              with_passes(omp_team("omp", copy::host_in_passes, copy::omp)),
              teaching(omp_team("omp_plain", copy::host, copy::omp_plain))},
             copy::cuda,
             {teaching(device_kernel("cuda_naive", copy::cuda_naive)),
              device_library("cuda_memcpy", copy::cuda_memcpy)})},
        {.name = "read",
         .contract = read::contract(),
         .variants = variants_of(
             {with_passes(single_threaded("seq", read::host, read::seq)),
              with_passes(omp_team("omp", read::host, read::omp))},
             read::cuda)},
        {.name = "triad",
         .contract = triad::contract(),
         .variants = variants_of(
             {with_passes(single_threaded("seq", triad::host_in_passes, triad::seq)),
              teaching(single_threaded("seq_plain", triad::host, triad::seq_plain)),
              with_passes(omp_team("omp", triad::host_in_passes, triad::omp)),
              teaching(omp_team("omp_plain", triad::host, triad::omp_plain))},
             triad::cuda, {teaching(device_kernel("cuda_naive", triad::cuda_naive))})},
    };
}

std::vector<Workload> compute_ceilings()
{
    return {
        {.name = "fma",
         .contract = fma::contract<float>(),
         .variants = variants_of(
             {single_threaded("seq", fma::host<float>, fma::seq<float>),
              omp_team("omp", fma::host<float>, fma::omp<float>)},
             fma::cuda<float>)},
        {.name = "dfma",
         .contract = fma::contract<double>(),
         .variants = variants_of(
             {single_threaded("seq", fma::host<double>, fma::seq<double>),
              omp_team("omp", fma::host<double>, fma::omp<double>)},
             fma::cuda<double>)},
    };
}

std::vector<Workload> reductions_and_scans()
{
    return {
        {.name = "reduce",
         .contract = reduce::contract(),
         .variants = variants_of(
             {single_threaded("seq", reduce::host, reduce::seq),
              omp_team("omp", reduce::host, reduce::omp),
              teaching(omp_team("omp_plain", reduce::host, reduce::omp_plain)),
              host_library("tbb", reduce::tbb)},
             reduce::cuda,
             {teaching(device_kernel("cuda_naive", reduce::cuda_naive)),
              device_library("cub", reduce::cub)})},
        {.name = "scan",
         .contract = scan::contract(),
         .variants = variants_of(
             {single_threaded("seq", scan::host, scan::seq),
              teaching(single_threaded("seq_plain", scan::host, scan::seq_plain)),
              omp_team("omp", scan::host, scan::omp),
              teaching(omp_team("omp_plain", scan::host, scan::omp_plain)),
              host_library("tbb", scan::tbb)},
             scan::cuda,
             {teaching(device_kernel("cuda_naive", scan::cuda_naive)),
              device_library("cub", scan::cub)})},
    };
}

std::vector<Workload> matrices()
{
    return {
        {.name = "transpose",
         .contract = transpose::contract(),
         .variants = variants_of(
             {single_threaded("seq", transpose::host, transpose::seq),
              teaching(single_threaded("seq_plain", transpose::host, transpose::seq_plain)),
              omp_team("omp", transpose::host, transpose::omp)},
             transpose::cuda,
             {teaching(device_kernel("cuda_naive", transpose::cuda_naive)),
              device_library("cublas", transpose::cublas)})},
        {.name = "gemm",
         .contract = gemm::contract(),
         .variants = variants_of(
             {single_threaded("seq", gemm::host, gemm::seq),
              omp_team("omp", gemm::host, gemm::omp),
              host_library("openblas", gemm::openblas),
              team_library("mkl", gemm::mkl)},
             gemm::cuda,
             {teaching(device_kernel("cuda_naive", gemm::cuda_naive)),
              device_library("cublas", gemm::cublas)})},
    };
}

std::vector<Workload> grids()
{
    return {
        {.name = "stencil2d",
         .contract = stencil2d::contract(),
         .variants = variants_of(
             {single_threaded("seq", stencil2d::host, stencil2d::seq),
              teaching(single_threaded("seq_sweeps", stencil2d::host_with_scratch,
                                        stencil2d::seq_sweeps)),
              omp_team("omp", stencil2d::host_with_scratch, stencil2d::omp),
              teaching(omp_team("omp_plain", stencil2d::host_with_scratch, stencil2d::omp_plain)),
              omp_team("omp_tiled", stencil2d::host, stencil2d::omp_tiled)},
             stencil2d::cuda, {teaching(device_kernel("cuda_naive", stencil2d::cuda_naive))})},
        {.name = "stencil3d",
         .contract = stencil3d::contract(),
         .variants = variants_of(
             {single_threaded("seq", stencil3d::host, stencil3d::seq),
              teaching(single_threaded("seq_sweeps", stencil3d::host, stencil3d::seq_sweeps)),
              omp_team("omp", stencil3d::host, stencil3d::omp),
              omp_team("omp_tiled", stencil3d::host, stencil3d::omp_tiled)},
             stencil3d::cuda)},
        {.name = "conv2d",
         .contract = conv2d::contract(),
         .variants = variants_of(
             {single_threaded("seq", conv2d::host, conv2d::seq),
              teaching(single_threaded("seq_plain", conv2d::host, conv2d::seq_plain)),
              omp_team("omp", conv2d::host, conv2d::omp)},
             conv2d::cuda)},
    };
}

std::vector<Workload> transforms()
{
    return {
        {.name = "fft",
         .contract = fft::contract(),
         .variants = variants_of(
             {single_threaded("seq", fft::host, fft::seq),
              omp_team("omp", fft::host, fft::omp),
              host_library("fftw", fft::fftw),
              team_library("mkl", fft::mkl)},
             fft::cuda,
             {device_library("cufft", fft::cufft)})},
    };
}

std::vector<Workload> particles_and_samples()
{
    return {
        {.name = "nbody",
         .contract = nbody::contract(),
         .variants = variants_of(
             {single_threaded("seq", nbody::host, nbody::seq),
              teaching(single_threaded("seq_plain", nbody::host, nbody::seq_plain)),
              omp_team("omp", nbody::host, nbody::omp),
              teaching(omp_team("omp_plain", nbody::host, nbody::omp_plain))},
             nbody::cuda, {teaching(device_kernel("cuda_naive", nbody::cuda_naive))})},
        {.name = "montecarlo",
         .contract = montecarlo::contract(),
         .variants = variants_of(
             {single_threaded("seq", montecarlo::host, montecarlo::seq),
              omp_team("omp", montecarlo::host, montecarlo::omp)},
             montecarlo::cuda,
             {device_library("curand", montecarlo::curand)})},
        {.name = "mandelbrot",
         .contract = mandelbrot::contract(),
         .variants = variants_of(
             {single_threaded("seq", mandelbrot::host, mandelbrot::seq),
              teaching(single_threaded("seq_plain", mandelbrot::host, mandelbrot::seq_plain)),
              omp_team("omp", mandelbrot::host, mandelbrot::omp),
              teaching(omp_team("omp_static", mandelbrot::host, mandelbrot::omp_static)),
              teaching(omp_team("omp_dynamic", mandelbrot::host, mandelbrot::omp_dynamic)),
              teaching(omp_team("omp_guided", mandelbrot::host, mandelbrot::omp_guided))},
             mandelbrot::cuda)},
        {.name = "kmeans",
         .contract = kmeans::contract(),
         .variants = variants_of(
             {single_threaded("seq", kmeans::host, kmeans::seq),
              teaching(single_threaded("seq_plain", kmeans::host, kmeans::seq_plain)),
              omp_team("omp", kmeans::host, kmeans::omp)},
             kmeans::cuda)},
    };
}

std::vector<Workload> factorisation_and_recurrences()
{
    return {
        {.name = "cholesky",
         .contract = cholesky::contract(),
         .variants = variants_of(
             {single_threaded("seq", cholesky::host, cholesky::seq),
              omp_team("omp", cholesky::host, cholesky::omp),
              omp_team("omp_tasks", cholesky::host_tasks, cholesky::omp_tasks),
              host_library("openblas", cholesky::openblas),
              team_library("mkl", cholesky::mkl)},
             cholesky::cuda,
             {device_library("cusolver", cholesky::cusolver)})},
        {.name = "linrec",
         .contract = linrec::contract(),
         .variants = variants_of(
             {single_threaded("seq", linrec::host, linrec::seq),
              teaching(single_threaded("seq_plain", linrec::host, linrec::seq_plain)),
              omp_team("omp", linrec::host, linrec::omp)},
             linrec::cuda)},
        {.name = "histogram",
         .contract = histogram::contract(),
         .variants = variants_of(
             {single_threaded("seq", histogram::host, histogram::seq),
              omp_team("omp", histogram::host, histogram::omp),
              teaching(omp_team("omp_plain", histogram::host, histogram::omp_plain))},
             histogram::cuda, {teaching(device_kernel("cuda_naive", histogram::cuda_naive))})},
    };
}

// What the link between host and device gives: no code to compare with, hence no baseline.
std::vector<Workload> transfers()
{
    return {
        {.name = "transfer",
         .contract = transfer::contract(),
         .variants = pageable_and_pinned(
             {{"h2d", transfer::h2d}, {"d2h", transfer::d2h}, {"both", transfer::both}})},
    };
}

// clang-format on

} // namespace

std::vector<Workload> suite()
{
    std::vector<Workload> workloads;
    for (const auto& part : {bandwidth_ceilings(), compute_ceilings(), reductions_and_scans(),
                             matrices(), grids(), transforms(), particles_and_samples(),
                             factorisation_and_recurrences(), transfers(), concurrency_suite()})
        workloads.insert(workloads.end(), part.begin(), part.end());
    return workloads;
}

} // namespace workspan
