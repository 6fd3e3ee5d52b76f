// SPDX-License-Identifier: Apache-2.0
// The table of contents: one row per workload. Tests, listing and measurement follow from it.
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
#include "harness/contracts/transpose.hpp"
#include "harness/contracts/triad.hpp"

#include <algorithm>
#include <omp.h>

namespace workspan {

namespace {

using Make = std::function<Trial(const Problem&)>;

// A row that says 8 threads must have run on 8: OMP_THREAD_LIMIT or the system may give fewer.
void require_threads(int team)
{
    omp_set_dynamic(0);
    omp_set_num_threads(team);
    int got = 0;
#pragma omp parallel
#pragma omp single
    got = omp_get_num_threads();
    if (got != team)
        throw Unavailable("OpenMP gives " + std::to_string(got) + " threads instead of " +
                          std::to_string(team));
}

// A host variant: whatever it calls runs with as many OpenMP threads as the problem has.
Variant on_host(std::string name, Threads threads, Make make)
{
    const auto prepare = [make = std::move(make)](const Problem& problem) {
        require_threads(problem.threads);
        Trial trial = make(problem);
        trial.run = [run = std::move(trial.run), team = problem.threads] {
            omp_set_num_threads(team);
            run();
        };
        return trial;
    };
    return {std::move(name), wall_clock, threads, Scope::host, prepare};
}

// host is a contract's host(problem, kernel).
template <class Host, class Kernel> Variant one(std::string name, Host host, Kernel* kernel)
{
    return on_host(std::move(name), Threads::one,
                   [=](const Problem& p) { return host(p, kernel); });
}

template <class Host, class Kernel> Variant team(std::string name, Host host, Kernel* kernel)
{
    return on_host(std::move(name), Threads::team,
                   [=](const Problem& p) { return host(p, kernel); });
}

Variant resident(std::string name, Make make)
{
    return {std::move(name), device_clock,    Threads::one,
            Scope::kernel,   std::move(make), cold_device_clock};
}

// With both transfers, from and to pageable or page-locked memory.
Variant pageable(Make make)
{
    return {"cuda_e2e", wall_clock, Threads::one, Scope::e2e, std::move(make)};
}

Variant pinned(Make make)
{
    const auto prepare = [make = std::move(make)](Problem problem) {
        problem.page_locked = true;
        return make(problem);
    };
    return {"cuda_pinned", wall_clock, Threads::one, Scope::e2e, prepare, nullptr, true};
}

std::vector<std::size_t> two_to(std::initializer_list<int> exponents)
{
    std::vector<std::size_t> sizes;
    for (const int k : exponents)
        sizes.push_back(std::size_t(1) << k);
    return sizes;
}

// Awkward sizes where the usual ones are too long: around vector widths, register blocks and cache
// blocks.
const std::vector<std::size_t> kChains = {0,  1,   2,   31,  32,
                                          33, 255, 256, 257, 10007}; // of fma, 8192 flops each
const std::vector<std::size_t> kBodies = {
    0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 129, 511, 512, 513, 1025, 1500}; // of nbody, n^2 pairs
const std::vector<std::size_t> kSides = {0,  1,  2,  3,  7,  15,  16,  17,  31,
                                         32, 33, 63, 64, 65, 255, 256, 257, 401};
const std::vector<std::size_t> kSquares = {0,  1,  2,  3,  7,  8,   9,   15,  16,  17, 31,
                                           32, 33, 63, 64, 65, 127, 255, 256, 257, 401};
// Around one and four vectors of counters, two samples each, and the 64 counters at which a team's
// parts are cut.
const std::vector<std::size_t> kSamples = {0,  1,  2,   3,   15,  16,  17,  31,  32,    33,     63,
                                           64, 65, 127, 128, 129, 255, 256, 257, 10007, 1000003};

// Of scans: also around the tiles of the kernels on the device, and long enough for several blocks
// of a team.
const std::vector<std::size_t> kScans = {0,    1,    2,    7,    8,      9,      15,  16,
                                         17,   31,   32,   33,   255,    256,    257, 2047,
                                         2049, 4095, 4096, 4097, 150001, 1000003};
const std::vector<std::size_t> kPowers = {
    0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 1 << 14, 1 << 15, 1 << 18};
const std::vector<std::size_t> kTiles = {0,   1,   2,   3,   7,   8,   9,   15,  16, 17,
                                         31,  32,  33,  63,  64,  65,  95,  96,  97, 127,
                                         128, 129, 191, 192, 193, 255, 256, 257, 401};

} // namespace

std::vector<int> openmp_cpus()
{
    std::vector<int> cpus;
    for (int place = 0; place < omp_get_num_places(); ++place) {
        std::vector<int> ids(static_cast<std::size_t>(omp_get_place_num_procs(place)));
        omp_get_place_proc_ids(place, ids.data());
        cpus.insert(cpus.end(), ids.begin(), ids.end());
    }
    std::sort(cpus.begin(), cpus.end());
    cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
    return cpus;
}

// clang-format off
std::vector<Workload> suite()
{
    return {
        {"copy", copy::summary, two_to({10, 12, 16, 20, 24, 27}), two_to({12, 16, 24}), "copy", copy::footprint,
            {one("seq", copy::host, copy::seq), one("memcpy", copy::host, copy::memcpy), team("omp", copy::host, copy::omp),
             resident("cuda", copy::cuda), resident("cuda_memcpy", copy::cuda_memcpy), pageable(copy::cuda_e2e), pinned(copy::cuda_e2e)}},
        {"read", read::summary, two_to({10, 12, 16, 20, 24, 27}), two_to({16, 27}), "read", read::footprint,
            {one("seq", read::host, read::seq), team("omp", read::host, read::omp),
             resident("cuda", read::cuda), pageable(read::cuda_e2e), pinned(read::cuda_e2e)}},
        {"triad", triad::summary, two_to({10, 12, 16, 20, 24, 27}), two_to({12, 24}), "triad", triad::footprint,
            {one("seq", triad::host, triad::seq), one("seq_plain", triad::host, triad::seq_plain), team("omp", triad::host, triad::omp),
             resident("cuda", triad::cuda), pageable(triad::cuda_e2e), pinned(triad::cuda_e2e)}},
        {"fma", fma::summary, two_to({10, 14, 18, 22}), two_to({10, 18}), "fma", fma::footprint<float>,
            {one("seq", fma::host<float>, fma::seq<float>), team("omp", fma::host<float>, fma::omp<float>),
             resident("cuda", fma::cuda<float>), pageable(fma::cuda_e2e<float>), pinned(fma::cuda_e2e<float>)}, {}, kChains},
        {"dfma", fma::double_summary, two_to({10, 14, 18, 22}), two_to({10, 18}), "dfma", fma::footprint<double>,
            {one("seq", fma::host<double>, fma::seq<double>), team("omp", fma::host<double>, fma::omp<double>),
             resident("cuda", fma::cuda<double>), pageable(fma::cuda_e2e<double>), pinned(fma::cuda_e2e<double>)}, {}, kChains},
        {"reduce", reduce::summary, two_to({12, 16, 20, 24, 26, 28}), two_to({16, 28}), "read", reduce::footprint,
            {one("seq", reduce::host, reduce::seq), team("omp", reduce::host, reduce::omp), on_host("tbb", Threads::team, reduce::tbb),
             resident("cuda", reduce::cuda), resident("cub", reduce::cub), pageable(reduce::cuda_e2e), pinned(reduce::cuda_e2e)}},
        {"scan", scan::summary, two_to({12, 16, 20, 24, 26, 28}), two_to({16, 26}), "copy", scan::footprint,
            {one("seq", scan::host, scan::seq), one("seq_plain", scan::host, scan::seq_plain), team("omp", scan::host, scan::omp),
             on_host("tbb", Threads::team, scan::tbb),
             resident("cuda", scan::cuda), resident("cub", scan::cub), pageable(scan::cuda_e2e), pinned(scan::cuda_e2e)}, {}, kScans},
        {"transpose", transpose::summary, {256, 1024, 4096, 8192, 16384}, {256, 8192}, "copy", transpose::footprint,
            {one("seq", transpose::host, transpose::seq), one("seq_plain", transpose::host, transpose::seq_plain),
             team("omp", transpose::host, transpose::omp),
             resident("cuda", transpose::cuda), resident("cuda_naive", transpose::cuda_naive), resident("cublas", transpose::cublas),
             pageable(transpose::cuda_e2e), pinned(transpose::cuda_e2e)}, {}, kSquares},
        {"gemm", gemm::summary, {128, 256, 512, 1024, 2048, 4096, 8192}, {256, 2048}, "fma", gemm::footprint,
            {one("seq", gemm::host, gemm::seq), team("omp", gemm::host, gemm::omp), on_host("openblas", Threads::team, gemm::openblas),
             resident("cuda", gemm::cuda), resident("cuda_naive", gemm::cuda_naive), resident("cublas", gemm::cublas),
             pageable(gemm::cuda_e2e), pinned(gemm::cuda_e2e)}, {}, kSides},
        {"stencil2d", stencil2d::summary, {256, 1024, 4096, 8192}, {256, 4096}, "copy", stencil2d::footprint,
            {one("seq", stencil2d::host, stencil2d::seq), one("seq_sweeps", stencil2d::host_with_scratch, stencil2d::seq_sweeps),
             team("omp", stencil2d::host_with_scratch, stencil2d::omp), team("omp_tiled", stencil2d::host, stencil2d::omp_tiled),
             resident("cuda", stencil2d::cuda), pageable(stencil2d::cuda_e2e), pinned(stencil2d::cuda_e2e)}, {},
            {0, 1, 2, 3, 4, 15, 16, 17, 18, 19, 63, 64, 65, 256, 320, 321, 577, 641}},
        {"stencil3d", stencil3d::summary, {32, 64, 128, 256, 512}, {32, 256}, "copy", stencil3d::footprint,
            {one("seq", stencil3d::host, stencil3d::seq), one("seq_sweeps", stencil3d::host, stencil3d::seq_sweeps),
             team("omp", stencil3d::host, stencil3d::omp), team("omp_tiled", stencil3d::host, stencil3d::omp_tiled),
             resident("cuda", stencil3d::cuda), pageable(stencil3d::cuda_e2e), pinned(stencil3d::cuda_e2e)}, {},
            {0, 1, 2, 3, 4, 15, 16, 17, 18, 19, 31, 32, 33, 64, 97, 100}},
        {"conv2d", conv2d::summary, {512, 2048, 4096, 8192}, {512, 4096}, "fma", conv2d::footprint,
            {one("seq", conv2d::host, conv2d::seq), one("seq_plain", conv2d::host, conv2d::seq_plain), team("omp", conv2d::host, conv2d::omp),
             resident("cuda", conv2d::cuda), pageable(conv2d::cuda_e2e), pinned(conv2d::cuda_e2e)}, {}, kSides},
        {"fft", fft::summary, two_to({10, 14, 16, 20, 24}), two_to({14, 20}), "fma", fft::footprint,
            {one("seq", fft::host, fft::seq), team("omp", fft::host, fft::omp), on_host("fftw", Threads::team, fft::fftw),
             resident("cuda", fft::cuda), resident("cufft", fft::cufft), pageable(fft::cuda_e2e), pinned(fft::cuda_e2e)}, {}, kPowers},
        {"nbody", nbody::summary, two_to({10, 12, 14, 16}), two_to({10, 14}), "fma", nbody::footprint,
            {one("seq", nbody::host, nbody::seq), one("seq_plain", nbody::host, nbody::seq_plain), team("omp", nbody::host, nbody::omp),
             resident("cuda", nbody::cuda), pageable(nbody::cuda_e2e), pinned(nbody::cuda_e2e)}, {}, kBodies},
        {"montecarlo", montecarlo::summary, two_to({20, 24, 28, 30}), two_to({20, 24}), "", montecarlo::footprint,
            {one("seq", montecarlo::host, montecarlo::seq), team("omp", montecarlo::host, montecarlo::omp),
             resident("cuda", montecarlo::cuda), resident("curand", montecarlo::curand),
             pageable(montecarlo::cuda_e2e), pinned(montecarlo::cuda_e2e)},
            {}, kSamples},
        {"mandelbrot", mandelbrot::summary, {512, 2048, 8192}, {512, 2048}, "fma", mandelbrot::footprint,
            {one("seq", mandelbrot::host, mandelbrot::seq), one("seq_plain", mandelbrot::host, mandelbrot::seq_plain),
             team("omp", mandelbrot::host, mandelbrot::omp), team("omp_static", mandelbrot::host, mandelbrot::omp_static),
             team("omp_dynamic", mandelbrot::host, mandelbrot::omp_dynamic), team("omp_guided", mandelbrot::host, mandelbrot::omp_guided),
             resident("cuda", mandelbrot::cuda), pageable(mandelbrot::cuda_e2e), pinned(mandelbrot::cuda_e2e)}, {}, kSides},
        {"kmeans", kmeans::summary, two_to({14, 18, 20}), two_to({14, 18}), "fma", kmeans::footprint,
            {one("seq", kmeans::host, kmeans::seq), one("seq_plain", kmeans::host, kmeans::seq_plain), team("omp", kmeans::host, kmeans::omp),
             resident("cuda", kmeans::cuda), pageable(kmeans::cuda_e2e), pinned(kmeans::cuda_e2e)},
            {}, {0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1000, 4161}},
        {"cholesky", cholesky::summary, {256, 1024, 2048, 4096}, {256, 2048}, "dfma", cholesky::footprint,
            {one("seq", cholesky::host, cholesky::seq), team("omp", cholesky::host, cholesky::omp),
             team("omp_tasks", cholesky::host, cholesky::omp_tasks), on_host("openblas", Threads::team, cholesky::openblas),
             resident("cuda", cholesky::cuda), resident("cusolver", cholesky::cusolver),
             pageable(cholesky::cuda_e2e), pinned(cholesky::cuda_e2e)}, {}, kTiles},
        {"linrec", linrec::summary, two_to({12, 16, 20, 24, 26}), two_to({12, 24}), "triad", linrec::footprint,
            {one("seq", linrec::host, linrec::seq), one("seq_plain", linrec::host, linrec::seq_plain), team("omp", linrec::host, linrec::omp),
             resident("cuda", linrec::cuda), pageable(linrec::cuda_e2e), pinned(linrec::cuda_e2e)}, {}, kScans},
        {"histogram", histogram::summary, two_to({16, 20, 24, 28}), two_to({16, 28}), "read", histogram::footprint,
            {one("seq", histogram::host, histogram::seq), team("omp", histogram::host, histogram::omp),
             resident("cuda", histogram::cuda), pageable(histogram::cuda_e2e), pinned(histogram::cuda_e2e)}, {"uniform", "zipf"}},
    };
}
// clang-format on

} // namespace workspan
