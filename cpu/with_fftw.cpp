// SPDX-License-Identifier: Apache-2.0
// Linked if FFTW is installed in single precision, else without_fftw.cpp: the ceiling of fft on a
// CPU. Multithreaded with FFTW's library for OpenMP or for its own threads.
#include "harness/contracts/fft.hpp"

#include <fftw3.h>

namespace workspan {

namespace {

// FFTW_MEASURE times algorithms and keeps the fastest. Beyond this length that takes minutes, so
// FFTW_ESTIMATE chooses by a heuristic.
constexpr std::size_t kLongestMeasured = std::size_t(1) << 16;

struct PlanDestroy {
    void operator()(fftwf_plan plan) const noexcept { fftwf_destroy_plan(plan); }
};
using FftwPlan = std::unique_ptr<std::remove_pointer_t<fftwf_plan>, PlanDestroy>;

// FFTW's interface is not const-correct; an out-of-place transform does not write its input.
auto* raw(const fft::Complex* p)
{
    return const_cast<fftwf_complex*>(reinterpret_cast<const fftwf_complex*>(p));
}

void start_threads()
{
    static const bool ready = fftwf_init_threads() != 0;
    if (!ready)
        throw Unavailable("FFTW cannot start threads");
}

// Planning overwrites its arrays, so it gets arrays of its own, of the same alignment. It is not
// thread-safe: prepare() runs on one thread.
FftwPlan make_plan(std::size_t n, int team)
{
    start_threads();
    HostArray<fft::Complex> x(n, team), out(n, team);
    fftwf_plan_with_nthreads(team);
    const unsigned effort = n <= kLongestMeasured ? FFTW_MEASURE : FFTW_ESTIMATE;
    FftwPlan plan(fftwf_plan_dft_1d(static_cast<int>(n), raw(x.data()), raw(out.data()),
                                    FFTW_FORWARD, effort));
    if (!plan)
        throw std::runtime_error("FFTW cannot make a plan for n = " + std::to_string(n));
    return plan;
}

// From "fftw-3.3.10-sse2-avx": its version, and the SIMD extensions that it was built with.
Library described()
{
    const std::string text = fftwf_version;
    const auto first = text.find('-') + 1, last = std::min(text.find('-', first), text.size());
    return {"FFTW", text.substr(first, last - first), text.substr(std::min(last + 1, text.size()))};
}

} // namespace

Trial fft::fftw(const Problem& p)
{
    if (p.n > std::size_t(std::numeric_limits<int>::max()))
        throw Unavailable("FFTW counts elements in an int");
    const auto in = input(p);
    const std::shared_ptr plan = p.n > 0 ? make_plan(p.n, p.threads) : nullptr;
    const auto run = [plan](const Input& on, std::span<Complex> out) {
        if (plan)
            fftwf_execute_dft(plan.get(), raw(on.values.data()), raw(out.data()));
    };
    Trial trial = host_trial(in, HostArray<Complex>(p.n, p.threads), cost(p.n), check, run);
    trial.library = described();
    trial.counters = [measured = p.n <= kLongestMeasured] {
        return Counters{{"fftw_measure", measured ? 1 : 0}};
    };
    return trial;
}

} // namespace workspan
