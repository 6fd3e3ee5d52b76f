// SPDX-License-Identifier: Apache-2.0
#include "gpu/graph.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/dispatch.hpp"

namespace workspan {

namespace {

using dispatch::Count;

// One thread, one task: nothing but the launch takes time.
__global__ void dispatch_kernel(Count* count) { atomicAdd(count, 1U); }

std::shared_ptr<const std::size_t> input(const Problem& p)
{
    return std::make_shared<const std::size_t>(p.n);
}

struct Arrays {
    explicit Arrays(std::size_t n) : out(n) {}
    DeviceArray<Count> out;
};

Uploads uploads(std::size_t, Arrays&) { return {}; }

void launch(std::size_t n, Arrays& on)
{
    on.out.fill(0);
    for (std::size_t i = 0; i < n; ++i) {
        dispatch_kernel<<<1, 1, 0, stream()>>>(on.out.data() + i);
        check(cudaGetLastError());
    }
}

// The same operations in the same order, each after the one before.
Graph chain(DeviceArray<Count>& counts)
{
    Graph graph;
    if (counts.size() == 0)
        return graph;
    Graph::Node latest = graph.add_fill(counts, 0);
    for (std::size_t i = 0; i < counts.size(); ++i)
        latest = graph.add_thread(latest, dispatch_kernel, counts.data() + i);
    return graph;
}

struct GraphAndArrays : Arrays {
    explicit GraphAndArrays(std::size_t n) : Arrays(n), graph(chain(out)) {}
    ExecutableGraph graph;
};

void launch_graph(std::size_t n, GraphAndArrays& on)
{
    if (n > 0)
        on.graph.launch();
}

} // namespace

Trial dispatch::cuda(const Problem& p)
{
    return device_trial<Arrays>(p, input, cost, check, uploads, launch);
}

Trial dispatch::cuda_graph(const Problem& p)
{
    return device_trial<GraphAndArrays>(p, input, cost, check, uploads, launch_graph);
}

} // namespace workspan
