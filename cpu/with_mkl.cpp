// SPDX-License-Identifier: Apache-2.0
// MKL, Intel's library, is found when a variant runs, or not: the build needs nothing of it, so its
// functions are declared here, with the 32-bit integers of its LP64 interface. It runs on the
// OpenMP library of this program (MKL_THREADING_LAYER=GNU), whose team is that of our variants; a
// layer that the user has set takes precedence.
#include "cpu/blas.hpp"
#include "harness/contracts/fft.hpp"
#include "harness/shared_library.hpp"

#include <algorithm>
#include <cstdlib>

namespace workspan {

namespace {

// MKL ends the process if it does not find its parts, which lie beside it: libmkl_core.so.2 beside
// libmkl_rt.so.2.
void require_parts(const SharedLibrary& library)
{
    const std::string_view rt = "libmkl_rt";
    const char* const layer = std::getenv("MKL_THREADING_LAYER");
    const std::filesystem::path file = library.file();
    const std::string suffix = file.filename().string().substr(rt.size());
    std::vector<std::string> parts = {"libmkl_core", "libmkl_intel_lp64"};
    if (layer != nullptr && std::string_view(layer) == "GNU")
        parts.emplace_back("libmkl_gnu_thread");
    for (const std::string& part : parts)
        if (!std::filesystem::exists(file.parent_path() / (part + suffix)))
            throw Unavailable("MKL lacks a part: " + part + suffix + " is missing in " +
                              file.parent_path().string());
}

constexpr std::string_view kMissing =
    "MKL is missing: no libmkl_rt.so found; PyPI's mkl and Debian's intel-mkl have it";

SharedLibrary open_library()
{
    for (const char* name : {"libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so"})
        try {
            return SharedLibrary(name, std::string(kMissing));
        } catch (const Unavailable& e) {
            if (e.what() != kMissing)
                throw;
        }
    throw Unavailable(std::string(kMissing));
}

SharedLibrary load()
{
    setenv("MKL_THREADING_LAYER", "GNU", 0);
    setenv("MKL_INTERFACE_LAYER", "LP64", 1); // the other one has other integers
    SharedLibrary library = open_library();
    require_parts(library);
    return library;
}

template <class Function> Function* function(const char* name)
{
    static const auto& library = *new SharedLibrary(load()); // unloaded by the process's end alone
    return library.function<Function>(name);
}

// MKL's own structure.
struct Version {
    int major, minor, update;
    const char *status, *build, *processor, *platform;
};

// From "Intel(R) Advanced Vector Extensions 2 (Intel(R) AVX2) enabled processors" the kernels; for
// CPUs of others it does not say them.
Library described()
{
    Version of = {};
    function<void(Version*)>("MKL_Get_Version")(&of);
    std::string core = of.processor == nullptr ? "" : of.processor;
    const auto end = core.find(" enabled");
    core = end == core.npos ? "" : core.substr(0, end);
    for (const std::string brand = "Intel(R) "; core.find(brand) != core.npos;)
        core.erase(core.find(brand), brand.size());
    return {"MKL",
            std::to_string(of.major) + "." + std::to_string(of.minor) + "." +
                std::to_string(of.update),
            core};
}

// As many threads as asked, and not only one a core.
void use_threads(int threads)
{
    function<void(int)>("MKL_Set_Dynamic")(0);
    function<void(int)>("MKL_Set_Num_Threads")(threads);
}

Trial with_team(Trial trial, int threads)
{
    return blas::with_team(std::move(trial), described(), use_threads, threads);
}

// By the team that MKL runs on.
void copy_lower(std::size_t n, std::span<const double> a, std::span<double> l)
{
#pragma omp parallel for schedule(static, 64)
    for (std::size_t i = 0; i < n; ++i)
        blas::copy_lower(n, a.data(), l.data(), i, i + 1);
}

// MKL's interface for Fourier transforms (DFTI): its constants, and a descriptor, which is a plan.
constexpr int kComplex = 32, kPlacement = 11, kNotInPlace = 44;

void require_done(long status)
{
    if (status != 0)
        throw std::runtime_error("MKL's DFTI error " + std::to_string(status));
}

struct DescriptorFree {
    void operator()(void* descriptor) const
    {
        function<long(void**)>("DftiFreeDescriptor")(&descriptor);
    }
};
using Descriptor = std::unique_ptr<void, DescriptorFree>;

// For as many threads as were set when it was made.
Descriptor make_descriptor(std::size_t n)
{
    void* raw = nullptr;
    const auto create = function<long(void**, int, long)>("DftiCreateDescriptor_s_1d");
    require_done(create(&raw, kComplex, static_cast<long>(n)));
    Descriptor descriptor(raw);
    require_done(function<long(void*, int, ...)>("DftiSetValue")(raw, kPlacement, kNotInPlace));
    require_done(function<long(void*)>("DftiCommitDescriptor")(raw));
    return descriptor;
}

} // namespace

// The functions are found here, so that a library without them is Unavailable before a run.
Trial gemm::mkl(const Problem& p)
{
    return with_team(blas::multiply(p, function<blas::Sgemm>("cblas_sgemm")), p.threads);
}

Trial cholesky::mkl(const Problem& p)
{
    return with_team(blas::factor(p, function<blas::Potrf>("dpotrf_"), copy_lower), p.threads);
}

Trial fft::mkl(const Problem& p)
{
    const auto transform = function<long(void*, void*, ...)>("DftiComputeForward");
    use_threads(p.threads);
    const std::shared_ptr<void> plan = p.n > 0 ? make_descriptor(p.n) : Descriptor();
    const auto run = [plan, transform](const Input& in, std::span<Complex> out) {
        if (plan) // its interface is not const-correct; out of place it does not write the input
            require_done(transform(plan.get(), const_cast<Complex*>(in.values.data()), out.data()));
    };
    return with_team(
        host_trial(input(p), HostArray<Complex>(p.n, p.threads), cost(p.n), check, run), p.threads);
}

} // namespace workspan
