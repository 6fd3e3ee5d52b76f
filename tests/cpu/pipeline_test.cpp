// SPDX-License-Identifier: Apache-2.0
// The variants of pipeline beyond their results: stages that throw, processes that are killed,
// queues that are full, and the times that are told.
#include "harness/contracts/pipeline.hpp"

#include "tests/cpu/every_model.hpp"
#include "tests/cpu/outcomes.hpp"
#include "tests/cpu/possessions.hpp"

#include <csignal>
#include <numeric>
#include <unistd.h>

namespace workspan {
namespace {

using pipeline::Item;
using pipeline::Make;
using pipeline::Memory;
using pipeline::Run;
using pipeline::Work;

struct NamedMake {
    const char* name;
    Make* make;
    bool forks = false;
};

std::ostream& operator<<(std::ostream& out, const NamedMake& m) { return out << m.name; }

const std::vector<NamedMake> kAll = {{"seq", pipeline::seq},
                                     {"threads", pipeline::threads},
                                     {"coroutines", pipeline::coroutines},
                                     {"processes", pipeline::processes, true},
                                     {"tbb", pipeline::tbb}};

std::vector<NamedMake> those_without_forks()
{
    std::vector<NamedMake> some = kAll;
    std::erase_if(some, [](const NamedMake& m) { return m.forks; });
    return some;
}

// Empty if its library is absent.
std::optional<Run> made(const NamedMake& of, const Problem& problem)
{
    return if_available([&] { return of.make(problem); });
}

constexpr std::size_t kItems = 300, kFatal = 150;

struct Planted : std::logic_error {
    using std::logic_error::logic_error;
};

template <pipeline::Stage* stage> void throws_once(Work& work, Item& item)
{
    if (item.number == kFatal)
        throw Planted("planted");
    stage(work, item);
}

std::string failure(Memory& memory, const Run& run)
{
    return said([&] {
        memory.run(run);
        const CheckResult result = memory.check({memory.out.data(), memory.out.size()});
        return result.ok ? "right" : result.why;
    });
}

// Plants a stage in place of each of the three in turn, then restores it.
void expect_failures_then_right(const Problem& problem, const Run& run,
                                const std::array<pipeline::Stage*, 3>& planted,
                                const std::string& error)
{
    Memory memory(problem);
    const Work whole = memory.work;
    for (std::size_t k = 0; k < planted.size(); ++k) {
        SCOPED_TRACE("stage " + std::to_string(k));
        *std::array{&memory.work.read, &memory.work.transform, &memory.work.reduce}[k] = planted[k];
        EXPECT_EQ(failure(memory, run), error);
        EXPECT_EQ(possessions().children, 0U);
        memory.work = whole;
        EXPECT_EQ(failure(memory, run), "right");
    }
}

class PipelineModels : public testing::Test {
protected:
    void SetUp() override { alarm(300); } // a hang ends
    void TearDown() override { alarm(0); }
};
class PipelineModel : public PipelineModels, public testing::WithParamInterface<NamedMake> {};
class PipelineModelButProcesses : public PipelineModel {};

TEST_P(PipelineModelButProcesses, EndsWithTheExceptionOfAStageAndRunsAgain)
{
    for (const int threads : {1, 3}) {
        const Problem problem = {.n = kItems, .threads = threads};
        const auto run = made(GetParam(), problem);
        if (!run)
            GTEST_SKIP() << "skipped: its library is absent";
        expect_failures_then_right(problem, *run,
                                   {throws_once<pipeline::read>, throws_once<pipeline::transform>,
                                    throws_once<pipeline::reduce>},
                                   "planted");
    }
}

template <pipeline::Stage* stage> void kills_itself(Work& work, Item& item)
{
    if (item.number == kFatal)
        raise(SIGKILL);
    stage(work, item);
}

template <pipeline::Stage* stage> void exits(Work& work, Item& item)
{
    if (item.number == kFatal)
        _exit(7);
    stage(work, item);
}

TEST_F(PipelineModels, AKilledProcessIsAnErrorAndTheNextRunIsRight)
{
    const Problem problem = {.n = kItems, .threads = 3};
    const auto run = pipeline::processes(problem);
    const std::string says = "a process of the pipeline was ended, by signal or status ";
    expect_failures_then_right(problem, run,
                               {kills_itself<pipeline::read>, kills_itself<pipeline::transform>,
                                kills_itself<pipeline::reduce>},
                               says + "9");
    expect_failures_then_right(
        problem, run, {exits<pipeline::read>, exits<pipeline::transform>, exits<pipeline::reduce>},
        says + "7");
}

TEST_P(PipelineModel, LeavesNoThreadProcessOrMemoryBehind)
{
    const Problem problem = {.n = kItems, .threads = 3};
    Memory memory(problem);
    expect_nothing_left_behind([&] {
        const auto run = made(GetParam(), problem);
        if (run)
            memory.run(*run);
        return run.has_value();
    });
}

// Items in the pipeline, in shared memory.
struct Watched {
    std::atomic<std::size_t> entered, left, most;
};
Watched* watched = nullptr;

void read_watched(Work& work, Item& item)
{
    const std::size_t inside = ++watched->entered - watched->left;
    std::size_t most = watched->most;
    while (inside > most && !watched->most.compare_exchange_weak(most, inside))
        continue;
    pipeline::read(work, item);
}

// The first item waits until the queues are full, for 10 s at most.
void reduce_watched(Work& work, Item& item)
{
    for (int k = 0; item.number == 0 && k < 10000 && watched->entered < pipeline::kMostItems; ++k)
        usleep(1000);
    if (item.number == 0)
        usleep(20000); // time for one too many
    pipeline::reduce(work, item);
    ++watched->left;
}

TEST_P(PipelineModel, HoldsNoMoreThanItsBoundsAllow)
{
    const Problem problem = {.n = 1000, .threads = 3};
    const bool has_full_queues =
        std::set<std::string>{"threads", "processes", "coroutines"}.contains(GetParam().name);
    const auto run = made(GetParam(), problem);
    if (!run)
        GTEST_SKIP() << "skipped: its library is absent";
    const SharedArray<Watched> counts(1);
    watched = counts.data();
    Memory memory(problem);
    memory.work.read = read_watched;
    if (has_full_queues)
        memory.work.reduce = reduce_watched;
    EXPECT_EQ(failure(memory, *run), "right");
    EXPECT_LE(watched->most, has_full_queues ? pipeline::kMostItems : problem.n);
    if (has_full_queues)
        EXPECT_EQ(watched->most, pipeline::kMostItems);
}

std::uint64_t count(const Latencies& latencies)
{
    return std::accumulate(latencies.begin(), latencies.end(), std::uint64_t(0),
                           [](std::uint64_t sum, const auto& one) { return sum + one.second; });
}

TEST_P(PipelineModel, RecordsTheLatencyOfEachItem)
{
    const Problem problem = {.n = kItems, .threads = 2};
    if (!made(GetParam(), problem))
        GTEST_SKIP() << "skipped: its library is absent";
    const Trial trial = pipeline::host(problem, GetParam().make);
    trial.run();
    EXPECT_EQ(count(trial.take_latencies()), kItems);
    trial.run();
    trial.run();
    trial.counters(); // by a run that is not measured
    EXPECT_EQ(count(trial.take_latencies()), 2 * kItems);
    trial.run();
    EXPECT_TRUE(trial.verify().ok);
    trial.poison();
    EXPECT_EQ(count(trial.take_latencies()), 0U);
}

TEST_P(PipelineModel, TellsTheTimesOfItsStages)
{
    const Problem problem = {.n = 20, .threads = 2};
    const auto run = made(GetParam(), problem);
    if (!run)
        GTEST_SKIP() << "skipped: its library is absent";
    Memory memory(problem);
    memory.work.transform = [](Work& work, Item& item) {
        usleep(2000);
        pipeline::transform(work, item);
    };
    const Counters counters = memory.counters(*run);
    EXPECT_GE(counters.at("transform_ns"), 2e6);
    EXPECT_GT(counters.at("read_ns"), 0);
    EXPECT_GT(counters.at("reduce_ns"), 0);
    memory.latencies.end_run();
    EXPECT_EQ(memory.latencies.missing(), problem.n) << "a run that is not measured leaves none";
}

TEST_F(PipelineModels, AnItemWithoutALatencyIsWrong)
{
    const Trial trial = pipeline::host({.n = kItems}, [](const Problem& p) -> pipeline::Run {
        return [run = pipeline::seq(p)](Work& work) {
            work.latencies = nullptr;
            run(work);
        };
    });
    trial.run();
    EXPECT_EQ(trial.verify().why, "300 items never left the pipeline");
}

std::string name_of_make(const testing::TestParamInfo<NamedMake>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Host, PipelineModel, testing::ValuesIn(kAll), name_of_make);
INSTANTIATE_TEST_SUITE_P(Host, PipelineModelButProcesses, testing::ValuesIn(those_without_forks()),
                         name_of_make);

} // namespace
} // namespace workspan
