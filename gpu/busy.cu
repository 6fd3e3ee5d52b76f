// SPDX-License-Identifier: Apache-2.0
#include "gpu/graph.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/busy.hpp"

namespace workspan {

namespace {

using busy::Value;

// A step needs the one before, so a warp issues one instruction at a time and then waits for it:
// several warps on each scheduler of an SM hide that latency.
constexpr unsigned kWarpsPerMultiprocessor = 16;

__device__ void add(Value* to, Value value)
{
    static_assert(sizeof(Value) == sizeof(unsigned long long)); // the 64-bit type of atomicAdd
    atomicAdd(reinterpret_cast<unsigned long long*>(to), value);
}

// One thread per task. Blocks are one warp each, so that the tasks spread evenly over the SMs.
__global__ void busy_kernel(Value* out, std::size_t tasks, std::size_t n, std::size_t grain,
                            Affine step)
{
    const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < tasks)
        add(out + i, lcg(i, std::min(grain, n - i * grain), step));
}

// One thread, the task i.
__global__ void task_kernel(Value* out, std::size_t i, std::size_t steps, Affine step)
{
    add(out + i, lcg(i, steps, step));
}

std::shared_ptr<const Problem> input(const Problem& p)
{
    return std::make_shared<const Problem>(p);
}

struct Arrays {
    explicit Arrays(const Problem& p) : out(busy::tasks_of(p)) {}
    DeviceArray<Value> out;
};

Uploads uploads(const Problem&, Arrays&) { return {}; }

// Few tasks have a warp each, and with it a scheduler's issue slots; more of them share warps.
unsigned threads_of_block(std::size_t tasks)
{
    const std::size_t warps = std::size_t(multiprocessors()) * kWarpsPerMultiprocessor;
    return static_cast<unsigned>(std::clamp<std::size_t>(ceil_div(tasks, warps), 1, 32));
}

void launch(const Problem& p, Arrays& on)
{
    const std::size_t tasks = on.out.size();
    if (tasks == 0)
        return;
    on.out.fill(0);
    const unsigned threads = threads_of_block(tasks);
    busy_kernel<<<blocks_to_cover(tasks, threads), threads, 0, stream()>>>(
        on.out.data(), tasks, p.n, busy::grain_of(p), Affine());
    check(cudaGetLastError());
}

// All tasks at once, as far as the device has room: each depends on the cleared output only.
Graph independent_tasks(const Problem& p, DeviceArray<Value>& out)
{
    Graph graph;
    if (out.size() == 0)
        return graph;
    const busy::Work work = {.n = p.n, .grain = busy::grain_of(p)};
    const Graph::Node cleared = graph.add_fill(out, 0);
    for (std::size_t i = 0; i < out.size(); ++i)
        graph.add_thread(cleared, task_kernel, out.data(), i, work.steps_of(i), work.step);
    return graph;
}

struct GraphAndArrays : Arrays {
    explicit GraphAndArrays(const Problem& p) : Arrays(p), graph(independent_tasks(p, out)) {}
    ExecutableGraph graph;
};

void launch_graph(const Problem&, GraphAndArrays& on)
{
    if (on.out.size() > 0)
        on.graph.launch();
}

Trial with_counters(Trial trial, const Problem& p)
{
    trial.counters = [tasks = busy::tasks_of(p)] { return Counters{{"tasks", double(tasks)}}; };
    return trial;
}

} // namespace

Trial busy::cuda(const Problem& p)
{
    return with_counters(device_trial<Arrays>(p, input, cost, check, uploads, launch), p);
}

Trial busy::cuda_graph(const Problem& p)
{
    return with_counters(device_trial<GraphAndArrays>(p, input, cost, check, uploads, launch_graph),
                         p);
}

} // namespace workspan
