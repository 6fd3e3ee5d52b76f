// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/one_cpu.hpp"

#include "harness/tasks/children.hpp"
#include "harness/tasks/shared_array.hpp"

#include <gtest/gtest.h>
#include <latch>
#include <thread>
#include <unistd.h>

namespace workspan {
namespace {

cpu_set_t cpus_of(pid_t thread)
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    sched_getaffinity(thread, sizeof cpus, &cpus);
    return cpus;
}

cpu_set_t only(int cpu)
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    return cpus;
}

bool equal(const cpu_set_t& a, const cpu_set_t& b) { return CPU_EQUAL(&a, &b); }

int last_of(const cpu_set_t& cpus)
{
    int last = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        last = CPU_ISSET(cpu, &cpus) ? cpu : last;
    return last;
}

TEST(BindTo, TheCallingThreadRunsThereOrSaysThatItMayNot)
{
    std::thread([] {
        const int last = last_of(cpus_of(0));
        EXPECT_TRUE(bind_to(last));
        EXPECT_TRUE(equal(cpus_of(0), only(last)));
        for (const int absent : {-1, CPU_SETSIZE - 1, CPU_SETSIZE})
            EXPECT_FALSE(bind_to(absent)) << absent;
        EXPECT_TRUE(equal(cpus_of(0), only(last))) << "where it was";
    }).join();
}

// A thread that waits for its end.
class Waiting {
public:
    Waiting()
        : thread_([this] {
              id_ = gettid();
              began_.count_down();
              end_.wait();
          })
    {
        began_.wait();
    }
    ~Waiting() { end_.count_down(); }
    pid_t id() const { return id_; }

private:
    pid_t id_ = 0;
    std::latch began_{1}, end_{1};
    std::jthread thread_;
};

TEST(OneCpu, PinsAllThreadsAndRestoresTheMaskOfEach)
{
    const cpu_set_t all = cpus_of(0);
    Waiting free, own;
    const cpu_set_t last = only(last_of(all));
    sched_setaffinity(own.id(), sizeof last, &last);
    {
        const OneCpu pinned;
        const cpu_set_t one = cpus_of(0);
        EXPECT_EQ(CPU_COUNT(&one), 1);
        EXPECT_TRUE(CPU_ISSET(sched_getcpu(), &one));
        EXPECT_TRUE(equal(cpus_of(free.id()), one));
        EXPECT_TRUE(equal(cpus_of(own.id()), one));
    }
    EXPECT_TRUE(equal(cpus_of(0), all));
    EXPECT_TRUE(equal(cpus_of(free.id()), all));
    EXPECT_TRUE(equal(cpus_of(own.id()), last)) << "its own mask";
}

TEST(OneCpu, ThreadsAndProcessesStartedMeanwhileInheritIt)
{
    const OneCpu pinned;
    const cpu_set_t one = cpus_of(0);
    const Waiting started;
    EXPECT_TRUE(equal(cpus_of(started.id()), one));
    SharedArray<cpu_set_t> of_child(1);
    wait_for_child(fork_child(
        [](void* of) { sched_getaffinity(0, sizeof(cpu_set_t), static_cast<cpu_set_t*>(of)); },
        of_child.data()));
    EXPECT_TRUE(equal(of_child[0], one));
}

TEST(OneCpu, AThreadThatEndsMeanwhileDoesNoHarm)
{
    const cpu_set_t all = cpus_of(0);
    auto waiting = std::make_unique<Waiting>();
    {
        const OneCpu pinned;
        waiting.reset();
    }
    EXPECT_TRUE(equal(cpus_of(0), all));
}

} // namespace
} // namespace workspan
