// SPDX-License-Identifier: Apache-2.0
// The kernels of gpu/ on the host: every variant at awkward sizes, its threads in several orders.
#include "gpu/library_version.hpp"
#include "tests/contracts/walk.hpp"
#include "tests/gpu/host_gpu/streams.hpp"

namespace workspan {
namespace {

using host_gpu::Order;

class EveryKernel : public testing::TestWithParam<Walked> {};

TEST_P(EveryKernel, IsRightInEveryOrder)
{
    const auto [workload, variant] = find(GetParam());
    for (const Problem& problem : awkward_problems(workload, variant)) {
        SCOPED_TRACE(name_of(problem, 1));
        const bool e2e = variant.scope == Scope::e2e; // the kernels are those of `cuda`
        if (e2e && workload.contract.footprint(problem, variant.name).device_case > 1 << 18)
            continue;
        const Trial trial = variant.prepare(problem);
        trial.poison();
        host_gpu::schedule() = {.order = Order::shuffled, .blocks = 3, .late_copies = true};
        ASSERT_NO_FATAL_FAILURE(expect_right(trial)) << "shuffled";
        if (e2e)
            continue;
        host_gpu::schedule() = {.order = Order::backward};
        ASSERT_NO_FATAL_FAILURE(expect_right(trial)) << "backward, on top of a right output";
        trial.poison();
        host_gpu::schedule() = {.order = Order::forward};
        ASSERT_NO_FATAL_FAILURE(expect_right(trial)) << "forward";
    }
}

TEST_P(EveryKernel, IsWrongWhenNotRun)
{
    const auto [workload, variant] = find(GetParam());
    for (const Problem& problem : awkward_problems(workload, variant)) {
        if (problem.n == 0 || problem.n > 33)
            continue;
        SCOPED_TRACE(name_of(problem, 1));
        const Trial trial = variant.prepare(problem);
        EXPECT_FALSE(trial.verify().ok) << "never run";
        ASSERT_NO_FATAL_FAILURE(expect_right(trial));
        trial.poison();
        EXPECT_FALSE(trial.verify().ok) << "poisoned and not run again";
    }
}

std::vector<std::string> steps_of(const std::function<void()>& by)
{
    host_gpu::done_in_order = {};
    host_gpu::done_in_order.reserve(100);
    by();
    return std::exchange(host_gpu::done_in_order, {});
}

TEST(ColdClock, OverwritesTwiceTheL2BeforeEachRunAndTimesOnlyTheRun)
{
    Trial trial;
    trial.run = [] { host_gpu::note("run"); };
    const std::string flood = "memset " + std::to_string(2 * host_gpu::device.l2);
    EXPECT_EQ(steps_of([&] { cold_device_clock(trial, 2); }),
              (std::vector<std::string>{flood, "record", "run", "record", flood, "record", "run",
                                        "record"}));
}

TEST(Transfers, ArePageLockedInCudaPinnedOnly)
{
    for (const auto& [name, copied] : std::map<std::string, std::string>{
             {"cuda_e2e", "copy pageable"}, {"cuda_pinned", "copy page-locked"}}) {
        const auto [workload, variant] = find({"triad", name});
        const Trial trial = variant.prepare({.n = 100});
        EXPECT_EQ(steps_of(trial.run), (std::vector<std::string>{copied, copied, copied}))
            << name; // two in, one out
        EXPECT_EQ(variant.transfer == Transfer::pinned, name == "cuda_pinned");
    }
}

TEST(Transfers, PageLockedOutputHoldsNoEarlierResult)
{
    const auto [workload, variant] = find({"triad", "cuda_pinned"});
    ASSERT_NO_FATAL_FAILURE(expect_right(variant.prepare({.n = 100})));
    EXPECT_FALSE(variant.prepare({.n = 100}).verify().ok) << "never run";
}

TEST(Transfers, MemoryThatCannotBePageLockedIsUnavailable)
{
    const auto [workload, variant] = find({"triad", "cuda_pinned"});
    host_gpu::device.lockable = 799;
    EXPECT_THROW(variant.prepare({.n = 100}), Unavailable);
    host_gpu::device.lockable = host_gpu::device.memory;
    EXPECT_NO_THROW(variant.prepare({.n = 100}));
}

TEST(Transfers, CopiesBetweenHostAndDeviceArePageLockedInPinnedOnly)
{
    const std::map<std::string, std::size_t> copies = {{"h2d", 1}, {"d2h", 1}, {"both", 2}};
    for (const auto& [name, count] : copies)
        for (const auto& [suffix, copied] : std::map<std::string, std::string>{
                 {"", "copy pageable"}, {"_pinned", "copy page-locked"}}) {
            const auto [workload, variant] = find({"transfer", name + suffix});
            const Trial trial = variant.prepare({.n = 100});
            EXPECT_EQ(steps_of(trial.run), std::vector<std::string>(count, copied)) << variant.name;
        }
}

enum class Property { major, minor, patch, other };

TEST(LibraryVersion, IsThatOfTheLibraryThatIsLoaded)
{
    const auto of_12_8_4 = [](Property which, int* value) {
        const int parts[] = {12, 8, 4};
        *value = parts[static_cast<int>(which)];
        return cudaSuccess;
    };
    const auto refusing = [](Property which, int*) {
        return which == Property::patch ? cudaErrorInvalidValue : cudaSuccess;
    };
    EXPECT_EQ((version_by<cudaError_t, Property>(of_12_8_4)), "12.8.4");
    EXPECT_EQ((version_by<cudaError_t, Property>(refusing)), "unknown");
    const Trial trial = of_library({}, "cuNone", "1.2.3");
    EXPECT_EQ(trial.library.name + " " + trial.library.version, "cuNone 1.2.3");
}

// Of the emulation itself: a copy that nothing waits for has not happened.
TEST(Streams, CopiesHappenWhenTheirStreamIsWaitedFor)
{
    const auto stream = [] {
        cudaStream_t s = nullptr;
        EXPECT_EQ(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking), cudaSuccess);
        return s;
    };
    const cudaStream_t one = stream(), other = stream();
    EXPECT_NE(one, other);
    void* on_device = nullptr;
    ASSERT_EQ(cudaMalloc(&on_device, 1), cudaSuccess);
    char byte = 7;
    EXPECT_EQ(cudaMemcpyAsync(on_device, &byte, 1, cudaMemcpyHostToDevice, one), cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(other), cudaSuccess);
    EXPECT_NE(*static_cast<char*>(on_device), 7) << "another stream was waited for";
    EXPECT_EQ(cudaStreamSynchronize(one), cudaSuccess);
    EXPECT_EQ(*static_cast<char*>(on_device), 7);
    EXPECT_EQ(cudaMemcpyAsync(&byte, on_device, 1, cudaMemcpyDeviceToHost, one), cudaSuccess);
    byte = 0;
    EXPECT_EQ(cudaMemsetAsync(on_device, 0, 1, one), cudaSuccess);
    EXPECT_EQ(byte, 7) << "before the work that comes after it";
    EXPECT_EQ(cudaFree(on_device), cudaSuccess);
    for (const cudaStream_t s : {one, other})
        EXPECT_EQ(cudaStreamDestroy(s), cudaSuccess);
}

INSTANTIATE_TEST_SUITE_P(HostGpu, EveryKernel, testing::ValuesIn([] {
                             std::vector<Walked> all = all_variants(true);
                             std::erase_if(all, [](const Walked& w) { // libraries do not run here
                                 return !find(w).variant.ours && w.variant != "cuda_memcpy";
                             });
                             return all;
                         }()),
                         shown_name);

} // namespace
} // namespace workspan
