// SPDX-License-Identifier: Apache-2.0
// fft: X[k] = sum over j of x[j] exp(-2 pi i j k / n), the forward discrete Fourier transform of n
// complex floats, out of place. n is 0 or a power of two; for any other n every variant is
// unavailable. The fast algorithm takes 5 n log2 n flops on 16 n bytes, an arithmetic intensity of
// 5/16 log2 n flops per byte (7.5 at n = 2^24). In cache it is bound by the floating-point units
// and the shuffles of its permutation, beyond by memory bandwidth, as long as the data crosses
// memory only a few times.
// Parallel pattern: butterfly.
// seq and omp: x as a matrix of two nearly equal sides (the "four-step" method of Bailey 1990,
// "FFTs in external or hierarchical memory"): transforms of its columns, a twiddle factor exp(-2 pi
// i j k / n) for each element, transforms of its rows. Each transform is Stockham's autosort
// algorithm (Stockham 1966, "High-speed convolution and correlation") in radix 8 and 4 on a vector
// of neighbouring columns or rows at once, in a core's own cache. The transposes between
// them are part of the first loads and the last stores, so that the data crosses memory twice; the
// threads of omp share first the columns, then the rows. Below n = 2^8 one thread runs Stockham's
// loops in radix 2.
// fftw: FFTW 3 (Frigo, Johnson 2005), planned before the clock starts: FFTW_MEASURE up to 2^20,
// FFTW_ESTIMATE above, as measuring takes minutes; the name of the library says which. The
// processes of a run share what planning found.
// mkl: MKL's DFTI, if libmkl_rt is found at run time, with threads of OpenMP.
// cuda: Stockham's algorithm on two levels (Govindaraju et al. 2008, "High performance discrete
// Fourier transforms on graphics processors"). Over the whole array, passes of large, nearly equal
// radices: one up to n = 2^12, two up to 2^24, three up to 2^30, or from 2^21 on where a block has
// less than 136 KiB of shared memory. In a pass a block transforms a tile of neighbouring columns
// in registers, in stages of radix 16, the first of radix 8, 4 or 2 if needed: the first stage
// loads from global memory, the last one stores to it, and in between threads exchange elements
// through shared memory. Decimation in time, in the stages and the passes: the twiddle factors are
// part of radix-2 butterflies of six FMAs, and are computed by polynomials and squaring, so that
// there is neither a table nor a multiplication between passes. Between two passes elements lie
// tile by tile, so that both access full lines. From compute capability 9.0 on, launches overlap
// the kernel before, also that of the run before, up to n = 2^18 (programmatic dependent launch):
// at 2^10 that gain is between runs.
// Steps, as medians in us of readings on an H200, interleaved with the first row's (when the fourth
// was read, the first read 3.54, 7.80, 7.33, 17.5 and 228.3):
//   n                               2^10  2^14  2^16  2^20  2^24
//   decimation in frequency, table  3.34  7.13  7.31  17.4  227.8  three passes beyond 2^20
//   decimation in time, fused       3.37  6.67  6.92  12.8  214.5  likewise
//   two passes up to 2^24           3.36  6.72  6.85  12.7  209.7
//   overlapped launches             2.93  6.53  5.66  13.5  209.6  hence not beyond 2^18
//   cuFFT                           3.27  11.5  7.20  16.6  265.2
// cufft: NVIDIA's cuFFT, likewise planned before the clock starts.
// Check: every bin against a plain recursive radix-2 transform in double, computed once per input.
// Tolerance: of each component, 4 u log2 n times the rms of the spectrum (u = 2^-24; for n = 1 as
// if n were 2). Rounding errors of the log2 n stages add up like a random walk to some 0.6 u
// sqrt(log2 n) rms (Schatzman 1996); 4 log2 n is at least 6 standard deviations at n = 2, 20 at n =
// 2^10 and 30 at n = 2^24, room for another radix, and for twiddle factors that are products of two
// rounded ones, or, of cuda, squares of squares, off by up to 4.5 u: its largest errors are 0.2 to
// 0.3 of the tolerance, 0.25 at n = 2^24. A single wrong factor, swapped bin or stale element is an
// error of the order of the rms, 10^5 tolerances.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <bit>
#include <complex>
#include <numbers>

