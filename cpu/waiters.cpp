// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/waiters.hpp"

#include "cpu/waiting.hpp"
#include "harness/tasks/children.hpp"
#include "harness/tasks/models.hpp"

#include <fstream>
#include <future>
#include <malloc.h>
#include <optional>
#include <thread>

namespace workspan::waiters {

namespace {

void sleep(const Work& work) { std::this_thread::sleep_for(std::chrono::nanoseconds(work.tau)); }

// Issues the next task, waits, and takes the result of the next one.
void chain_from(Work& work, std::size_t i)
{
    compute(work, i);
    std::future<void> next;
    if (i + 1 < work.n) {
        issue_next(work, i);
        next = std::async(std::launch::async, chain_from, std::ref(work), i + 1);
    }
    const std::int64_t since = begin_wait(work);
    sleep(work);
    const bool waited = has_waited(work, since);
    if (next.valid())
        next.get();
    finish(work, i, since, waited);
}

// The memory of the system that waiting tasks need, in bytes; 0 if unknown.
double memory_of_tasks()
{
    std::ifstream file("/proc/meminfo");
    double sum = 0, kib = 0;
    std::string name, unit;
    while (file >> name >> kib && std::getline(file, unit))
        if (name == "AnonPages:" || name == "KernelStack:" || name == "PageTables:" ||
            name == "SUnreclaim:")
            sum += 1024 * kib;
    return sum;
}

// Memory at the moment of a run at which most tasks wait, by their number; nothing unless nearly
// all wait at that moment: those that have ended may still hold memory.
std::optional<double> bytes_of_one(Work& work, const Make& make)
{
    work.waiting = 0; // runs that were refused threads leave some
    malloc_trim(0);
    const double before = memory_of_tasks();
    const Run run = make();
    std::uint32_t most = 0;
    double bytes = 0;
    std::jthread watch([&](const std::stop_token& stop) {
        for (; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(1)))
            if (const auto waiting = std::atomic_ref(work.waiting).load(); waiting > most) {
                most = waiting;
                bytes = memory_of_tasks() - before;
            }
    });
    run(work);
    watch.request_stop();
    watch.join();
    if (10 * std::size_t(most) < 9 * work.n)
        return std::nullopt;
    return std::max(bytes / most, 0.0);
}

// The median of three runs in which the first task waits until the last has begun.
std::optional<double> bytes_of_a_waiter(Work& work, const Make& make)
{
    std::vector<double> found;
    for (work.tau = 100000000; work.tau <= 400000000 && found.size() < 3;) // ns
        if (const auto bytes = bytes_of_one(work, make))
            found.push_back(*bytes);
        else
            work.tau *= 2;
    std::sort(found.begin(), found.end());
    return found.size() < 3 ? std::nullopt : std::optional(found[1]);
}

} // namespace

std::int64_t nanoseconds_of(const std::string& tau)
{
    const std::int64_t unit = tau.ends_with("us")   ? 1000
                              : tau.ends_with("ms") ? 1000000
                                                    : 1000000000;
    return std::stoll(tau) * unit;
}

void task(void* of, std::size_t i)
{
    Work& work = *static_cast<Work*>(of);
    compute(work, i);
    const std::int64_t since = begin_wait(work);
    sleep(work);
    finish(work, i, since, has_waited(work, since));
}

Run futures(const Problem& p)
{
    if (!is_chain(p))
        return [run = models::futures(p.threads)](Work& work) { run({work.n, task, &work}); };
    return [](Work& work) {
        if (work.n > 0)
            try {
                std::async(std::launch::async, chain_from, std::ref(work), 0).get();
            } catch (const std::system_error& e) {
                throw refused("cannot start a future", e.what());
            }
    };
}

Counters bytes_per_waiter(Work& work, const Make& make)
{
    constexpr std::size_t least = 100; // fewer are less than what other processes take meanwhile
    if (work.n < least)
        return {};
    const std::size_t n = std::exchange(work.n, std::min(work.n, kMostThreads));
    const std::int64_t tau = work.tau;
    std::optional<double> bytes;
    try {
        bytes = bytes_of_a_waiter(work, make);
    } catch (const std::exception&) { // Unavailable, or no thread that watches
    }
    work.n = n;
    work.tau = tau;
    return bytes ? Counters{{"bytes_per_waiter", *bytes}} : Counters{};
}

} // namespace workspan::waiters
