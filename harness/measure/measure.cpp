// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/measure.hpp"

#include "harness/measure/gpu_clock.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <ctime>
#include <thread>

namespace workspan {

namespace {

constexpr double kLongest = 20; // times the length that a sample should have

Seconds read_clock(clockid_t clock)
{
    timespec t{};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Waits until no other thread of this process is busy, at most 100 ms: the workers of OpenMP and
// BLAS libraries spin for up to 30 ms after their last work, and would take the cores from whatever
// is timed next.
void settle()
{
    const auto by_others = [] {
        return read_clock(CLOCK_PROCESS_CPUTIME_ID) - read_clock(CLOCK_THREAD_CPUTIME_ID);
    };
    constexpr Seconds step = 5e-4;
    for (int k = 0; k < 200; ++k) {
        const Seconds before = by_others();
        std::this_thread::sleep_for(std::chrono::duration<Seconds>(step));
        if (by_others() - before < 0.1 * step)
            return;
    }
}

void fail(Live& live, const std::string& reason)
{
    live.result->status = Status::failed;
    live.result->reason = reason;
    live.result->samples.clear();
}

void skip(Live& live, const std::string& reason)
{
    fail(live, reason);
    live.result->status = Status::skipped;
}

// Calls `step` and turns whatever it throws into a failed case, or a skipped one where that is no
// fault of its own.
bool guarded(Live& live, const std::function<void()>& step)
{
    try {
        step();
        return true;
    } catch (const Unavailable& e) {
        skip(live, e.what());
    } catch (const DeviceLost& e) {
        (e.before ? skip : fail)(live, e.what());
    } catch (const std::bad_alloc&) {
        fail(live, "out of memory");
    } catch (const std::exception& e) {
        fail(live, e.what());
    }
    return false;
}

bool verified(Live& live, const char* when)
{
    return guarded(live,
                   [&] {
                       live.result->verdict = live.trial.verify();
                       if (!live.result->verdict.ok)
                           fail(live, std::string("wrong result ") + when + ": " +
                                          live.result->verdict.why);
                   }) &&
           live.result->status == Status::ok;
}

// What a case still has to do in a round; iterations 0: find how many runs make a sample long
// enough.
struct Task {
    Live* live;
    int samples;
    std::int64_t iterations;
    bool ran = false;
    Seconds last = 0; // of all iterations, by the last reading
};

struct Round {
    std::vector<Task> tasks;
    const Rules& rules;
    const OnSample& on_sample;
    const std::atomic<bool>& stop;
};

// Reports nothing, since the bodies collect the samples; takes over what Google Benchmark itself
// counted (--benchmark_perf_counters).
class Silent : public benchmark::BenchmarkReporter {
public:
    explicit Silent(const Round& round) : round_(round) {}
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override
    {
        for (const Run& run : runs)
            for (const Task& task : round_.tasks)
                if (task.live->result->name == run.run_name.function_name)
                    for (const auto& [name, counter] : run.counters)
                        task.live->result->counters[name] = counter.value;
    }

private:
    const Round& round_;
};

// How many runs make this sample: as many as were found to be enough, but fewer where runs have
// become so much slower meanwhile that it would take 20 times as long. Others may have taken the
// cores: a barrier that spins then waits for whole time slices. The first run also wakes the team
// and fills the caches, so a second decides.
std::int64_t runs_of_sample(const Live& live, std::int64_t enough, const Rules& rules)
{
    if (enough <= 1) // a single run is long enough without waking
        return enough;
    Seconds run = live.clock(live.trial, 1);
    if (run * static_cast<double>(enough) > kLongest * rules.sample)
        run = live.clock(live.trial, 1);
    const double most = kLongest * rules.sample / std::max(run, 1e-12);
    return most >= static_cast<double>(enough)
               ? enough
               : std::max<std::int64_t>(1, static_cast<std::int64_t>(most));
}

// One sample of a case that is still good.
void take_sample(const benchmark::State& state, Task& task, const Rules& rules)
{
    Live& live = *task.live;
    const Seconds start = now();
    settle();
    const bool on_gpu = live.result->scope != Scope::host;
    if (on_gpu)
        warm_up(live);
    const std::int64_t runs = runs_of_sample(live, state.max_iterations, rules);
    const auto times = static_cast<double>(runs);
    const Seconds cpu_before = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    const Seconds wall = live.clock(live.trial, static_cast<int>(runs));
    Sample sample = {wall / times, (read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu_before) / times};
    if (on_gpu && rules.gpu)
        sample.gpu = rules.gpu();
    task.ran = true;
    task.last = sample.wall * static_cast<double>(state.max_iterations);
    live.estimate = sample.wall;
    live.took = now() - start;
    live.result->iterations = state.max_iterations;
    if (task.iterations > 0)
        live.result->samples.push_back(std::move(sample));
}

// What Google Benchmark calls: one reading of the case's clock around all iterations that it asks
// for. After a failure or a stop it goes through the motions, since Google Benchmark aborts where
// the repetitions of a benchmark differ.
void body(benchmark::State& state, Task& task, Round& round)
{
    while (state.KeepRunningBatch(state.max_iterations)) {
        task.last = 0;
        if (!round.stop && task.live->result->status == Status::ok) {
            round.on_sample(*task.live->result);
            guarded(*task.live, [&] { take_sample(state, task, round.rules); });
        }
        state.SetIterationTime(task.last);
    }
}

// Poisons every output, lets Google Benchmark take the samples, verifies what they left behind.
void run_round(Round& round)
{
    benchmark::ClearRegisteredBenchmarks();
    for (Task& task : round.tasks) {
        if (!guarded(*task.live, task.live->trial.poison))
            continue;
        auto* const registered = benchmark::RegisterBenchmark(
            task.live->result->name.c_str(),
            [&task, &round](benchmark::State& state) { body(state, task, round); });
        registered->UseManualTime()->Repetitions(task.samples);
        if (task.iterations > 0) // together with a minimum time they abort
            registered->Iterations(task.iterations);
        else
            registered->MinTime(round.rules.sample);
    }
    Silent reporter(round);
    benchmark::RunSpecifiedBenchmarks(&reporter, ".");
    for (const Task& task : round.tasks)
        if (task.live->result->status == Status::ok &&
            (task.ran || !round.stop)) // a stop leaves some outputs poisoned
            verified(*task.live, "after a round of samples");
}

void initialise(const Rules& rules)
{
    // Google Benchmark also reads its flags from the environment: what would print, list or write
    // is switched off.
    std::vector<std::string> flags = {"bench", "--benchmark_enable_random_interleaving=true",
                                      "--benchmark_out=", "--benchmark_list_tests=false"};
    flags.insert(flags.end(), rules.benchmark_flags.begin(), rules.benchmark_flags.end());
    std::vector<char*> argv;
    for (std::string& flag : flags)
        argv.push_back(flag.data());
    int argc = static_cast<int>(argv.size());
    benchmark::Initialize(&argc, argv.data());
}

void summarise(CaseResult& result)
{
    std::vector<double> wall;
    for (const Sample& sample : result.samples)
        wall.push_back(sample.wall);
    result.time = median(wall);
    result.interval = median_interval(wall);
}

// How many more samples this case should take now; 0, with the reason in `stopped`, when it is
// done. A share is the time it may take.
int wanted(const Live& live, Seconds share, const Rules& rules)
{
    CaseResult& result = *live.result;
    const int have = static_cast<int>(result.samples.size());
    const auto stop_for = [&](const char* why) {
        result.stopped = why;
        return 0;
    };
    if (rules.repetitions > 0)
        return have < rules.repetitions ? rules.repetitions - have : stop_for("repetitions");
    if (have > 0)
        summarise(result);
    const Seconds run = have > 0 ? result.time : live.estimate;
    const Seconds sample = std::max(live.took, run * static_cast<double>(result.iterations));
    const auto affordable = static_cast<int>(std::min(1e6, share / sample));
    if (have == 0)
        return std::clamp(affordable, 3, kFirstLook);
    if (have < kFirstLook)
        return stop_for(run * static_cast<double>(result.iterations) > share ? "slow" : "budget");
    if (result.interval && relative_half_width(*result.interval, result.time) <= rules.target)
        return stop_for("target");
    const int more = next_look(have) - have;
    return more <= affordable ? more : stop_for("budget");
}

} // namespace

Seconds now()
{
    return std::chrono::duration<Seconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

bool prove(Live& live)
{
    live.result->status = Status::ok;
    const bool ran = guarded(live, [&] {
        live.trial.poison();
        live.estimate = live.clock(live.trial, 1);
    });
    return ran && verified(live, "before timing");
}

void measure(std::vector<Live>& cases, Seconds deadline, const Rules& rules,
             const OnSample& on_sample, const std::atomic<bool>& stop)
{
    initialise(rules);
    Round calibration{{}, rules, on_sample, stop};
    for (Live& live : cases) {
        live.result->iterations = 1;
        if (live.estimate >= 10 * rules.sample &&
            live.result->scope != Scope::host) // the first run also loads code: a second decides
            guarded(live,
                    [&] { live.estimate = std::min(live.estimate, live.clock(live.trial, 1)); });
        if (live.estimate < 10 * rules.sample)
            calibration.tasks.push_back({&live, 1, 0});
    }
    if (!calibration.tasks.empty())
        run_round(calibration);
    for (std::vector<Live*> open; !stop;) {
        open.clear();
        for (Live& live : cases)
            if (live.result->status == Status::ok && live.result->stopped.empty())
                open.push_back(&live);
        Round round{{}, rules, on_sample, stop};
        const Seconds share = std::max(0.0, deadline - now()) /
                              static_cast<double>(std::max<std::size_t>(open.size(), 1));
        for (Live* live : open)
            if (const int samples = wanted(*live, share, rules); samples > 0)
                round.tasks.push_back({live, samples, live->result->iterations});
        if (round.tasks.empty())
            break;
        run_round(round);
    }
    for (Live& live : cases) {
        CaseResult& result = *live.result;
        if (result.status == Status::ok && result.samples.empty()) {
            result.status = Status::skipped;
            result.reason = "interrupted";
        }
        if (result.status != Status::ok)
            continue;
        if (result.stopped.empty())
            result.stopped = "interrupted";
        summarise(result);
        note_clock(result);
        if (live.trial.counters)
            result.counters.merge(live.trial.counters());
    }
    benchmark::ClearRegisteredBenchmarks();
}

} // namespace workspan
