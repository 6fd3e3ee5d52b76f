// SPDX-License-Identifier: Apache-2.0
// Linked if cuSOLVER is installed, else without_cusolver.cpp: the ceiling of cholesky on a GPU.
#include "gpu/library_version.hpp"
#include "gpu/lower_triangle.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/cholesky.hpp"
#include "harness/shared_library.hpp"

#include <cusolverDn.h>

namespace workspan {

namespace {

// The functions of cuSOLVER that are used, loaded at the first use: see SharedLibrary.
struct Cusolver {
    SharedLibrary library{"libcusolver.so." + std::to_string(CUSOLVER_VER_MAJOR)};
    template <class F> F* function(const char* name) const { return library.function<F>(name); }

    decltype(&cusolverDnCreate) create = function<decltype(cusolverDnCreate)>("cusolverDnCreate");
    decltype(&cusolverDnDestroy) destroy =
        function<decltype(cusolverDnDestroy)>("cusolverDnDestroy");
    decltype(&cusolverGetProperty) get_property =
        function<decltype(cusolverGetProperty)>("cusolverGetProperty");
    decltype(&cusolverDnSetStream) set_stream =
        function<decltype(cusolverDnSetStream)>("cusolverDnSetStream");
    decltype(&cusolverDnDpotrf_bufferSize) dpotrf_buffer_size =
        function<decltype(cusolverDnDpotrf_bufferSize)>("cusolverDnDpotrf_bufferSize");
    decltype(&cusolverDnDpotrf) dpotrf = function<decltype(cusolverDnDpotrf)>("cusolverDnDpotrf");
};

const Cusolver& cusolver()
{
    static const auto& loaded = *new Cusolver; // unloaded by the process's end alone
    return loaded;
}

void check(cusolverStatus_t status, std::source_location place = std::source_location::current())
{
    if (status == CUSOLVER_STATUS_SUCCESS)
        return;
    const std::string message = "cuSOLVER error " + std::to_string(status) + ", at " +
                                place.file_name() + ":" + std::to_string(place.line());
    if (status == CUSOLVER_STATUS_ALLOC_FAILED)
        throw OutOfMemory("not enough device memory: " + message);
    throw std::runtime_error(message);
}

struct HandleDestroy {
    void operator()(cusolverDnHandle_t handle) const noexcept { cusolver().destroy(handle); }
};
using Handle = std::unique_ptr<cusolverDnContext, HandleDestroy>;

Handle make_handle() // bound to stream()
{
    cusolverDnHandle_t raw = nullptr;
    check(cusolver().create(&raw));
    Handle handle(raw);
    check(cusolver().set_stream(raw, stream()));
    return handle;
}

// Our rows are its columns, so that our lower triangle is its upper one.
constexpr cublasFillMode_t kTriangle = CUBLAS_FILL_MODE_UPPER;

std::size_t workspace(const Handle& handle, DeviceArray<double>& l, std::size_t n)
{
    int elements = 0;
    if (n > 0)
        check(cusolver().dpotrf_buffer_size(handle.get(), kTriangle, static_cast<int>(n), l.data(),
                                            static_cast<int>(n), &elements));
    return static_cast<std::size_t>(elements);
}

struct Arrays {
    explicit Arrays(const cholesky::Input& in)
        : a(in.a.size()), out(in.a.size()), handle(make_handle()),
          work(workspace(handle, out, in.n)), info(1)
    {
    }
    DeviceArray<double> a, out;
    Handle handle;
    DeviceArray<double> work;
    DeviceArray<int> info; // not 0 if A is not positive definite; L then fails the check
};

Uploads uploads(const cholesky::Input& in, Arrays& on) { return {{on.a, in.a}}; }

// potrf works in place and leaves the other triangle as it is.
void launch(const cholesky::Input& in, Arrays& on)
{
    if (in.n == 0)
        return;
    copy_lower_triangle(in.n, on.a.data(), on.out.data());
    const auto n = static_cast<int>(in.n);
    check(cusolver().dpotrf(on.handle.get(), kTriangle, n, on.out.data(), n, on.work.data(),
                            static_cast<int>(on.work.size()), on.info.data()));
}

Trial described(Trial trial)
{
    return of_library(std::move(trial), "cuSOLVER", version_by(cusolver().get_property));
}

} // namespace

Trial cholesky::cusolver(const Problem& p)
{
    return described(device_trial<Arrays>(p, input, cost, check, uploads, launch));
}

} // namespace workspan
