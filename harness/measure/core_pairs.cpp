// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/core_pairs.hpp"

#include "harness/support/clock.hpp"
#include "harness/tasks/one_cpu.hpp"

#include <algorithm>
#include <array>
#include <barrier>
#include <system_error>
#include <thread>

namespace workspan {

namespace {

constexpr Seconds kTurn = 0.002; // shorter than most pauses of other processes
constexpr int kTurns = 5, kMostTurns = 25;
constexpr double kLeastShare = 0.95; // of its turn that a thread must have had its CPU
constexpr std::size_t kMostPartners = 8;

// A trial of its own for each CPU of a pair: outputs apart.
using Trials = std::array<Trial, 2>;

// 0 if another thread had the CPU meanwhile.
double runs_per_second(const Trial& trial)
{
    const Seconds start = now(), cpu = thread_cpu_time();
    Seconds took = 0;
    int runs = 0;
    do {
        trial.run();
        ++runs;
        took = now() - start;
    } while (took < kTurn);
    return thread_cpu_time() - cpu >= kLeastShare * took ? runs / took : 0;
}

// The rate on each of these CPUs, all at once; 0 also of a thread that could not be bound.
std::vector<double> rates_at_once(const Trials& trials, const std::vector<int>& cpus)
{
    std::vector<double> rates(cpus.size());
    std::barrier ready(static_cast<std::ptrdiff_t>(cpus.size()));
    std::vector<std::jthread> threads;
    threads.reserve(cpus.size());
    for (std::size_t k = 0; k < cpus.size(); ++k)
        try {
            threads.emplace_back([&, k] {
                const bool bound = bind_to(cpus[k]);
                trials[k].run(); // its data are in the caches, its units awake
                ready.arrive_and_wait();
                if (bound)
                    rates[k] = runs_per_second(trials[k]);
            });
        } catch (const std::system_error&) { // the system refuses a thread: nobody waits for it
            ready.arrive_and_drop();
        }
    threads.clear(); // joins them
    return rates;
}

bool is_whole(const Turn& turn) { return turn.first > 0 && turn.second > 0; }

Turn take_turn(const Trials& trials, int first, int second)
{
    const double first_alone = rates_at_once(trials, {first}).front(),
                 second_alone = rates_at_once(trials, {second}).front();
    const std::vector<double> both = rates_at_once(trials, {first, second});
    return {first_alone, second_alone, both[0], both[1]};
}

const Workload* ceiling_of_arithmetic(const std::vector<Workload>& suite)
{
    const auto found = std::find_if(suite.begin(), suite.end(), [](const Workload& w) {
        return w.contract.ceiling == w.name && w.contract.rate == Rate::flops;
    });
    return found == suite.end() ? nullptr : &*found;
}

std::vector<CpuPair> pairs_of(const Workload& workload, const std::vector<int>& cpus)
{
    const Problem problem = {.n = workload.contract.sizes.front()};
    const Trials trials = {baseline_of(workload).prepare(problem),
                           baseline_of(workload).prepare(problem)};
    std::vector<CpuPair> pairs;
    for (const int partner : partners(cpus, thread_siblings(cpus.front()))) {
        std::vector<Turn> turns;
        for (int k = 0, whole = 0; k < kMostTurns && whole < kTurns; ++k) {
            turns.push_back(take_turn(trials, cpus.front(), partner));
            whole += is_whole(turns.back()) ? 1 : 0;
        }
        if (const double gain = gain_of(turns); gain > 0)
            pairs.push_back({cpus.front(), partner, gain});
    }
    return pairs;
}

} // namespace

std::vector<int> partners(const std::vector<int>& cpus, const std::vector<int>& siblings)
{
    std::vector<int> found;
    const auto add = [&](int cpu) {
        const bool usable = std::find(cpus.begin(), cpus.end(), cpu) != cpus.end();
        const bool known = std::find(found.begin(), found.end(), cpu) != found.end();
        if (usable && !known && cpu != cpus.front() && found.size() < kMostPartners)
            found.push_back(cpu);
    };
    for (const int sibling : siblings)
        if (found.empty())
            add(sibling);
    const std::size_t p = cpus.size();
    for (const std::size_t k :
         {std::size_t(1), p / 2, p - 1, p / 4, 3 * p / 4, p / 8, std::size_t(2)})
        if (k < p)
            add(cpus[k]);
    return found;
}

double gain_of(const std::vector<Turn>& turns)
{
    Turn best;
    for (const Turn& turn : turns) {
        best.first_alone = std::max(best.first_alone, turn.first_alone);
        best.second_alone = std::max(best.second_alone, turn.second_alone);
    }
    double gain = 0;
    if (best.first_alone > 0 && best.second_alone > 0)
        for (const Turn& turn : turns)
            if (is_whole(turn))
                gain =
                    std::max(gain, turn.first / best.first_alone + turn.second / best.second_alone);
    return gain;
}

std::vector<CpuPair> core_pairs(const std::vector<Workload>& suite, const std::vector<int>& cpus)
{
    const Workload* const workload = ceiling_of_arithmetic(suite);
    if (workload == nullptr || cpus.size() < 2)
        return {};
    try {
        return pairs_of(*workload, cpus);
    } catch (const Unavailable&) { // the system refuses threads
        return {};
    }
}

} // namespace workspan
