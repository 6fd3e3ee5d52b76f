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
        issue(work, i, i + 1);
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

// Memory at a moment of the run, by the number of tasks that wait then.
struct Peak {
    std::uint32_t waiting = 0;
    double bytes = 0;
};

Peak peak_during(const Work& work, const std::function<void()>& run)
{
    Peak peak;
    std::jthread watch([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            if (const std::uint32_t waiting = work.waiting; waiting > peak.waiting)
                peak = {waiting, memory_of_tasks()};
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    });
    run();
    watch.request_stop();
    watch.join();
    return peak;
}

} // namespace

std::int64_t nanoseconds_of(const std::string& tau)
{
    const std::int64_t unit = tau.ends_with("us") ? 1000 : tau.ends_with("ms") ? 1000000 : 1000000000;
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

double bytes_per_waiter(const std::shared_ptr<SharedArray<Work>>& work,
                        const std::function<std::function<void()>()>& prepare)
{
    std::vector<double> all;
    for (int time = 0; time < 3; ++time) {
        malloc_trim(0);
        const double before = memory_of_tasks();
        (*work)[0].waiting = 0; // runs that were refused threads leave some
        const Peak peak = peak_during((*work)[0], prepare());
        all.push_back(peak.waiting == 0 ? 0 : (peak.bytes - before) / peak.waiting);
    }
    std::sort(all.begin(), all.end());
    return std::max(all[1], 0.0);
}

} // namespace workspan::waiters