namespace workspan::fft {

using Complex = std::complex<float>;
using Exact = std::complex<double>;

struct Input {
    HostArray<Complex> values;
    HostArray<Exact> spectrum; // of the values, by the contract's own transform
    double rms;                // of the spectrum
};

// Twiddle factors and scratch memory of a CPU kernel for one length and team; made before the clock
// starts.
struct Plan;
std::shared_ptr<Plan> plan(std::size_t n, int team);
using Kernel = void(Plan& plan, std::span<const Complex> x, std::span<Complex> out);
Kernel seq, omp;             // cpu/fft.cpp
Trial fftw(const Problem&);  // cpu/with_fftw.cpp
Trial mkl(const Problem&);   // cpu/with_mkl.cpp
Trial cuda(const Problem&);  // gpu/fft.cu
Trial cufft(const Problem&); // gpu/with_cufft.cu

inline double log2_of(std::size_t n) { return n > 1 ? double(std::bit_width(n) - 1) : 1; }

inline Cost cost(std::size_t n)
{
    return {.flops = 5 * double(n) * log2_of(n), .bytes = 16 * double(n), .items = double(n)};
}

// Shared: the values and the exact spectrum. Of a case: the output, and in seq and omp a scratch
// array of its size; twiddle factors and the scratch memory of each thread, two columns of the
// matrix as wide as a vector, are small beside them.
inline Bytes footprint(const Problem& p, std::string_view)
{
    const auto n = double(p.n);
    return {.host_shared = 8 * n,
            .host_case = 20 * n + 65536,
            .device_case = 24 * n + 65536,
            .host_reference = 16 * n};
}

inline Contract contract()
{
    return {.summary = "forward transform of n complex floats, n a power of two",
            .sizes = powers_of_two({10, 14, 16, 20, 24}),
            .quick = powers_of_two({14, 20}),
            .ceiling = "fma",
            .rate = Rate::flops,
            .footprint = footprint,
            .cost = cost,
            .only_powers_of_two = true,
            .awkward = {0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 1 << 14,
                        1 << 15, 1 << 18}};
}

// exp(-2 pi i k / n), k < n.
inline Exact root(std::size_t k, std::size_t n)
{
    const double angle = -2 * std::numbers::pi * double(k) / double(n);
    return {std::cos(angle), std::sin(angle)};
}

// The plain transform of x[0], x[stride], x[2 stride], ...: those of the even and of the odd
// elements, combined with the twiddle factors roots[k * stride].
template <class T> void transform(const std::complex<T>* x, std::size_t stride, const Exact* roots,
                                  Exact* out, std::size_t n)
{
    if (n == 1) {
        *out = Exact(x[0]);
        return;
    }
    const std::size_t half = n / 2;
    transform(x, 2 * stride, roots, out, half);
    transform(x + stride, 2 * stride, roots, out + half, half);
    for (std::size_t k = 0; k < half; ++k) {
        const Exact even = out[k], odd = out[k + half], w = roots[k * stride];
        const Exact turned = {odd.real() * w.real() - odd.imag() * w.imag(),
                              odd.real() * w.imag() + odd.imag() * w.real()};
        out[k] = even + turned;
        out[k + half] = even - turned;
    }
}

template <class T>
HostArray<Exact> spectrum_of(const Problem& p, std::span<const std::complex<T>> x)
{
    const std::size_t n = x.size();
    const auto roots = filled<Exact>(p, n / 2, [n](std::size_t k) { return root(k, n); });
    HostArray<Exact> spectrum(n, p.threads);
    if (n > 0)
        transform(x.data(), 1, roots.data(), spectrum.data(), n);
    return spectrum;
}

inline double rms_of(std::span<const Exact> values)
{
    double sum = 0;
    for (const Exact& v : values)
        sum += std::norm(v);
    return std::sqrt(sum / double(values.size()));
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    if (problem.n > 0 && !std::has_single_bit(problem.n))
        throw Unavailable("fft is of powers of two, which n = " + std::to_string(problem.n) +
                          " is not");
    return shared_input<Input>(problem, [](const Problem& p) {
        auto values = filled<Complex>(p, p.n, [&p](std::size_t i) {
            return Complex(random_signed_float(p.seed, 2 * i),
                           random_signed_float(p.seed, 2 * i + 1));
        });
        auto spectrum = spectrum_of<float>(p, values);
        const double rms = rms_of(spectrum);
        return Input{std::move(values), std::move(spectrum), rms};
    });
}

// Component by component: element 2 k of a message is the real part of bin k, 2 k + 1 the imaginary
// part.
inline CheckResult check(const Input& in, std::span<const Complex> out)
{
    const std::size_t n = in.spectrum.size();
    const double tolerance = 4 * 0x1p-24 * log2_of(n) * in.rms;
    const std::span components(reinterpret_cast<const float*>(out.data()), 2 * out.size());
    const auto* const expected = reinterpret_cast<const double*>(in.spectrum.data());
    return each_near(
        components, 2 * n, [expected](std::size_t i) { return expected[i]; },
        [tolerance](std::size_t) { return tolerance; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    const auto in = input(p); // first: throws Unavailable for unsupported lengths
    return host_trial(
        in, HostArray<Complex>(p.n, p.threads), cost(p.n), check,
        [kernel, plan = plan(p.n, p.threads)](const Input& on, std::span<Complex> out) {
            kernel(*plan, on.values, out);
        });
}

} // namespace workspan::fft
