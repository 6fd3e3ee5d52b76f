// SPDX-License-Identifier: Apache-2.0
// Linked instead of the CUDA kernels without a CUDA compiler: one line per workload.
#include "harness/contracts/busy.hpp"
#include "harness/contracts/cholesky.hpp"
#include "harness/contracts/contention.hpp"
#include "harness/contracts/conv2d.hpp"
#include "harness/contracts/copy.hpp"
#include "harness/contracts/dispatch.hpp"
#include "harness/contracts/fft.hpp"
#include "harness/contracts/fma.hpp"
#include "harness/contracts/futures.hpp"
#include "harness/contracts/gemm.hpp"
#include "harness/contracts/histogram.hpp"
#include "harness/contracts/kmeans.hpp"
#include "harness/contracts/linrec.hpp"
#include "harness/contracts/mandelbrot.hpp"
#include "harness/contracts/montecarlo.hpp"
#include "harness/contracts/nbody.hpp"
#include "harness/contracts/overlap.hpp"
#include "harness/contracts/read.hpp"
#include "harness/contracts/reduce.hpp"
#include "harness/contracts/scan.hpp"
#include "harness/contracts/stencil2d.hpp"
#include "harness/contracts/stencil3d.hpp"
#include "harness/contracts/transfer.hpp"
#include "harness/contracts/transpose.hpp"
#include "harness/contracts/triad.hpp"
#include "harness/machine/devices.hpp"

namespace workspan {

namespace {
using P = const Problem&;
[[noreturn]] void absent() { throw Unavailable("built without CUDA"); }
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
Seconds device_clock(const Trial&, int) { absent(); }
Seconds cold_device_clock(const Trial&, int) { absent(); }
void assume_multiprocessors(unsigned) {}

// clang-format off
namespace copy { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); }
                 Trial cuda_memcpy(P) { absent(); } }
namespace read { Trial cuda(P) { absent(); } }
namespace triad { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace fma { template <> Trial cuda<float>(P) { absent(); }
                template <> Trial cuda<double>(P) { absent(); } }
namespace reduce { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace scan { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace transpose { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace gemm { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace stencil2d { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace stencil3d { Trial cuda(P) { absent(); } }
namespace conv2d { Trial cuda(P) { absent(); } }
namespace fft { Trial cuda(P) { absent(); } }
namespace nbody { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace montecarlo { Trial cuda(P) { absent(); } }
namespace mandelbrot { Trial cuda(P) { absent(); } }
namespace kmeans { Trial cuda(P) { absent(); } }
namespace cholesky { Trial cuda(P) { absent(); } }
namespace linrec { Trial cuda(P) { absent(); } }
namespace histogram { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace dispatch { Trial cuda(P) { absent(); } Trial cuda_graph(P) { absent(); } }
namespace busy { Trial cuda(P) { absent(); } Trial cuda_graph(P) { absent(); } }
namespace futures { Trial cuda(P) { absent(); } }
namespace contention { Trial cuda(P) { absent(); } Trial cuda_naive(P) { absent(); } }
namespace overlap { Trial cuda(P) { absent(); } Trial cuda_streams(P) { absent(); }
                    Trial cuda_graph(P) { absent(); } }
namespace transfer { Trial h2d(P) { absent(); } Trial d2h(P) { absent(); }
                     Trial both(P) { absent(); } }
// clang-format on

} // namespace workspan
