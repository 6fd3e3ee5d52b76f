// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/waiters.hpp"

#include "cpu/waiting.hpp"
#include "harness/children.hpp"
#include "harness/models.hpp"

#include <fstream>
#include <future>
#include <malloc.h>
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

// Memory at the moment of the run at which most tasks wait, by their number.
double most_bytes_of_a_waiter(Work& work, const std::function<Run()>& make)
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
    return most == 0 ? 0 : bytes / most;
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
                throw Unavailable(std::string("cannot start a future: ") + e.what() + " (" +
                                  limits_text() + ")");
            }
    };
}

Run pool(const Problem& p)
{
    const std::size_t threads = std::clamp<std::size_t>(p.n, 1, kMostThreads);
    return [run = models::pool(static_cast<int>(threads))](Work& work) {
        run({work.n, task, &work});
    };
}

Counters bytes_per_waiter(Work& work, const std::function<Run()>& make)
{
    constexpr std::size_t least = 32;
    constexpr std::int64_t long_enough = 100000000; // ns: the first waits until the last has begun
    if (work.n < least)
        return {};
    const std::size_t n = std::exchange(work.n, std::min(work.n, kMostThreads));
    const std::int64_t tau = std::exchange(work.tau, std::max(work.tau, long_enough));
    std::vector<double> bytes;
    try {
        for (int time = 0; time < 3; ++time)
            bytes.push_back(most_bytes_of_a_waiter(work, make));
    } catch (const std::exception&) { // Unavailable, or no thread that watches
        bytes.clear();
    }
    work.n = n;
    work.tau = tau;
    if (bytes.empty())
        return {};
    std::sort(bytes.begin(), bytes.end());
    return {{"bytes_per_waiter", std::max(bytes[1], 0.0)}};
}

} // namespace workspan::waiters
