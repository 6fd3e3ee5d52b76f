// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/measure.hpp"

#include "harness/measure/gpu_clock.hpp"
#include "harness/support/clock.hpp"
#include "harness/tasks/children.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <thread>

namespace workspan {

namespace {

constexpr double kLongest = 20; // times the intended duration of a sample

// Waits until no other thread of this process is busy, for at most 100 ms: idle workers of OpenMP
// and BLAS libraries spin for up to 30 ms and would take cores from the next sample.
void settle()
{
    const auto cpu_of_others = [] { return process_cpu_time() - thread_cpu_time(); };
    constexpr Seconds step = 5e-4;
    for (int k = 0; k < 200; ++k) {
        const Seconds before = cpu_of_others();
        std::this_thread::sleep_for(std::chrono::duration<Seconds>(step));
        if (cpu_of_others() - before < 0.1 * step)
            return;
    }
}

// The part of a case in a round; iterations 0: calibrate the number of runs per sample.
struct Task {
    PreparedCase* prepared;
    int samples;
    std::int64_t iterations;
    bool ran = false;
    Seconds last = 0; // the last reading, of all iterations
};

struct Round {
    std::vector<Task> tasks;
    const SamplingPolicy& policy;
    const OnSample& on_sample;
    const std::atomic<bool>& stop;
};

// Reports nothing, since the bodies collect the samples; takes over Google Benchmark's own counters
// (--benchmark_perf_counters).
class Silent : public benchmark::BenchmarkReporter {
public:
    explicit Silent(const Round& round) : round_(round) {}
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override
    {
        for (const Run& run : runs)
            for (const Task& task : round_.tasks)
                if (task.prepared->result->name == run.run_name.function_name)
                    for (const auto& [name, counter] : run.counters)
                        task.prepared->result->counters[name] = counter.value;
    }

private:
    const Round& round_;
};

// The number of runs of this sample: the calibrated one, but fewer if runs have become so slow that
// the sample would take 20 times as long as intended. Other processes may have taken the cores: a
// spinning barrier then waits for whole time slices. The first run also wakes the team and warms
// the caches, so a second one decides.
std::int64_t runs_of_sample(const PreparedCase& prepared, std::int64_t enough,
                            const SamplingPolicy& policy)
{
    if (enough <= 1) // one run is a sample: its wake-up cost does not matter
        return enough;
    Seconds run = prepared.clock(prepared.trial, 1);
    if (run * static_cast<double>(enough) > kLongest * policy.sample)
        run = prepared.clock(prepared.trial, 1);
    const double affordable = kLongest * policy.sample / std::max(run, 1e-12);
    return affordable >= static_cast<double>(enough)
               ? enough
               : std::max<std::int64_t>(1, static_cast<std::int64_t>(affordable));
}

// One sample of a case that has not failed.
void take_sample(const benchmark::State& state, Task& task, const SamplingPolicy& policy)
{
    PreparedCase& prepared = *task.prepared;
    const Seconds start = now();
    settle();
    const bool on_gpu = prepared.result->scope != Scope::host;
    if (on_gpu)
        warm_up(prepared.clock, prepared.trial, prepared.estimate,
                is_cold(prepared.result->problem));
    const std::int64_t runs = runs_of_sample(prepared, state.max_iterations, policy);
    const auto times = static_cast<double>(runs);
    const auto cpu_time = [] { return process_cpu_time() + cpu_time_of_children(); };
    const Seconds cpu_before = cpu_time();
    const Seconds wall = prepared.clock(prepared.trial, static_cast<int>(runs));
    Sample sample = {wall / times, (cpu_time() - cpu_before) / times};
    if (on_gpu && policy.gpu)
        sample.gpu = policy.gpu();
    task.ran = true;
    task.last = sample.wall * static_cast<double>(state.max_iterations);
    prepared.estimate = sample.wall;
    prepared.took = now() - start;
    prepared.result->iterations = state.max_iterations;
    if (task.iterations > 0)
        prepared.result->samples.push_back(std::move(sample));
}

// Called by Google Benchmark: one reading of the case's clock around the requested iterations.
// After a failure or a stop it reports zero times, since Google Benchmark aborts if the repetitions
// of a benchmark differ.
void body(benchmark::State& state, Task& task, Round& round)
{
    while (state.KeepRunningBatch(state.max_iterations)) {
        task.last = 0;
        if (!round.stop && task.prepared->result->status == Status::ok) {
            round.on_sample(*task.prepared->result);
            attempt(*task.prepared->result, [&] { take_sample(state, task, round.policy); });
        }
        state.SetIterationTime(task.last);
    }
}

// Poisons every output, lets Google Benchmark take the samples, verifies the outputs.
void run_round(Round& round)
{
    benchmark::ClearRegisteredBenchmarks();
    for (Task& task : round.tasks) {
        if (!attempt(*task.prepared->result, task.prepared->trial.poison))
            continue;
        auto* const registered = benchmark::RegisterBenchmark(
            task.prepared->result->name.c_str(),
            [&task, &round](benchmark::State& state) { body(state, task, round); });
        registered->UseManualTime()->Repetitions(task.samples);
        if (task.iterations > 0) // Google Benchmark aborts if a minimum time is set as well
            registered->Iterations(task.iterations);
        else
            registered->MinTime(round.policy.sample);
    }
    Silent reporter(round);
    benchmark::RunSpecifiedBenchmarks(&reporter, ".");
    for (const Task& task : round.tasks)
        if (task.prepared->result->status == Status::ok &&
            (task.ran || !round.stop)) // a stop leaves some outputs poisoned
            verify(*task.prepared, "after a round of samples");
}

// Google Benchmark also reads flags from the environment: those that print, list or write are
// switched off.
void initialise(const SamplingPolicy& policy)
{
    std::vector<std::string> flags = {"bench", "--benchmark_enable_random_interleaving=true",
                                      "--benchmark_out=", "--benchmark_list_tests=false"};
    flags.insert(flags.end(), policy.benchmark_flags.begin(), policy.benchmark_flags.end());
    std::vector<char*> argv;
    for (std::string& flag : flags)
        argv.push_back(flag.data());
    int argc = static_cast<int>(argv.size());
    benchmark::Initialize(&argc, argv.data());
}

void summarise(CaseResult& result)
{
    const std::vector<double> wall = seconds_of(result, &Sample::wall);
    result.time = median(wall);
    result.interval = median_interval(wall);
}

// The number of samples of this case in the next round; 0, with the reason in `stopped`, when it is
// done. share: its share of the remaining time.
int samples_to_take(const PreparedCase& prepared, Seconds share, const SamplingPolicy& policy)
{
    CaseResult& result = *prepared.result;
    const int have = static_cast<int>(result.samples.size());
    const auto stop_for = [&](const char* why) {
        result.stopped = why;
        return 0;
    };
    if (policy.repetitions > 0)
        return have < policy.repetitions ? policy.repetitions - have : stop_for("repetitions");
    if (have > 0)
        summarise(result);
    const Seconds run = have > 0 ? result.time : prepared.estimate;
    const Seconds sample = std::max(prepared.took, run * static_cast<double>(result.iterations));
    const auto affordable = static_cast<int>(std::min(1e6, share / sample));
    if (have == 0)
        return std::clamp(affordable, 3, kFirstLook);
    if (have < kFirstLook)
        return stop_for(run * static_cast<double>(result.iterations) > share ? "slow" : "budget");
    if (result.interval && relative_half_width(*result.interval, result.time) <= policy.target)
        return stop_for("target");
    const int more = next_look(have) - have;
    return more <= affordable ? more : stop_for("budget");
}

// Finds how many runs make a sample long enough, for cases with short runs.
void calibrate(std::vector<PreparedCase>& cases, Round& round)
{
    const Seconds sample = round.policy.sample;
    for (PreparedCase& prepared : cases) {
        prepared.result->iterations = 1;
        if (prepared.estimate >= 10 * sample &&
            prepared.result->scope !=
                Scope::host) // the first run also loads code, so a second one counts
            attempt(*prepared.result, [&] {
                prepared.estimate = std::min(prepared.estimate, prepared.clock(prepared.trial, 1));
            });
        if (prepared.estimate < 10 * sample)
            round.tasks.push_back({&prepared, 1, 0});
    }
    if (!round.tasks.empty())
        run_round(round);
}

// Fills the round with the cases that need more samples; all have the same share of the time.
void plan_round(std::vector<PreparedCase>& cases, Seconds time_left, Round& round)
{
    std::vector<PreparedCase*> open;
    for (PreparedCase& prepared : cases)
        if (prepared.result->status == Status::ok && prepared.result->stopped.empty())
            open.push_back(&prepared);
    const Seconds share =
        std::max(0.0, time_left) / static_cast<double>(std::max<std::size_t>(open.size(), 1));
    for (PreparedCase* prepared : open)
        if (const int samples = samples_to_take(*prepared, share, round.policy); samples > 0)
            round.tasks.push_back({prepared, samples, prepared->result->iterations});
}

void finish(PreparedCase& prepared)
{
    CaseResult& result = *prepared.result;
    if (result.status == Status::ok && result.samples.empty())
        skip(result, Cause::interrupted, "interrupted");
    if (result.status != Status::ok)
        return;
    if (result.stopped.empty())
        result.stopped = "interrupted";
    summarise(result);
    warn_of_gpu_clock(result);
    if (!prepared.trial.counters || result.stopped == "interrupted") // they may need further runs
        return;
    try {
        result.counters.merge(prepared.trial.counters());
    } catch (const Unavailable&) { // those runs were refused a thread, say; the samples are right
    }
}

} // namespace

bool verify(PreparedCase& prepared, const std::string& when)
{
    CaseResult& result = *prepared.result;
    if (!attempt(result, [&] { result.check_result = prepared.trial.verify(); }))
        return false;
    if (!result.check_result.ok)
        fail(result, Cause::wrong_result, "wrong result " + when + ": " + result.check_result.why);
    return result.check_result.ok;
}

bool verify_and_time_once(PreparedCase& prepared)
{
    prepared.result->status = Status::ok;
    prepared.result->cause = Cause::none;
    prepared.result->reason.clear();
    const bool ran = attempt(*prepared.result, [&] {
        prepared.trial.poison();
        prepared.estimate = prepared.clock(prepared.trial, 1);
    });
    return ran && verify(prepared, "before timing");
}

void measure(std::vector<PreparedCase>& cases, Seconds deadline, const SamplingPolicy& policy,
             const OnSample& on_sample, const std::atomic<bool>& stop)
{
    initialise(policy);
    Round calibration{{}, policy, on_sample, stop};
    calibrate(cases, calibration);
    while (!stop) {
        Round round{{}, policy, on_sample, stop};
        plan_round(cases, deadline - now(), round);
        if (round.tasks.empty())
            break;
        run_round(round);
    }
    for (PreparedCase& prepared : cases)
        finish(prepared);
    benchmark::ClearRegisteredBenchmarks();
}

} // namespace workspan
