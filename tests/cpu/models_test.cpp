// SPDX-License-Identifier: Apache-2.0
// Every model of execution: each task runs once, whatever delays happen, and nothing is left
// behind.
#include "tests/cpu/delays.hpp"
#include "tests/cpu/every_model.hpp"
#include "tests/cpu/possessions.hpp"

#include <coroutine>
#include <sys/wait.h>

namespace workspan {
namespace {

class EveryModel : public testing::TestWithParam<NamedModel> {};
class EveryModelButOpenMp : public testing::TestWithParam<NamedModel> {};
class EveryModelOfThreads : public testing::TestWithParam<NamedModel> {};
class EveryModelLong : public testing::TestWithParam<NamedModel> {};

// Other tasks than before, with the same runner.
TEST_P(EveryModel, RunsEachTaskOnceWhateverItRanBefore)
{
    for (const int threads : {1, 2, 7}) {
        const auto run = made(GetParam(), threads);
        if (!run)
            GTEST_SKIP() << "skipped: its library is absent";
        for (const std::size_t n : {3, 0, 1, 40, 2, 40}) {
            const Counting counting(n);
            (*run)(counting.tasks());
            const CheckResult result = counting.check();
            EXPECT_TRUE(result.ok) << threads << " threads: " << result.why;
        }
    }
}

// Tasks that are delayed before they run and afterwards.
struct Delayed {
    Tasks tasks;
    std::uint64_t seed;
};

void run_delayed(void* of, std::size_t i)
{
    const auto& [tasks, seed] = *static_cast<const Delayed*>(of);
    delay(seed, 2 * i, 100000);
    tasks(i);
    delay(seed, 2 * i + 1, 100000);
}

void expect_each_task_once_under_delays(const NamedModel& model, std::uint64_t runs)
{
    const auto run = made(model, 3);
    if (!run)
        GTEST_SKIP() << "skipped: its library is absent";
    Counting counting(12);
    const SharedArray<Delayed> delayed(1);
    delayed[0].tasks = counting.tasks();
    for (std::uint64_t k = 0; k < runs; ++k) {
        counting.clear();
        delayed[0].seed = k;
        (*run)({counting.counts.size(), run_delayed, delayed.data()});
        const CheckResult result = counting.check();
        ASSERT_TRUE(result.ok) << "run " << k << ": " << result.why;
    }
}

TEST_P(EveryModel, LosesNoTaskUnderRandomDelays)
{
    const bool forks_slowly = GetParam().by == By::processes && has_address_sanitizer();
    expect_each_task_once_under_delays(GetParam(), forks_slowly ? 10 : 100);
}

TEST_P(EveryModelLong, LosesNoTaskUnderRandomDelays)
{
    expect_each_task_once_under_delays(GetParam(), 1000);
}

TEST_P(EveryModelButOpenMp, LeavesNoThreadProcessOrMemoryBehind)
{
    expect_nothing_left_behind([] {
        const auto run = made(GetParam(), 3);
        const Counting counting(20);
        if (run)
            (*run)(counting.tasks());
        return run.has_value();
    });
}

struct Shared {
    std::atomic<int> met;
    long sum;
};

// Waits until another task is there too, for a second at most, and adds without care.
void add_with_another(void* of, std::size_t)
{
    Shared& shared = *static_cast<Shared*>(of);
    shared.met.fetch_add(1, std::memory_order_relaxed); // orders nothing
    for (int k = 0; k < 1000 && shared.met.load(std::memory_order_relaxed) < 2; ++k)
        usleep(1000);
    shared.sum += 1;
}

// ThreadSanitizer must find a planted one, or its silence about the models says nothing.
TEST_P(EveryModelOfThreads, APlantedRaceIsFound)
{
    if (!has_thread_sanitizer())
        GTEST_SKIP() << "skipped: not built with ThreadSanitizer";
    if (GetParam().make == models::omp_region)
        GTEST_SKIP() << "skipped: one task at a time";
    if (!made(GetParam(), 2))
        GTEST_SKIP() << "skipped: its library is absent";
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(
        {
            static Shared shared;
            const auto run = made(GetParam(), 3);
            (*run)({8, add_with_another, &shared});
            std::exit(0);
        },
        testing::ExitedWithCode(66), "ThreadSanitizer: data race");
}

struct Forgotten {
    struct promise_type {
        Forgotten get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; } // its frame stays
        void return_void() {}
        void unhandled_exception() {}
    };
};

Forgotten forgotten(long* count)
{
    ++*count;
    co_return;
}

// The same of LeakSanitizer: the frame of a coroutine that is never destroyed.
TEST(Coroutines, AFrameThatIsNeverDestroyedIsFound)
{
    if (!has_address_sanitizer())
        GTEST_SKIP() << "skipped: not built with AddressSanitizer";
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(
        {
            long count = 0;
            for (int k = 0; k < 10; ++k)
                forgotten(&count);
            std::exit(0);
        },
        [](int status) { return WIFEXITED(status) && WEXITSTATUS(status) != 0; },
        "detected memory leaks");
}

const auto kAll = testing::ValuesIn(models_by({By::one, By::team, By::threads, By::processes}));
INSTANTIATE_TEST_SUITE_P(Host, EveryModel, kAll, name_of_model);
INSTANTIATE_TEST_SUITE_P(Host, EveryModelLong, kAll, name_of_model);
INSTANTIATE_TEST_SUITE_P(Host, EveryModelButOpenMp,
                         testing::ValuesIn(models_by({By::one, By::threads, By::processes})),
                         name_of_model);
INSTANTIATE_TEST_SUITE_P(Host, EveryModelOfThreads,
                         testing::ValuesIn(models_by({By::team, By::threads})), name_of_model);

} // namespace
} // namespace workspan
