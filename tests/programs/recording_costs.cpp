// SPDX-License-Identifier: Apache-2.0
// What recording a task costs, which is part of what is measured of it: a reading of the clock, a
// latency in the histogram, a span of the trace. build/release/tests/recording_costs; the test only
// checks that it runs.
#include "harness/random.hpp"
#include "harness/tasks/task_latencies.hpp"
#include "harness/tasks/trace.hpp"

#include <benchmark/benchmark.h>

namespace workspan {
namespace {

constexpr std::size_t kTasks = 1000; // Trace records no more

void read_clock(benchmark::State& state)
{
    for ([[maybe_unused]] const auto _ : state)
        benchmark::DoNotOptimize(steady_ns());
}

// Latencies from 0.1 ms to 1.1 ms, which are in 430 buckets.
void add_to_histogram(benchmark::State& state)
{
    std::vector<std::uint64_t> ns(4096);
    for (std::size_t i = 0; i < ns.size(); ++i)
        ns[i] = 100'000 + random_bits(1, i) % 1'000'000;
    Histogram histogram;
    for ([[maybe_unused]] const auto _ : state)
        for (const std::uint64_t one : ns)
            histogram.add(one);
    benchmark::DoNotOptimize(histogram.count());
    state.SetItemsProcessed(static_cast<std::int64_t>(ns.size()) * state.iterations());
}

void add_span(benchmark::State& state)
{
    Trace trace(kTasks);
    for ([[maybe_unused]] const auto _ : state) {
        for (std::size_t i = 0; i < kTasks; ++i)
            trace.add(i, Span::Kind::run, 0);
        state.PauseTiming();
        trace.clear();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(kTasks * state.iterations());
}

BENCHMARK(read_clock);
BENCHMARK(add_to_histogram);
BENCHMARK(add_span);

} // namespace
} // namespace workspan

BENCHMARK_MAIN();
