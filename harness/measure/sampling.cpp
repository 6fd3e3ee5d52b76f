// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/sampling.hpp"

#include "harness/measure/gpu_clock.hpp"
#include "harness/measure/thread_delays.hpp"
#include "harness/openmp.hpp"
#include "harness/support/clock.hpp"
#include "harness/tasks/children.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace workspan {

namespace {

constexpr double kLongest = 20;         // times the intended duration of a sample
constexpr double kSurelyLong = 50;      // the same, of a single run: not by chance
constexpr double kTwiceLong = 5;        // the same, of the first run and another one
constexpr double kSurelyLongTasks = 10; // the same, of tasks, whose run starts threads anyway
constexpr std::int64_t kMostRuns = 1000000000;
constexpr Seconds kRunInVain = 0.02;       // a run up to this long is preceded by an untimed one
constexpr double kDisturbed = 0.005;       // of the wall time, waited by one thread, but at least
constexpr Seconds kLeastDisturbed = 30e-6; // this long: a wake-up waits too

// Whether no other thread of this process is busy now.
bool others_are_idle()
{
    const auto cpu_of_others = [] { return process_cpu_time() - thread_cpu_time(); };
    constexpr Seconds step = 5e-5;
    const Seconds before = cpu_of_others();
    std::this_thread::sleep_for(std::chrono::duration<Seconds>(step));
    return cpu_of_others() - before < 0.1 * step;
}

// The team that runs a case, if its threads are known: 1 for code of one thread, else 0. Libraries
// have threads of their own.
int team_of(const CaseResult& c)
{
    const bool known = c.scope == Scope::host && c.ours &&
                       (c.threading == Threading::one || c.threading == Threading::team);
    return known ? c.problem.threads : 0;
}

// Whether the untimed run is worth its time.
bool is_short(const PreparedCase& prepared, std::int64_t enough)
{
    return enough > 1 || prepared.estimate <= kRunInVain;
}

// Waits until no other thread of this process is busy, for at most 100 ms: idle workers of OpenMP
// and BLAS libraries spin for up to 30 ms and would take cores from the next sample. Those of
// OpenMP are ended instead if a short sample is next, for which the wait would be long; the team of
// the sample before is left awake if it is the one that runs next.
void settle(const PreparedCase& next, std::int64_t enough, IdleTeam& team)
{
    if (team.awake != 0 && team.awake == team_of(*next.result))
        return;
    if (others_are_idle())
        return;
    if (is_short(next, enough)) {
        end_idle_threads();
        ++team.ends;
    }
    constexpr Seconds longest = 0.1;
    for (const Seconds end = now() + longest; now() < end && !others_are_idle();) {
    }
}

// Whether a sample follows an untimed run: a short one, so that it finds its data in the caches and
// its team awake, and one whose team has to start again, with empty caches and buffers.
bool needs_untimed_run(const PreparedCase& prepared, std::int64_t enough, const IdleTeam& team)
{
    return is_short(prepared, enough) ||
           (team_of(*prepared.result) > 1 && prepared.team_ends != team.ends);
}

// The untimed run, and the number of runs of this sample: fewer than enough if runs have become so
// slow that the sample would take 20 times as long as intended. Other processes may have taken the
// cores: a spinning barrier then waits for whole time slices.
std::int64_t runs_of_sample(const PreparedCase& prepared, std::int64_t enough,
                            const SamplingPolicy& policy)
{
    Seconds run = prepared.clock(prepared.trial, 1);
    if (run * static_cast<double>(enough) > kLongest * policy.sample && enough > 1)
        run = prepared.clock(prepared.trial, 1); // the first one woke the team
    const double affordable = kLongest * policy.sample / std::max(run, 1e-12);
    return affordable >= static_cast<double>(enough)
               ? enough
               : std::max<std::int64_t>(1, static_cast<std::int64_t>(affordable));
}

// Of the runs since the last call.
Latencies latencies_of(const Trial& trial)
{
    return trial.take_latencies ? trial.take_latencies() : Latencies{};
}

void forget_untimed_runs(const Trial& trial)
{
    if (trial.forget_untimed)
        trial.forget_untimed();
    else
        latencies_of(trial);
}

Sample read_clocks(const PreparedCase& prepared, std::int64_t runs)
{
    const auto times = static_cast<double>(runs);
    const auto cpu_time = [] { return process_cpu_time() + cpu_time_of_children(); };
    Sample sample;
    sample.runs = runs;
    std::optional<ThreadDelays> delays;
    if (is_judged(*prepared.result))
        delays.emplace();
    const long switches = involuntary_switches();
    sample.at = since_start();
    const Seconds cpu_before = cpu_time();
    const Seconds wall = prepared.clock(prepared.trial, static_cast<int>(runs));
    sample.cpu = (cpu_time() - cpu_before) / times;
    sample.wall = wall / times;
    if (delays) {
        sample.waited = delays->largest();
        sample.clean =
            sample.waited ? is_clean(*sample.waited, wall) : involuntary_switches() == switches;
    }
    return sample;
}

} // namespace

