// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/round_trip.hpp"

#include "harness/support/clock.hpp"
#include "harness/support/statistics.hpp"
#include "harness/tasks/one_cpu.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

namespace workspan {

namespace {

constexpr int kBatches = 15, kTrips = 200; // the first batch warms up
constexpr std::size_t kPairs = 8;
constexpr Seconds kPatience = 0.02;

// The cache line that travels: one thread makes its value odd, the other even.
struct alignas(128) Line {
    std::atomic<std::uint32_t> value = 0;
    std::atomic<bool> broken = false; // one side has given up
};

// Waits until the line holds `value`; false after the deadline, or if the other side gave up.
bool wait_for(Line& line, std::uint32_t value, Seconds deadline)
{
    for (std::uint32_t spins = 1; line.value.load(std::memory_order_acquire) != value; ++spins)
        if (spins % 4096 == 0 && (line.broken || now() > deadline)) {
            line.broken = true;
            return false;
        }
    return true;
}

void answer(Line& line, int cpu, Seconds deadline)
{
    if (!bind_to(cpu))
        line.broken = true;
    for (std::uint32_t k = 0; k < kBatches * kTrips && wait_for(line, 2 * k + 1, deadline); ++k)
        line.value.store(2 * k + 2, std::memory_order_release);
}

std::optional<Seconds> ask(Line& line, int cpu, Seconds deadline)
{
    if (!bind_to(cpu))
        line.broken = true;
    std::vector<double> batches;
    std::uint32_t k = 0;
    for (int batch = 0; batch < kBatches; ++batch) {
        const Seconds start = now();
        for (int trip = 0; trip < kTrips; ++trip, ++k) {
            line.value.store(2 * k + 1, std::memory_order_release);
            if (!wait_for(line, 2 * k + 2, deadline))
                return std::nullopt;
        }
        if (batch > 0)
            batches.push_back((now() - start) / kTrips);
    }
    return median(batches);
}

// Both ends run in threads of their own, so that the caller's affinity does not change.
std::optional<Seconds> round_trip(int from, int to)
{
    Line line;
    std::optional<Seconds> result;
    const Seconds deadline = now() + kPatience;
    try {
        const std::jthread answerer([&] { answer(line, to, deadline); });
        const std::jthread asker([&] { result = ask(line, from, deadline); });
    } catch (const std::system_error&) { // the system refuses threads
    }
    return result;
}

} // namespace

std::vector<Seconds> round_trips(const std::vector<int>& cpus)
{
    std::vector<Seconds> results;
    const std::size_t pairs = cpus.empty() ? 0 : cpus.size() - 1, probed = std::min(pairs, kPairs);
    for (std::size_t k = 0; k < probed; ++k) {
        const std::size_t first = k * pairs / probed;
        if (const auto result = round_trip(cpus[first], cpus[first + 1]))
            results.push_back(*result);
    }
    return results;
}

} // namespace workspan
