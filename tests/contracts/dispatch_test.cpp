// SPDX-License-Identifier: Apache-2.0
// dispatch: on how many CPUs the tasks ran.
#include "harness/contracts/dispatch.hpp"

#include "harness/tasks/models.hpp"
#include "harness/tasks/one_cpu.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

// The CPUs that this process may use.
std::vector<int> allowed_cpus()
{
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    std::vector<int> cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(cpu, &allowed))
            cpus.push_back(cpu);
    return cpus;
}

void move_to(int cpu)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

// The tasks on two CPUs in turn.
Runner on_two_cpus(int)
{
    return [](const Tasks& tasks) {
        const std::vector<int> cpus = allowed_cpus();
        const OneCpu restore; // the CPUs of this thread, at the end
        for (std::size_t i = 0; i < tasks.n; ++i) {
            move_to(cpus[i % 2]);
            tasks(i);
        }
    };
}

TEST(Dispatch, CountsTheCpusThatRanTasks)
{
    const Problem problem = {.n = 100, .threads = 2};
    const OneCpu pinned;
    for (const Model model : {models::threads, models::process_pool}) {
        const Trial trial = dispatch::host(problem, model);
        trial.run();
        EXPECT_EQ(trial.counters().at("cpus_used"), 1);
        EXPECT_TRUE(trial.verify().ok) << "these runs leave the output alone";
    }
}

TEST(Dispatch, CountsTwoCpus)
{
    if (allowed_cpus().size() < 2)
        GTEST_SKIP() << "one CPU";
    const Trial trial = dispatch::host({.n = 100, .threads = 2}, on_two_cpus);
    EXPECT_EQ(trial.counters().at("cpus_used"), 2);
}

TEST(Dispatch, CountsNothingIfTheTasksCannotRunOnSeveralCpus)
{
    EXPECT_FALSE(dispatch::host({.n = 1, .threads = 2}, models::threads).counters);
    EXPECT_FALSE(dispatch::host({.n = 100, .threads = 1}, models::threads).counters);
    EXPECT_FALSE(dispatch::host_on_one({.n = 100, .threads = 2}, models::omp_region).counters);
}

} // namespace
} // namespace workspan