bool is_clean(Seconds waited, Seconds wall)
{
    return waited <= std::max(kDisturbed * wall, kLeastDisturbed);
}

bool is_judged(const CaseResult& c)
{
    return c.scope == Scope::host && !is_on_one_cpu(c.problem) &&
           (c.threading == Threading::one || c.threading == Threading::team);
}

void calibrate(PreparedCase& prepared, const SamplingPolicy& policy)
{
    std::int64_t& runs = prepared.result->iterations;
    runs = 1;
    const CaseResult& c = *prepared.result;
    const bool on_gpu = c.scope != Scope::host; // whose first run also loads code
    const double surely_long = is_judged(c) ? kSurelyLong : kSurelyLongTasks;
    if (prepared.estimate >= surely_long * policy.sample && !on_gpu)
        return;
    for (;;) { // the faster of two readings: another process may have slowed one of them
        const auto reading = [&] { return prepared.clock(prepared.trial, static_cast<int>(runs)); };
        const bool is_first = runs == 1 && !on_gpu;
        Seconds time = is_first ? std::min(prepared.estimate, reading()) : reading();
        const bool twice_long = is_first && time >= kTwiceLong * policy.sample;
        if (time < kSurelyLong * policy.sample && !twice_long)
            time = std::min(time, reading());
        prepared.estimate = time / static_cast<double>(runs);
        if (time >= policy.sample || runs >= kMostRuns)
            return;
        const double needed = 1.1 * policy.sample / std::max(prepared.estimate, 1e-12);
        runs =
            std::clamp(static_cast<std::int64_t>(std::min(needed, 1e9)) + 1, runs + 1, 10 * runs);
    }
}

Sample take_sample(PreparedCase& prepared, std::int64_t enough, const SamplingPolicy& policy,
                   IdleTeam& team)
{
    settle(prepared, enough, team);
    const bool on_gpu = prepared.result->scope != Scope::host;
    if (on_gpu)
        warm_up(prepared.clock, prepared.trial, prepared.estimate,
                is_cold(prepared.result->problem));
    std::int64_t runs = enough;
    if (needs_untimed_run(prepared, enough, team))
        runs = runs_of_sample(prepared, enough, policy);
    forget_untimed_runs(prepared.trial);
    Sample sample = read_clocks(prepared, runs);
    for (const auto& [ns, tasks] : latencies_of(prepared.trial))
        prepared.result->latencies[ns] += tasks;
    if (on_gpu && policy.gpu)
        sample.gpu = policy.gpu();
    prepared.estimate = sample.wall;
    prepared.team_ends = team.ends;
    team.awake = team_of(*prepared.result);
    return sample;
}

} // namespace workspan
