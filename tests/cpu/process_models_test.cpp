// SPDX-License-Identifier: Apache-2.0
// What only models that fork have: processes that are killed, and parents with threads.
#include "tests/cpu/every_model.hpp"
#include "tests/cpu/outcomes.hpp"
#include "tests/cpu/possessions.hpp"

#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace workspan {
namespace {

// Task 3 ends its process, the first time.
struct Deadly {
    Tasks tasks;
    std::atomic<bool> has_killed;
};

void run_or_die(void* of, std::size_t i)
{
    auto& deadly = *static_cast<Deadly*>(of);
    if (i == 3 && !deadly.has_killed.exchange(true))
        raise(SIGKILL);
    deadly.tasks(i);
}

void expect_error_then_right(Model model, const std::string& error)
{
    const Runner run = model(2);
    Counting counting(10);
    const SharedArray<Deadly> deadly(1);
    deadly[0].tasks = counting.tasks();
    const Tasks tasks = {10, run_or_die, deadly.data()};
    EXPECT_EQ(error_of([&] { run(tasks); }), error);
    EXPECT_EQ(possessions().children, 0U);
    counting.clear();
    EXPECT_EQ(error_of([&] { run(tasks); }), "");
    const CheckResult result = counting.check();
    EXPECT_TRUE(result.ok) << result.why;
}

TEST(ProcessModels, AKilledChildIsAnErrorAndTheNextRunIsRight)
{
    expect_error_then_right(models::processes, "a child process was ended by signal 9");
    expect_error_then_right(models::process_pool, "a worker of the process pool has ended");
}

void note_process(void* of, std::size_t) { *static_cast<std::atomic<pid_t>*>(of) = getpid(); }

// The others would do all tasks, and the time would be that of a smaller pool.
TEST(ProcessModels, AWorkerKilledBetweenTwoRunsIsAnError)
{
    const Runner run = models::process_pool(2);
    const SharedArray<std::atomic<pid_t>> worker(1);
    const Tasks tasks = {10, note_process, worker.data()};
    run(tasks);
    kill(worker[0], SIGKILL);
    siginfo_t info{};
    ASSERT_EQ(waitid(P_PID, id_t(worker[0]), &info, WEXITED | WNOWAIT), 0);
    EXPECT_EQ(error_of([&] { run(tasks); }), "a worker of the process pool has ended");
    EXPECT_EQ(error_of([&] { run(tasks); }), "");
}

// fork() copies locks that other threads hold, and OpenMP's team does not exist in a child.
TEST(ProcessModels, AreRightAfterOpenMpWhileAnotherThreadAllocates)
{
    require_threads(3);
    Counting(20).tasks();
    const Runner omp = models::omp(3);
    std::jthread allocating([](const std::stop_token& stop) {
        std::vector<std::vector<char>> blocks(64);
        for (std::size_t k = 0; !stop.stop_requested(); ++k)
            blocks[k % 64] = std::vector<char>(k * 37 % 100000);
    });
    for (const Model model : {models::processes, models::process_pool})
        for (int k = 0; k < 10; ++k) {
            const Counting in_team(20), in_children(10);
            omp(in_team.tasks());
            model(2)(in_children.tasks());
            EXPECT_TRUE(in_team.check().ok);
            EXPECT_TRUE(in_children.check().ok) << in_children.check().why;
        }
}

// LLVM's OpenMP gives one to each process that is forked after its start.
TEST(ProcessModels, LeaveNoNameInSharedMemory)
{
    const Counting in_team(4);
    models::omp(2)(in_team.tasks());
    const SharedArray<std::atomic<pid_t>> child(1);
    for (const Model model : {models::processes, models::process_pool}) {
        model(2)({1, note_process, child.data()});
        const std::string name = "__KMP_REGISTERED_LIB_" + std::to_string(child[0]) + "_";
        EXPECT_FALSE(std::filesystem::exists("/dev/shm/" + name + std::to_string(getuid())));
    }
}

TEST(ProcessModels, AreForkedFromTheTasksThatTheyGet)
{
    const Runner run = models::process_pool(2);
    std::unique_ptr<Counting> counting;
    for (int k = 0; k < 3; ++k) {
        counting.reset(); // the next one has its addresses
        counting = std::make_unique<Counting>(1000 + std::size_t(k));
        run(counting->tasks());
        EXPECT_TRUE(counting->check().ok) << k << ": " << counting->check().why;
    }
}

} // namespace
} // namespace workspan
