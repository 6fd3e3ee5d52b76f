// SPDX-License-Identifier: Apache-2.0
// Where the system refuses threads, processes or memory, a variant is unavailable and says why: the
// process goes on, nothing hangs, and what was started has ended. Each case runs in a process of
// its own, which limits itself.
#include "tests/contracts/walk.hpp"
#include "tests/cpu/every_model.hpp"
#include "tests/cpu/outcomes.hpp"
#include "tests/cpu/possessions.hpp"
#include "tests/cpu/refusals.hpp"

namespace workspan {
namespace {

[[noreturn]] void tell_outcome(const Walked& walked, const Problem& problem, void (*refuse)())
{
    alarm(60); // a hang ends
    const auto [workload, variant] = find(walked);
    refuse();
    const Possessions before = possessions();
    const std::string what = outcome(variant, problem);
    std::cerr << what << "\n";
    if (what != "right") // else libraries keep threads
        tell_what_is_left_behind(before);
    end();
}

// Four tasks or waits at least, and every key that the workload needs.
Problem small_problem(const Walked& walked)
{
    Problem problem = {.n = walked.workload == "busy" ? std::size_t(40000) : 20, .threads = 4};
    if (walked.workload == "busy")
        problem.keys["grain"] = "1000";
    if (walked.workload == "waiters")
        problem.keys["tau"] = "1ms";
    if (walked.workload == "futures")
        problem.keys["cancel"] = walked.variant == "futures" ? "0" : "50";
    if (find(walked).variant.threading == Threading::one)
        problem.threads = 1;
    return problem;
}

std::vector<Walked> concurrent_variants()
{
    std::vector<Walked> all = all_variants(false);
    std::erase_if(all, [](const Walked& w) {
        return w.workload != "dispatch" && w.workload != "busy" && w.workload != "waiters" &&
               w.workload != "futures" && w.workload != "contention" && w.workload != "pipeline";
    });
    return all;
}

class EveryVariantUnderLimits : public testing::TestWithParam<Walked> {
protected:
    void SetUp() override
    {
        testing::GTEST_FLAG(death_test_style) = "threadsafe";
        if (GetParam().variant == "tbb" && !made({"tbb", models::tbb, By::threads}, 1))
            GTEST_SKIP() << "skipped: its library is absent";
    }
    bool needs_one_thread_only() const
    {
        return find(GetParam()).variant.threading == Threading::one;
    }
    std::string expected() const
    {
        return needs_one_thread_only()
                   ? "^right\n$"
                   : "^unavailable: .*Resource temporarily unavailable "
                     "\\(RLIMIT_NPROC [0-9a-z]+, RLIMIT_AS [0-9a-z]+, pids.max [0-9a-z]+, "
                     "threads-max [0-9]+\\)\n$";
    }
};

TEST_P(EveryVariantUnderLimits, IsUnavailableWithoutFurtherThreads)
{
    EXPECT_EXIT(tell_outcome(GetParam(), small_problem(GetParam()), refuse_by_number),
                testing::ExitedWithCode(0), expected());
}

TEST_P(EveryVariantUnderLimits, IsUnavailableIfTheSystemRefusesThreads)
{
    EXPECT_EXIT(tell_outcome(GetParam(), small_problem(GetParam()), refuse_by_filter),
                testing::ExitedWithCode(0), expected());
}

// Stacks of 8 MiB each: 64 threads do not fit.
TEST_P(EveryVariantUnderLimits, IsRightOrUnavailableInLittleMemory)
{
    if (has_address_sanitizer() || has_thread_sanitizer())
        GTEST_SKIP() << "skipped: the sanitizer needs terabytes of addresses";
    Problem problem = small_problem(GetParam());
    problem.n *= 5; // 100 waits, or 200 tasks
    const auto& [workload, name] = GetParam();
    const bool has_a_stack_each =
        workload != "pipeline" &&
        (name == "threads" || name == "futures" || (name == "pool" && workload == "waiters"));
    EXPECT_EXIT(tell_outcome(GetParam(), problem, refuse_by_memory), testing::ExitedWithCode(0),
                has_a_stack_each ? "^unavailable: cannot start .*RLIMIT_AS [0-9]+.*\n$"
                                 : "^right\n$");
}

INSTANTIATE_TEST_SUITE_P(Host, EveryVariantUnderLimits, testing::ValuesIn(concurrent_variants()),
                         shown_name);

TEST(Limits, AChainThatIsRefusedAThreadIsUnavailable)
{
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    Problem problem = {.n = 20, .keys = {{"tau", "1ms"}, {"input", "chain"}}};
    EXPECT_EXIT(tell_outcome({"waiters", "futures"}, problem, refuse_by_filter),
                testing::ExitedWithCode(0), "^unavailable: .*Resource temporarily unavailable ");
    problem.n = 100;
    if (!has_address_sanitizer() && !has_thread_sanitizer())
        EXPECT_EXIT(tell_outcome({"waiters", "futures"}, problem, refuse_by_memory),
                    testing::ExitedWithCode(0), "^unavailable: .*RLIMIT_AS [0-9]+,.*\n$");
}

// A team that became smaller has ended threads: a larger one starts them again.
TEST(Limits, ATeamThatGrowsAgainIsNotStartedWithoutThreads)
{
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    const auto grow = [](void (*again)(int)) {
        alarm(60);
        require_threads(4);
        require_threads(2);
        set_team(1);
        refuse_by_filter();
        std::cerr << said([] { return require_threads(2), "two; "; });
        std::cerr << said([=] { return again(4), "four"; }) << "\n";
        end();
    };
    for (const auto again : {require_threads, set_team})
        EXPECT_EXIT(grow(again), testing::ExitedWithCode(0),
                    "^two; cannot start 2 threads, only 0: Resource temporarily unavailable .*\n$");
}

// What a pool was given before is done, and the pool is as good as new.
void exhaust_then_run_again(Model model)
{
    alarm(60);
    const Runner run = model(2);
    const Counting many(1500000), few(100);
    std::ifstream statm("/proc/self/statm");
    rlim_t pages = 0;
    statm >> pages;
    const rlim_t before = set_soft_limit(RLIMIT_AS, pages * 4096 + (rlim_t(4) << 20));
    // The pool's threads must not empty the queue meanwhile: the first tasks are slow.
    const auto slow = [](void* of, std::size_t i) {
        if (i < 2)
            usleep(500000);
        Counting::count(of, i);
    };
    std::cerr << said([&] { return run({many.counts.size(), slow, many.counts.data()}), "all"; });
    set_soft_limit(RLIMIT_AS, before);
    std::cerr << said([&] { return run(few.tasks()), few.check().ok ? "; right" : "; wrong"; })
              << "\n";
    end();
}

TEST(Limits, APoolThatLackedMemoryRunsTheNextTasks)
{
    if (has_address_sanitizer() || has_thread_sanitizer())
        GTEST_SKIP() << "skipped: the sanitizer ends a process that lacks memory";
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(exhaust_then_run_again(models::pool), testing::ExitedWithCode(0),
                "^std::bad_alloc; right\n$");
}

} // namespace
} // namespace workspan
