// SPDX-License-Identifier: Apache-2.0
// Events between streams and copies of graphs on the host's GPU, with planted mistakes that it
// finds; and what the variants of overlap do in which order.
#include "gpu/graph.cuh"
#include "tests/contracts/walk.hpp"

namespace workspan {
namespace {

using host_gpu::Order;

// A byte that is copied on a stream of its own.
struct Copied {
    Copied()
    {
        array.fill(0);
        synchronise();
        check(cudaMemcpyAsync(array.data(), &seven, 1, cudaMemcpyHostToDevice, other.get()));
    }
    int on_device() const { return *array.data(); } // the host's memory

    const char seven = 7;
    DeviceArray<char> array{1};
    Stream other = make_stream();
};

TEST(EventOnHost, StreamThatWaitsForItComesAfterWhatItRecorded)
{
    Copied copied;
    Event event;
    event.record(copied.other.get());
    synchronise();
    EXPECT_EQ(copied.on_device(), 0) << "nothing waits for the event yet";
    event.precede(stream());
    EXPECT_EQ(copied.on_device(), 0) << "nothing waits for the stream yet";
    synchronise();
    EXPECT_EQ(copied.on_device(), 7);
}

TEST(EventOnHost, DoesNotCoverWhatComesAfterIt)
{
    Event event;
    Stream other = make_stream();
    event.record(other.get());
    Copied copied; // planted: the event is recorded too early, and elsewhere
    event.precede(stream());
    synchronise();
    EXPECT_EQ(copied.on_device(), 0);
}

TEST(EventOnHost, HasNoTimeBeforeItHappens)
{
    Copied copied;
    Event first, last;
    first.record();
    last.record(copied.other.get());
    EXPECT_THROW(last.since(first), std::runtime_error) << "another stream is not waited for";
    synchronise();
    EXPECT_NO_THROW(last.since(first));
    EXPECT_EQ(copied.on_device(), 7) << "before the event";
}

class GraphCopies : public testing::TestWithParam<Order> {};

INSTANTIATE_TEST_SUITE_P(HostGpu, GraphCopies, testing::Values(Order::forward, Order::backward));

// Planted: the copy back does not wait for the copy there.
TEST_P(GraphCopies, MissingDependencyIsFoundInSomeOrder)
{
    host_gpu::schedule() = {.order = GetParam()};
    const char seven = 7;
    char back = 0;
    DeviceArray<char> array(1);
    array.fill(0);
    Graph graph;
    graph.add_copy(array.data(), &seven, 1, cudaMemcpyHostToDevice);
    graph.add_copy(&back, array.data(), 1, cudaMemcpyDeviceToHost);
    ExecutableGraph(graph).launch();
    synchronise();
    EXPECT_EQ(back, GetParam() == Order::forward ? 7 : 0);
}

TEST_P(GraphCopies, WaitForTheNodeBefore)
{
    host_gpu::schedule() = {.order = GetParam()};
    const char seven = 7;
    char back = 0;
    DeviceArray<char> array(1);
    Graph graph;
    const Graph::Node there = graph.add_copy(array.data(), &seven, 1, cudaMemcpyHostToDevice);
    graph.add_copy(there, &back, array.data(), 1, cudaMemcpyDeviceToHost);
    ExecutableGraph(graph).launch();
    synchronise();
    EXPECT_EQ(back, 7);
    EXPECT_THROW(graph.add_copy(&back, array.data(), 0, cudaMemcpyDeviceToHost),
                 std::runtime_error);
}

// Several runs that nothing waits for in between, in any order of the nodes; and the counters leave
// the right output.
TEST(Overlap, EveryWayIsRightInEveryOrder)
{
    for (const char* name : {"cuda", "cuda_streams", "cuda_graph"})
        for (const Order order : {Order::forward, Order::backward, Order::shuffled}) {
            SCOPED_TRACE(name);
            const auto [workload, variant] = find({"overlap", name});
            host_gpu::schedule() = {.order = order};
            const Trial trial = variant.prepare({.n = 1000, .keys = {{"chunks", "8"}}});
            trial.poison();
            ASSERT_NO_FATAL_FAILURE(expect_right(trial));
            const Counters counters = trial.counters();
            EXPECT_GT(counters.at("overlap_gain"), 0);
            EXPECT_TRUE(trial.verify().ok) << "after the counters";
        }
}

} // namespace
} // namespace workspan
