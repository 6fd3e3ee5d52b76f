// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/thread_delays.hpp"
#include "harness/support/clock.hpp"
#include "tests/cpu/possessions.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <thread>
#include <vector>

namespace workspan {
namespace {

void spin(Seconds duration)
{
    for (const Seconds end = now() + duration; now() < end;) {
    }
}

// Pins the calling thread, and with it the threads that it starts, to the first allowed CPU.
class OnOneCpu {
public:
    OnOneCpu()
    {
        sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t one;
        CPU_ZERO(&one);
        int cpu = 0;
        while (!CPU_ISSET(cpu, &before_))
            ++cpu;
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof one, &one);
    }
    ~OnOneCpu() { sched_setaffinity(0, sizeof before_, &before_); }
    OnOneCpu(const OnOneCpu&) = delete;
    OnOneCpu& operator=(const OnOneCpu&) = delete;

private:
    cpu_set_t before_;
};

TEST(ThreadDelays, AThreadThatSharesItsCpuWaitsAboutHalfOfTheTime)
{
    const OnOneCpu pinned;
    std::atomic<bool> stop = false;
    std::jthread other([&] {
        while (!stop)
            spin(1e-4);
    });
    spin(0.02);
    const ThreadDelays delays;
    const Seconds start = now();
    spin(0.2);
    const Seconds took = now() - start;
    const auto waited = delays.largest();
    stop = true;
    if (!waited)
        GTEST_SKIP() << "this kernel accounts no delays";
    EXPECT_GT(*waited, 0.2 * took);
    EXPECT_LE(*waited, took);
}

TEST(ThreadDelays, AThreadThatSleepsDoesNotWait)
{
    std::atomic<bool> stop = false;
    std::jthread sleeper([&] { stop.wait(false); });
    const ThreadDelays delays;
    const auto waited = delays.largest();
    stop = true;
    stop.notify_all();
    if (!waited)
        GTEST_SKIP() << "this kernel accounts no delays";
    EXPECT_GE(*waited, 0);
}

// A file of each thread stays open, and is closed when the thread has ended.
TEST(ThreadDelays, FilesAreKeptForTheThreadsThatThereAre)
{
    static_cast<void>(ThreadDelays().largest());
    const std::size_t before = open_files();
    for (int k = 0; k < 20; ++k) {
        std::atomic<bool> stop = false;
        std::jthread other([&] { stop.wait(false); });
        const ThreadDelays delays;
        const auto waited = delays.largest();
        stop = true;
        stop.notify_all();
        if (!waited)
            GTEST_SKIP() << "this kernel accounts no delays";
        EXPECT_EQ(open_files(), before + 1);
    }
    EXPECT_TRUE(ThreadDelays().largest());
    EXPECT_EQ(open_files(), before);
}

} // namespace
} // namespace workspan
