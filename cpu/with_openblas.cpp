// SPDX-License-Identifier: Apache-2.0
// OpenBLAS chooses its kernels once, when it is loaded. A release that does not know the CPU may fall back to kernels of 2004
// (0.3.21 takes Emerald Rapids for a Prescott, six times too slow), and would be no yardstick. So it is loaded here, at run time: if it
// chose kernels older than AVX on a CPU with AVX2, it is loaded anew with OPENBLAS_CORETYPE set to a name that it does not know, on which
// it goes by what the CPU can do. Whoever sets OPENBLAS_CORETYPE decides.
#include "harness/contracts/gemm.hpp"

#include <array>
#include <cblas.h>
#include <cstdlib>
#include <dlfcn.h>

namespace workspan {

namespace {

struct OpenBlas {
    decltype(&cblas_sgemm) sgemm;
    decltype(&openblas_set_num_threads) set_num_threads;
};

template <class Function> Function* symbol(void* library, const char* name)
{
    void* const address = dlsym(library, name);
    if (address == nullptr)
        throw Unavailable(std::string("OpenBLAS has no ") + name);
    return reinterpret_cast<Function*>(address);
}

void* load()
{
    void* const library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        throw Unavailable(dlerror());
    return library;
}

bool chose_old_kernels(void* library)
{
#if defined(__x86_64__)
    constexpr std::array<std::string_view, 4> old = {"Prescott", "Core2", "Nehalem", "Barcelona"};
    const std::string_view chosen = symbol<decltype(openblas_get_corename)>(library, "openblas_get_corename")();
    return __builtin_cpu_supports("avx2") && std::find(old.begin(), old.end(), chosen) != old.end();
#else
    return library == nullptr;
#endif
}

OpenBlas functions()
{
    void* library = load();
    if (std::getenv("OPENBLAS_CORETYPE") == nullptr && chose_old_kernels(library)) {
        dlclose(library);
        setenv("OPENBLAS_CORETYPE", "as this CPU can", 0);
        library = load();
    }
    return {symbol<decltype(cblas_sgemm)>(library, "cblas_sgemm"),
            symbol<decltype(openblas_set_num_threads)>(library, "openblas_set_num_threads")};
}

const OpenBlas& openblas()
{
    static const OpenBlas loaded = functions(); // at the first use, so that other workloads do not run beside its threads
    return loaded;
}

void sgemm(std::size_t n, std::span<const float> a, std::span<const float> b, std::span<float> c)
{
    const auto side = static_cast<blasint>(n);
    const auto lead = std::max<blasint>(side, 1); // BLAS wants a leading dimension even of an empty matrix
    openblas().sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, side, side, side, 1, a.data(), lead, b.data(), lead, 0, c.data(), lead);
}

} // namespace

Trial gemm::openblas(const Problem& problem)
{
    const auto set_num_threads = workspan::openblas().set_num_threads;
    Trial trial = host(problem, sgemm);
    trial.run = [run = std::move(trial.run), set_num_threads, threads = problem.threads] {
        set_num_threads(threads);
        run();
    };
    return trial;
}

} // namespace workspan
