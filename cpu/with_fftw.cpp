// SPDX-License-Identifier: Apache-2.0
// Linked if FFTW is installed in single precision, else without_fftw.cpp: the ceiling of fft on a
// CPU. Multithreaded with FFTW's library for OpenMP or for its own threads.
#include "harness/contracts/fft.hpp"

#include <chrono>
#include <cstdlib>
#include <fftw3.h>

namespace workspan {

namespace {

// FFTW_MEASURE times algorithms and keeps the fastest: at the longest length in 2 s on one thread.
// Beyond it, or when others take the cores and it has not ended in time, a heuristic chooses.
constexpr std::size_t kLongestMeasured = std::size_t(1) << 20;
constexpr Seconds kLongestPlanning = 20;

// The file that keeps what planning found for the later processes of a run; null: nobody named one.
const char* wisdom_file() { return std::getenv("WORKSPAN_FFTW_WISDOM"); }

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

struct Planned {
    FftwPlan plan;
    bool is_measured; // to the end
};

// Planning overwrites its arrays, so it gets arrays of its own, of the same alignment. It is not
// thread-safe: prepare() runs on one thread.
Planned make_plan(std::size_t n, int team)
{
    start_threads();
    if (wisdom_file() != nullptr)
        fftwf_import_wisdom_from_filename(wisdom_file()); // of no file: nothing
    HostArray<fft::Complex> x(n, team), out(n, team);
    fftwf_plan_with_nthreads(team);
    fftwf_set_timelimit(kLongestPlanning);
    const bool short_enough = n <= kLongestMeasured;
    const auto start = std::chrono::steady_clock::now();
    FftwPlan plan(fftwf_plan_dft_1d(static_cast<int>(n), raw(x.data()), raw(out.data()),
                                    FFTW_FORWARD, short_enough ? FFTW_MEASURE : FFTW_ESTIMATE));
    const std::chrono::duration<Seconds> took = std::chrono::steady_clock::now() - start;
    if (!plan)
        throw std::runtime_error("FFTW cannot make a plan for n = " + std::to_string(n));
    const bool is_measured = short_enough && took.count() < kLongestPlanning;
    if (wisdom_file() != nullptr && is_measured)
        fftwf_export_wisdom_to_filename(wisdom_file());
    return {std::move(plan), is_measured};
}

// From "fftw-3.3.10-sse2-avx": its version, the SIMD extensions that it was built with, and how the
// plan was found.
Library described(bool is_measured)
{
    const std::string text = fftwf_version;
    const auto first = text.find('-') + 1, last = std::min(text.find('-', first), text.size());
    return {"FFTW", text.substr(first, last - first),
            text.substr(std::min(last + 1, text.size())) +
                (is_measured ? ", measured plan" : ", estimated plan")};
}

} // namespace

Trial fft::fftw(const Problem& p)
{
    if (p.n > std::size_t(std::numeric_limits<int>::max()))
        throw Unavailable("FFTW counts elements in an int");
    const auto in = input(p);
    auto [made, is_measured] = p.n > 0 ? make_plan(p.n, p.threads) : Planned{nullptr, true};
    const std::shared_ptr plan = std::move(made);
    const auto run = [plan](const Input& on, std::span<Complex> out) {
        if (plan)
            fftwf_execute_dft(plan.get(), raw(on.values.data()), raw(out.data()));
    };
    Trial trial = host_trial(in, HostArray<Complex>(p.n, p.threads), cost(p.n), check, run);
    trial.library = described(is_measured);
    return trial;
}

} // namespace workspan
