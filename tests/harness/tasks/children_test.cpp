// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/children.hpp"

#include "harness/tasks/shared_array.hpp"
#include "tests/cpu/outcomes.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace workspan {
namespace {

void wait_for_the_end(void*)
{
    while (true)
        pause();
}

std::string why_not_waited_for(pid_t child)
{
    return error_of([&] { wait_for_child(child); });
}

TEST(Children, EndByThemselvesOrItIsSaid)
{
    EXPECT_EQ(why_not_waited_for(fork_child([](void*) {}, nullptr)), "");
    EXPECT_EQ(why_not_waited_for(fork_child([](void*) { _exit(3); }, nullptr)),
              "a child process failed");
    const pid_t child = fork_child(wait_for_the_end, nullptr);
    kill(child, SIGKILL);
    EXPECT_EQ(why_not_waited_for(child), "a child process was ended by signal 9");
    EXPECT_EQ(why_not_waited_for(child), "waitpid: No child processes");
}

void write_signals(void* of)
{
    auto& [shared, parent] = *static_cast<std::pair<int*, pid_t>*>(of);
    prctl(PR_GET_PDEATHSIG, &shared[0]);
    shared[1] = std::signal(SIGINT, SIG_DFL) == SIG_IGN;
    shared[2] = std::signal(SIGTERM, SIG_DFL) == SIG_IGN;
    shared[3] = getppid() == parent;
}

// Ctrl-C reaches the whole foreground group: the parent decides.
TEST(Children, EndWithTheirParentAndIgnoreSignalsToTheGroup)
{
    SharedArray<int> told(4);
    std::pair<int*, pid_t> both = {told.data(), getpid()};
    wait_for_child(fork_child(write_signals, &both));
    EXPECT_EQ(std::vector(told.begin(), told.end()), (std::vector{SIGKILL, 1, 1, 1}));
}

void tell_number_and_wait(void* of)
{
    std::atomic_ref(*static_cast<pid_t*>(of)) = getpid();
    wait_for_the_end(nullptr);
}

// A process forks a child, which tells its number once it is tied to it, and is killed. How the
// child ended then; 0 if it lives a second later.
int end_of_child_after_its_parent()
{
    SharedArray<pid_t> number(1);
    const pid_t parent = fork();
    if (parent == 0) {
        fork_child(tell_number_and_wait, number.data());
        wait_for_the_end(nullptr);
    }
    while (std::atomic_ref(number[0]) == 0)
        usleep(1000);
    kill(parent, SIGKILL);
    waitpid(parent, nullptr, 0);
    int status = 0;
    for (int k = 0; k < 100; ++k, usleep(10000))
        if (waitpid(number[0], &status, WNOHANG) == number[0])
            return status;
    kill(number[0], SIGKILL);
    waitpid(number[0], nullptr, 0);
    return 0;
}

TEST(Children, OfAKilledParentAreKilledWithinASecond)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); // orphans become this process's
    const int status = end_of_child_after_its_parent();
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

// Computes for 200 ms of CPU time, tells so, and waits until it is told to end.
void compute_then_wait(void* of)
{
    auto* const told = static_cast<std::atomic<int>*>(of);
    timespec t{};
    while (t.tv_sec == 0 && t.tv_nsec < 200000000)
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    told[0] = 1;
    while (told[1] == 0)
        usleep(1000);
}

TEST(Children, TheirCpuTimeIsCountedWhileTheyLiveAndOnceTheyAreDead)
{
    SharedArray<std::atomic<int>> told(2);
    const Seconds before = cpu_time_of_children();
    const pid_t child = fork_child(compute_then_wait, told.data());
    while (told[0] == 0)
        usleep(1000);
    const Seconds living = cpu_time_of_children() - before;
    EXPECT_GE(living, 0.2);
    told[1] = 1;
    wait_for_child(child);
    const Seconds dead = cpu_time_of_children() - before;
    EXPECT_GE(dead, 0.2);
    EXPECT_LT(dead, 1.5 * living) << "counted once, beside the end of the process";
}

TEST(Children, LimitsAreNamed)
{
    const std::string text = limits_text();
    for (const char* limit : {"RLIMIT_NPROC ", "RLIMIT_AS ", "pids.max ", "threads-max "})
        EXPECT_NE(text.find(limit), std::string::npos) << text;
}

// fork() copies locks that other threads hold, so children must not allocate; the parent may.
TEST(Children, AreRightWhileAnotherThreadAllocates)
{
    std::jthread allocating([](const std::stop_token& stop) {
        std::vector<std::vector<char>> blocks(64);
        for (std::size_t k = 0; !stop.stop_requested(); ++k)
            blocks[k % 64] = std::vector<char>(k * 37 % 100000);
    });
    SharedArray<int> counts(200);
    for (int& count : counts)
        wait_for_child(fork_child([](void* of) { ++*static_cast<int*>(of); }, &count));
    EXPECT_EQ(std::count(counts.begin(), counts.end(), 1), 200);
}

} // namespace
} // namespace workspan
