// SPDX-License-Identifier: Apache-2.0
// Linked if cuBLAS is installed, else without_cublas.cpp: the ceilings of gemm and transpose on a
// GPU.
#include "gpu/library_version.hpp"
#include "gpu/trial.cuh"
#include "harness/contracts/gemm.hpp"
#include "harness/contracts/transpose.hpp"
#include "harness/shared_library.hpp"

#include <cublas_v2.h>

namespace workspan {

namespace {

// The functions of cuBLAS that are used, loaded at the first use: see SharedLibrary.
struct Cublas {
    SharedLibrary library{"libcublas.so." + std::to_string(CUBLAS_VER_MAJOR)};
    template <class F> F* function(const char* name) const { return library.function<F>(name); }

    decltype(&cublasCreate_v2) create = function<decltype(cublasCreate_v2)>("cublasCreate_v2");
    decltype(&cublasDestroy_v2) destroy = function<decltype(cublasDestroy_v2)>("cublasDestroy_v2");
    decltype(&cublasSetStream_v2) set_stream =
        function<decltype(cublasSetStream_v2)>("cublasSetStream_v2");
    decltype(&cublasSetMathMode) set_math_mode =
        function<decltype(cublasSetMathMode)>("cublasSetMathMode");
    decltype(&cublasSgemm_v2) sgemm = function<decltype(cublasSgemm_v2)>("cublasSgemm_v2");
    decltype(&cublasSgeam) sgeam = function<decltype(cublasSgeam)>("cublasSgeam");
    decltype(&cublasGetProperty) get_property =
        function<decltype(cublasGetProperty)>("cublasGetProperty");
    decltype(&cublasGetStatusName) status_name =
        function<decltype(cublasGetStatusName)>("cublasGetStatusName");
    decltype(&cublasGetStatusString) status_string =
        function<decltype(cublasGetStatusString)>("cublasGetStatusString");
};

const Cublas& cublas()
{
    static const auto& loaded = *new Cublas; // unloaded by the process's end alone
    return loaded;
}

void check(cublasStatus_t status, std::source_location place = std::source_location::current())
{
    if (status == CUBLAS_STATUS_SUCCESS)
        return;
    const std::string message = std::string(cublas().status_name(status)) + " (" +
                                std::to_string(status) + "): " + cublas().status_string(status) +
                                ", at " + place.file_name() + ":" + std::to_string(place.line());
    if (status == CUBLAS_STATUS_ALLOC_FAILED)
        throw OutOfMemory("not enough device memory: " + message);
    throw std::runtime_error(message);
}

struct HandleDestroy {
    void operator()(cublasHandle_t handle) const noexcept { cublas().destroy(handle); }
};
using Handle = std::unique_ptr<cublasContext, HandleDestroy>;

// Bound to stream(). Default arithmetic is true float: cuBLAS uses tensor cores for it on request
// only.
Handle make_handle()
{
    cublasHandle_t raw = nullptr;
    check(cublas().create(&raw));
    Handle handle(raw);
    check(cublas().set_stream(raw, stream()));
    check(cublas().set_math_mode(raw, CUBLAS_DEFAULT_MATH));
    return handle;
}

struct Product {
    explicit Product(const gemm::Input& in)
        : a(in.a.size()), b(in.b.size()), out(in.a.size()), handle(make_handle())
    {
    }
    DeviceArray<float> a, b, out;
    Handle handle;
};

Uploads uploads(const gemm::Input& in, Product& on) { return {{on.a, in.a}, {on.b, in.b}}; }

// cuBLAS is column-major: it sees the transposed matrices, and C' = B' A' swaps the operands.
void launch(const gemm::Input& in, Product& on)
{
    const auto n = static_cast<int>(in.n);
    const float one = 1, zero = 0;
    if (n > 0)
        check(cublas().sgemm(on.handle.get(), CUBLAS_OP_N, CUBLAS_OP_N, n, n, n, &one, on.b.data(),
                             n, on.a.data(), n, &zero, on.out.data(), n));
}

struct Transposition {
    explicit Transposition(const transpose::Input& input)
        : in(input.matrix.size()), out(input.matrix.size()), handle(make_handle())
    {
    }
    DeviceArray<float> in, out;
    Handle handle;
};

Uploads uploads(const transpose::Input& input, Transposition& on)
{
    return {{on.in, input.matrix}};
}

// out = 1 in' + 0 in. With a factor of zero the second matrix is not read.
void launch(const transpose::Input& input, Transposition& on)
{
    const auto n = static_cast<int>(input.n);
    const float one = 1, zero = 0;
    if (n > 0)
        check(cublas().sgeam(on.handle.get(), CUBLAS_OP_T, CUBLAS_OP_N, n, n, &one, on.in.data(), n,
                             &zero, on.in.data(), n, on.out.data(), n));
}

Trial described(Trial trial)
{
    return of_library(std::move(trial), "cuBLAS", version_by(cublas().get_property));
}

} // namespace

Trial gemm::cublas(const Problem& p)
{
    return described(device_trial<Product>(
        p, input, cost, check, [](const Input& in, Product& on) { return uploads(in, on); },
        [](const Input& in, Product& on) { launch(in, on); }));
}

Trial transpose::cublas(const Problem& p)
{
    return described(device_trial<Transposition>(
        p, input, cost, check, [](const Input& in, Transposition& on) { return uploads(in, on); },
        [](const Input& in, Transposition& on) { launch(in, on); }));
}

} // namespace workspan
