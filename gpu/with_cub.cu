// SPDX-License-Identifier: Apache-2.0
// Linked if CUB is installed, else without_cub.cpp: the ceilings of reduce and scan on a GPU. A
// call with a null pointer returns the size of CUB's scratch memory, which is allocated before any
// run. Kernels with 32-bit counts are faster, so 64-bit counts are for longer arrays only.
#include "gpu/library_version.hpp"
#include "gpu/trial.cuh"
#include "harness/contracts/reduce.hpp"
#include "harness/contracts/scan.hpp"

#include <cub/device/device_reduce.cuh>
#include <cub/device/device_scan.cuh>
#include <cub/version.cuh>

namespace workspan {

namespace {

template <class Call> void with_count(std::size_t n, Call call)
{
    if (n <= std::size_t(std::numeric_limits<int>::max()))
        call(static_cast<int>(n));
    else
        call(static_cast<std::int64_t>(n));
}

void reduce_with_cub(void* scratch, std::size_t& bytes, DeviceArray<float>& in,
                     DeviceArray<float>& out)
{
    with_count(in.size(), [&](auto n) {
        check(cub::DeviceReduce::Sum(scratch, bytes, in.data(), out.data(), n, stream()));
    });
}

void scan_with_cub(void* scratch, std::size_t& bytes, DeviceArray<std::uint32_t>& in,
                   DeviceArray<std::uint32_t>& out)
{
    with_count(in.size(), [&](auto n) {
        check(cub::DeviceScan::InclusiveSum(scratch, bytes, in.data(), out.data(), n, stream()));
    });
}

// The arrays of a call with the signature of the two above.
template <auto call, class T> struct Arrays {
    Arrays(std::size_t n_in, std::size_t n_out)
        : in(n_in), out(n_out), scratch_bytes(query_scratch()), scratch(scratch_bytes)
    {
    }
    DeviceArray<T> in, out;
    std::size_t scratch_bytes;
    DeviceArray<std::byte> scratch;

    void run() { call(scratch.data(), scratch_bytes, in, out); }

private:
    std::size_t query_scratch()
    {
        std::size_t bytes = 0;
        call(nullptr, bytes, in, out);
        return std::max<std::size_t>(bytes, 1); // a null pointer would query again
    }
};

struct ReduceArrays : Arrays<reduce_with_cub, float> {
    explicit ReduceArrays(const reduce::Input& from) : Arrays(from.values.size(), 1) {}
};

struct ScanArrays : Arrays<scan_with_cub, std::uint32_t> {
    explicit ScanArrays(const scan::Input& from) : Arrays(from.size(), from.size()) {}
};

Trial described(Trial trial)
{
    return of_library(std::move(trial), "CUB",
                      joined_version(CUB_MAJOR_VERSION, CUB_MINOR_VERSION, CUB_SUBMINOR_VERSION));
}

} // namespace

Trial reduce::cub(const Problem& p)
{
    const auto uploads = [](const Input& in, ReduceArrays& on) -> Uploads {
        return {{on.in, in.values}};
    };
    return described(device_trial<ReduceArrays>(p, input, cost, check, uploads,
                                                [](const Input&, ReduceArrays& on) { on.run(); }));
}

Trial scan::cub(const Problem& p)
{
    const auto uploads = [](const Input& in, ScanArrays& on) -> Uploads {
        return {{on.in, {in.data(), in.size()}}};
    };
    return described(device_trial<ScanArrays>(p, input, cost, check, uploads,
                                              [](const Input&, ScanArrays& on) { on.run(); }));
}

} // namespace workspan
