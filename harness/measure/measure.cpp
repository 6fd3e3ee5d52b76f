// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/measure.hpp"

#include "harness/measure/gpu_clock.hpp"
#include "harness/support/clock.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>

namespace workspan {

namespace {

constexpr int kFewestBlocks = 3;  // even if the budget is spent
constexpr int kFewestOfTasks = 2; // the same, of concurrency, where one run may take seconds

// The state of measure().
struct Sampling {
    std::vector<PreparedCase>& cases;
    const SamplingLimits& limits;
    const SamplingPolicy& policy;
    const OnSample& on_sample;
    int blocks = 0; // taken
    Seconds block_took = 0;
    std::string stopped = {};
    IdleTeam team = {};
};

// The part of a case in a block.
struct Task {
    PreparedCase* prepared;
    Seconds last = 0; // the last reading, of all iterations
};

// Reports nothing, since the bodies collect the samples; takes over Google Benchmark's own counters
// (--benchmark_perf_counters).
class Silent : public benchmark::BenchmarkReporter {
public:
    explicit Silent(const std::vector<Task>& tasks) : tasks_(tasks) {}
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override
    {
        for (const Run& run : runs)
            for (const Task& task : tasks_)
                if (task.prepared->result->name == run.run_name.function_name)
                    for (const auto& [name, counter] : run.counters)
                        task.prepared->result->counters[name] = counter.value;
    }

private:
    const std::vector<Task>& tasks_;
};

// Stores a sample. A call before it in the same block was a warm-up (--benchmark_min_warmup_time).
void store(Sample sample, int block, std::vector<Sample>& samples)
{
    if (!samples.empty() && samples.back().block == block)
        samples.pop_back();
    sample.block = block;
    samples.push_back(std::move(sample));
}

// Called by Google Benchmark: one reading of the case's clock around the requested iterations.
// After a failure or a stop it reports zero times.
void body(benchmark::State& state, Task& task, Sampling& s)
{
    while (state.KeepRunningBatch(state.max_iterations)) {
        task.last = 0;
        CaseResult& result = *task.prepared->result;
        if (!s.limits.stop && result.status == Status::ok) {
            s.on_sample(result);
            attempt(result, [&] {
                Sample sample = take_sample(*task.prepared, result.iterations, s.policy, s.team);
                task.last = sample.wall * static_cast<double>(state.max_iterations);
                store(std::move(sample), s.limits.blocks_before + s.blocks + 1, result.samples);
            });
        }
        state.SetIterationTime(task.last);
    }
}

// Lets Google Benchmark take one sample of each task, in random order.
void take_block(std::vector<Task>& tasks, Sampling& s)
{
    benchmark::ClearRegisteredBenchmarks();
    for (Task& task : tasks)
        benchmark::RegisterBenchmark(task.prepared->result->name.c_str(),
                                     [&task, &s](benchmark::State& state) { body(state, task, s); })
            ->UseManualTime()
            ->Repetitions(1)
            ->Iterations(task.prepared->result->iterations);
    Silent reporter(tasks);
    benchmark::RunSpecifiedBenchmarks(&reporter, ".");
}

bool is_open(const PreparedCase& prepared) { return prepared.result->status == Status::ok; }

bool is_main(const PreparedCase& prepared) { return prepared.result->role == Role::main; }

// Whether teaching variants are in every block: there is nothing else in the group.
bool is_teaching_alone(const std::vector<PreparedCase>& cases)
{
    return std::none_of(cases.begin(), cases.end(), [](const PreparedCase& prepared) {
        return is_open(prepared) && is_main(prepared) && !prepared.beside;
    });
}

// The open cases that decide when to stop: main variants and ceilings, or teaching ones alone.
std::vector<PreparedCase*> essential_cases(std::vector<PreparedCase>& cases)
{
    const bool all = is_teaching_alone(cases);
    std::vector<PreparedCase*> essential;
    for (PreparedCase& prepared : cases)
        if (is_open(prepared) && (all || is_main(prepared)))
            essential.push_back(&prepared);
    return essential;
}

// The open cases of the next block.
std::vector<Task> tasks_of_block(const Sampling& s)
{
    std::vector<Task> tasks;
    const bool all = s.blocks % kTeachingEvery == 0 || is_teaching_alone(s.cases);
    for (PreparedCase& prepared : s.cases)
        if (is_open(prepared) && (all || is_main(prepared)))
            tasks.push_back({&prepared});
    return tasks;
}

// Whether the budget allows another block.
bool is_affordable(const Sampling& s)
{
    const bool of_tasks = s.cases.front().result->subject == Subject::concurrency;
    return s.policy.repetitions > 0 || s.blocks < (of_tasks ? kFewestOfTasks : kFewestBlocks) ||
           now() + s.block_took <= s.limits.deadline;
}

// Blocks up to the look, as far as the budget allows.
void take_blocks(Sampling& s, int look)
{
    while (s.blocks < look && !s.limits.stop) {
        if (!is_affordable(s)) {
            s.stopped = "budget";
            return;
        }
        std::vector<Task> tasks = tasks_of_block(s);
        if (tasks.empty())
            return;
        const Seconds start = now();
        take_block(tasks, s);
        const Seconds took = now() - start;
        const bool with_teaching = s.blocks % kTeachingEvery == 0; // longer than the next ones
        s.block_took = with_teaching && s.blocks > 0 ? s.block_took : took;
        ++s.blocks;
    }
}

// Poisons every output, takes the samples, verifies the outputs. A case whose output is still
// poisoned took no sample in the round: it was stopped, or it is a teaching variant.
void take_round(Sampling& s, int look)
{
    std::vector<std::size_t> samples_before;
    for (PreparedCase& prepared : s.cases) {
        samples_before.push_back(prepared.result->samples.size());
        if (is_open(prepared))
            attempt(*prepared.result, prepared.trial.poison);
    }
    s.team.awake = 0; // poison and checks use another team
    take_blocks(s, look);
    for (std::size_t k = 0; k < s.cases.size(); ++k)
        if (is_open(s.cases[k]) && s.cases[k].result->samples.size() > samples_before[k])
            verify(s.cases[k], "after a round of samples");
}

// Why no further block is needed; empty if some essential case needs one.
std::string reason_to_stop(const Sampling& s)
{
    if (s.policy.repetitions > 0)
        return s.blocks >= s.policy.repetitions ? "repetitions" : "";
    for (PreparedCase* const prepared : essential_cases(s.cases)) {
        summarise(*prepared->result);
        const auto half_width = relative_half_width(*prepared->result);
        if (clean_samples(*prepared->result) < kFirstLook || !half_width ||
            *half_width > s.policy.target)
            return "";
    }
    return "target";
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

void finish(PreparedCase& prepared, const std::string& stopped)
{
    CaseResult& result = *prepared.result;
    if (result.status == Status::ok && result.samples.empty())
        skip(result, Cause::interrupted, "interrupted");
    if (result.status != Status::ok)
        return;
    result.stopped = stopped;
    summarise(result);
    warn_of_gpu_clock(result);
    if (!prepared.trial.counters || stopped == "interrupted") // they may need further runs
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

int measure(std::vector<PreparedCase>& cases, const SamplingLimits& limits,
            const SamplingPolicy& policy, const OnSample& on_sample)
{
    initialise(policy);
    Sampling s{cases, limits, policy, on_sample};
    for (PreparedCase& prepared : cases)
        if (!limits.stop)
            attempt(*prepared.result, [&] { calibrate(prepared, policy); });
    const auto is_wanted = [](const PreparedCase& c) { return is_open(c) && !c.beside; };
    while (!limits.stop && s.stopped.empty() &&
           std::any_of(cases.begin(), cases.end(), is_wanted)) {
        take_round(s, policy.repetitions > 0 ? policy.repetitions : next_look(s.blocks));
        if (s.stopped.empty())
            s.stopped = reason_to_stop(s);
    }
    for (PreparedCase& prepared : cases)
        finish(prepared, limits.stop && s.stopped.empty() ? "interrupted" : s.stopped);
    benchmark::ClearRegisteredBenchmarks();
    return s.blocks;
}

} // namespace workspan
