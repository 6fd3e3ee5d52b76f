// SPDX-License-Identifier: Apache-2.0
// Linked instead of the CUDA kernels where there is no CUDA compiler: one line per workload.
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
#include "harness/machine/devices.hpp"

namespace workspan {

namespace {
[[noreturn]] Trial absent() { throw Unavailable("built without CUDA"); }
} // namespace

Devices devices()
{
    return {.gpus = {}, .runtime = {}, .driver = {}, .why_none = "built without CUDA"};
}
std::string use_device(int) { return "built without CUDA"; }
DeviceError kind_of_error(int status)
{
    return status == 0 ? DeviceError::none : DeviceError::other;
}
Seconds device_clock(const Trial&, int) { throw Unavailable("built without CUDA"); }
Seconds cold_device_clock(const Trial&, int) { throw Unavailable("built without CUDA"); }
void assume_multiprocessors(unsigned) {}

// clang-format off
namespace copy { Trial cuda(const Problem&) { return absent(); }
    Trial cuda_memcpy(const Problem&) { return absent(); } }
namespace read { Trial cuda(const Problem&) { return absent(); } }
namespace triad { Trial cuda(const Problem&) { return absent(); } }
namespace fma { template <> Trial cuda<float>(const Problem&) { return absent(); }
                template <> Trial cuda<double>(const Problem&) { return absent(); } }
namespace reduce { Trial cuda(const Problem&) { return absent(); } }
namespace scan { Trial cuda(const Problem&) { return absent(); } }
namespace transpose { Trial cuda(const Problem&) { return absent(); }
    Trial cuda_naive(const Problem&) { return absent(); } }
namespace gemm { Trial cuda(const Problem&) { return absent(); }
    Trial cuda_naive(const Problem&) { return absent(); } }
namespace stencil2d { Trial cuda(const Problem&) { return absent(); } }
namespace stencil3d { Trial cuda(const Problem&) { return absent(); } }
namespace conv2d { Trial cuda(const Problem&) { return absent(); } }
namespace fft { Trial cuda(const Problem&) { return absent(); } }
namespace nbody { Trial cuda(const Problem&) { return absent(); } }
namespace montecarlo { Trial cuda(const Problem&) { return absent(); } }
namespace mandelbrot { Trial cuda(const Problem&) { return absent(); } }
namespace kmeans { Trial cuda(const Problem&) { return absent(); } }
namespace cholesky { Trial cuda(const Problem&) { return absent(); } }
namespace linrec { Trial cuda(const Problem&) { return absent(); } }
namespace histogram { Trial cuda(const Problem&) { return absent(); } }
// clang-format on

} // namespace workspan
