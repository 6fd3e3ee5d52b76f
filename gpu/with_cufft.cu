// SPDX-License-Identifier: Apache-2.0
// Linked if cuFFT is installed, else without_cufft.cpp: the ceiling of fft on a GPU.
#include "gpu/library_version.hpp"
#include "gpu/trial.cuh"
#include "harness/contracts/fft.hpp"
#include "harness/shared_library.hpp"

#include <cufft.h>

namespace workspan {

namespace {

// The functions of cuFFT that are used, loaded at the first use: see SharedLibrary.
struct Cufft {
    SharedLibrary library{"libcufft.so." + std::to_string(CUFFT_VER_MAJOR)};
    template <class F> F* function(const char* name) const { return library.function<F>(name); }

    decltype(&cufftPlan1d) plan_1d = function<decltype(cufftPlan1d)>("cufftPlan1d");
    decltype(&cufftDestroy) destroy = function<decltype(cufftDestroy)>("cufftDestroy");
    decltype(&cufftSetStream) set_stream = function<decltype(cufftSetStream)>("cufftSetStream");
    decltype(&cufftGetProperty) get_property =
        function<decltype(cufftGetProperty)>("cufftGetProperty");
    decltype(&cufftExecC2C) exec_c2c = function<decltype(cufftExecC2C)>("cufftExecC2C");
};

const Cufft& cufft_functions()
{
    static const auto& loaded = *new Cufft; // unloaded by the process's end alone
    return loaded;
}

void check(cufftResult status, std::source_location place = std::source_location::current())
{
    if (status == CUFFT_SUCCESS)
        return;
    const std::string message = "cuFFT error " + std::to_string(status) + ", at " +
                                place.file_name() + ":" + std::to_string(place.line());
    if (status == CUFFT_ALLOC_FAILED)
        throw OutOfMemory("not enough device memory: " + message);
    throw std::runtime_error(message);
}

// A plan with its workspace, bound to stream(); empty for n = 0, which cuFFT does not support.
class Plan {
public:
    explicit Plan(std::size_t n) : has_plan_(n > 0)
    {
        if (!has_plan_)
            return;
        check(cufft_functions().plan_1d(&plan_, static_cast<int>(n), CUFFT_C2C, 1));
        check(cufft_functions().set_stream(plan_, stream()));
    }
    ~Plan()
    {
        if (has_plan_)
            cufft_functions().destroy(plan_);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    void forward(cufftComplex* x, cufftComplex* out)
    {
        if (has_plan_)
            check(cufft_functions().exec_c2c(plan_, x, out, CUFFT_FORWARD));
    }

private:
    bool has_plan_;
    cufftHandle plan_ = 0;
};

struct Arrays {
    explicit Arrays(const fft::Input& in)
        : x(in.values.size()), out(in.values.size()), plan(in.values.size())
    {
    }
    DeviceArray<fft::Complex> x, out;
    Plan plan;
};

cufftComplex* raw(fft::Complex* p) { return reinterpret_cast<cufftComplex*>(p); }

Uploads uploads(const fft::Input& in, Arrays& on) { return {{on.x, in.values}}; }

void launch(const fft::Input&, Arrays& on)
{
    on.plan.forward(raw(on.x.data()), raw(on.out.data()));
}

} // namespace

Trial fft::cufft(const Problem& p)
{
    require_device();
    if (p.n > std::size_t(std::numeric_limits<int>::max()))
        throw Unavailable("cuFFT's plan counts elements in an int");
    return of_library(device_trial<Arrays>(p, input, cost, check, uploads, launch), "cuFFT",
                      version_by(cufft_functions().get_property));
}

} // namespace workspan
