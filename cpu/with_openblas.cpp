// SPDX-License-Identifier: Apache-2.0
// OpenBLAS chooses its kernels once, when it is loaded. A release older than the CPU may fall back
// to kernels of 2004 (0.3.21 takes Emerald Rapids for a Prescott, six times too slow) and would not
// be a fair reference. So it is loaded here, at run time: if it chose kernels older than AVX on a
// CPU with AVX2, it is loaded again with OPENBLAS_CORETYPE set to a name unknown to it, which makes
// it choose by the CPU's feature flags. Its idle threads spin for 2^26 ticks of the clock, and the
// next sample of another case would have to wait for them; 2^20 ticks are still more than any pause
// within a call. What the user has set of both takes precedence.
#include "cpu/blas.hpp"
#include "harness/shared_library.hpp"

#include <array>
#include <cblas.h>
#include <cstdlib>
#include <omp.h>
#include <sstream>
#include <thread>

namespace workspan {

namespace {

SharedLibrary open_library()
{
    return SharedLibrary(
        "libopenblas.so.0",
        "OpenBLAS is missing: no libopenblas.so.0 found; Debian's libopenblas0 has it");
}

bool chose_old_kernels([[maybe_unused]] const SharedLibrary& library)
{
#if defined(__x86_64__)
    constexpr std::array<std::string_view, 4> old = {"Prescott", "Core2", "Nehalem", "Barcelona"};
    const std::string_view core =
        library.function<decltype(openblas_get_corename)>("openblas_get_corename")();
    return __builtin_cpu_supports("avx2") && std::find(old.begin(), old.end(), core) != old.end();
#else
    return false;
#endif
}

SharedLibrary load()
{
    setenv("OPENBLAS_THREAD_TIMEOUT", "20", 0);
    {
        SharedLibrary library = open_library();
        if (std::getenv("OPENBLAS_CORETYPE") != nullptr || !chose_old_kernels(library))
            return library;
    }
    setenv("OPENBLAS_CORETYPE", "as this CPU can", 0);
    return open_library();
}

// Loaded at the first use, so that other workloads do not share the cores with its threads.
template <class Function> Function* function(const char* name)
{
    static const auto& library = *new SharedLibrary(load()); // unloaded by the process's end alone
    return library.function<Function>(name);
}

// Its configuration begins with its name and version: "OpenBLAS 0.3.21 DYNAMIC_ARCH ...".
Library described()
{
    std::istringstream config(function<decltype(openblas_get_config)>("openblas_get_config")());
    std::string name, version;
    config >> name >> version;
    return {name, version, function<decltype(openblas_get_corename)>("openblas_get_corename")()};
}

Trial with_team(Trial trial, int threads)
{
    const auto set_threads =
        function<decltype(openblas_set_num_threads)>("openblas_set_num_threads");
    return blas::with_team(std::move(trial), described(), set_threads, threads);
}

static_assert(std::is_same_v<blasint, int>, "blas.hpp declares 32-bit integers");

// By threads that are joined before the factorisation: an OpenMP team would still spin on the cores
// that OpenBLAS's own threads need (measured: up to 1.4 times slower).
void copy_lower(std::size_t n, std::span<const double> a, std::span<double> l)
{
    // Rows whose copy takes several times as long as starting a thread.
    constexpr std::size_t worth_a_thread = 512;
    const auto team = std::min(std::max<std::size_t>(n / worth_a_thread, 1),
                               static_cast<std::size_t>(omp_get_max_threads()));
    std::vector<std::jthread> others;
    for (std::size_t k = 1; k < team; ++k)
        others.emplace_back(
            [=] { blas::copy_lower(n, a.data(), l.data(), n * k / team, n * (k + 1) / team); });
    blas::copy_lower(n, a.data(), l.data(), 0, n / team);
}

} // namespace

// The functions are found here, so that a library without them is Unavailable before a run.
Trial gemm::openblas(const Problem& p)
{
    return with_team(blas::multiply(p, function<blas::Sgemm>("cblas_sgemm")), p.threads);
}

Trial cholesky::openblas(const Problem& p)
{
    return with_team(blas::factor(p, function<blas::Potrf>("dpotrf_"), copy_lower), p.threads);
}

} // namespace workspan
