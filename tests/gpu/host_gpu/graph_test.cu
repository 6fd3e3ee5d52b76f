// SPDX-License-Identifier: Apache-2.0
// Graphs on the host's GPU, with planted mistakes that it finds; and the kernel of busy in full
// warps, which the awkward sizes do not reach.
#include "gpu/graph.cuh"
#include "tests/contracts/walk.hpp"

namespace workspan {
namespace {

using host_gpu::Order;

__global__ void add_kernel(int* to, int by) { *to += by; }
__global__ void double_kernel(int* of) { *of *= 2; }

class GraphOnHost : public testing::TestWithParam<Order> {
protected:
    void SetUp() override
    {
        host_gpu::schedule() = {.order = GetParam()};
        number.fill(0);
    }

    int value() const
    {
        int found = 0;
        number.download(std::as_writable_bytes(std::span(&found, 1)));
        synchronise();
        return found;
    }

    DeviceArray<int> number{1};
};

INSTANTIATE_TEST_SUITE_P(HostGpu, GraphOnHost,
                         testing::Values(Order::forward, Order::backward, Order::shuffled));

TEST_P(GraphOnHost, RunsAtEachLaunchAndNotBefore)
{
    number.fill(0xff);
    Graph graph;
    const Graph::Node cleared = graph.add_fill(number, 0);
    graph.add_thread(graph.add_thread(cleared, add_kernel, number.data(), 3), double_kernel,
                     number.data());
    EXPECT_EQ(value(), -1) << "before the graph is executable";
    ExecutableGraph executable(graph);
    EXPECT_EQ(value(), -1) << "before a launch";
    executable.launch();
    EXPECT_EQ(value(), 6);
    executable.launch();
    EXPECT_EQ(value(), 6) << "cleared again";
}

TEST_P(GraphOnHost, CopiesArgumentsWhenANodeIsAddedAndNodesWhenItBecomesExecutable)
{
    Graph graph;
    int by = 3;
    const Graph::Node first = graph.add_thread(graph.add_fill(number, 0), add_kernel, // 3
                                               number.data(), by);
    by = 5;
    auto executable = ExecutableGraph(graph);
    graph.add_thread(first, double_kernel, number.data());
    executable.launch();
    EXPECT_EQ(value(), 3);
    graph = Graph(); // the executable one does not need it
    executable.launch();
    EXPECT_EQ(value(), 3);
}

TEST_P(GraphOnHost, MissingDependencyIsFoundInSomeOrder)
{
    Graph graph;
    const Graph::Node cleared = graph.add_fill(number, 0);
    graph.add_thread(cleared, add_kernel, number.data(), 3);
    graph.add_thread(cleared, double_kernel, number.data()); // planted: not after the addition
    ExecutableGraph executable(graph);
    std::set<int> found;
    for (int run = 0; run < 50; ++run) {
        executable.launch();
        found.insert(value());
    }
    EXPECT_EQ(found, GetParam() == Order::forward    ? (std::set{6})
                     : GetParam() == Order::backward ? (std::set{3})
                                                     : (std::set{3, 6}));
}

TEST(GraphMistake, IsAnError)
{
    const Graph graph;
    EXPECT_EQ(cudaGraphLaunch(nullptr, stream()), cudaErrorInvalidValue) << "not instantiated";
    cudaGraphExec_t executable = nullptr;
    EXPECT_EQ(cudaGraphInstantiate(&executable, nullptr, 0), cudaErrorInvalidValue);
    EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
    DeviceArray<int> number(1);
    Graph one, other;
    const Graph::Node of_one = one.add_fill(number, 0);
    EXPECT_THROW(other.add_thread(of_one, double_kernel, number.data()), std::runtime_error);
    EXPECT_THROW(one.add_thread(nullptr, double_kernel, number.data()), std::runtime_error);
}

TEST(GraphMistake, PointersOfTheHostAreFoundAtTheLaunch)
{
    int of_host = 0;
    DeviceArray<int> number(1);
    Graph graph;
    graph.add_thread(graph.add_fill(number, 0), double_kernel, &of_host);
    EXPECT_THROW(ExecutableGraph(graph).launch(), std::runtime_error);
}

// Blocks of several threads, the last of them in part beyond the tasks; and a last task of one
// step.
TEST(Busy, IsRightInWarpsOfSeveralTasks)
{
    const auto [workload, variant] = find({"busy", "cuda"});
    for (const std::size_t tasks : {65, 64 * 31 + 1, 64 * 32, 64 * 40 + 7}) { // 4 SMs
        SCOPED_TRACE(tasks);
        const Trial trial = variant.prepare({.n = (tasks - 1) * 3 + 1, .keys = {{"grain", "3"}}});
        trial.poison();
        expect_right(trial);
    }
}

} // namespace
} // namespace workspan
