// SPDX-License-Identifier: Apache-2.0
// Graphs of the host's GPU. A node is recorded when it is added, with its arguments; nodes run when
// an executable copy of the graph is launched. Each runs after those that it depends on: the latest
// that can in the order `backward`, any that can when shuffled, so that a missing dependency shows.
#pragma once

#include "tests/gpu/host_gpu/streams.hpp"

#include <random>
#include <set>
#include <tuple>

struct CUgraphNode_st {
    std::function<cudaError_t()> run;
    std::vector<std::size_t> after; // numbers of nodes of this graph, all less than its own
};
struct CUgraph_st {
    std::vector<std::unique_ptr<CUgraphNode_st>> nodes;
};
struct CUgraphExec_st {
    std::vector<CUgraphNode_st> nodes;
};
using cudaGraphNode_t = CUgraphNode_st*;
using cudaGraph_t = CUgraph_st*;
using cudaGraphExec_t = CUgraphExec_st*;

namespace host_gpu {

// A kernel's address that still knows the types of its arguments, which CUDA finds in its code.
class AnyKernel {
public:
    AnyKernel() = default;
    template <class... P> AnyKernel(void (*kernel)(P...))
        : bind_([kernel](dim3 grid, dim3 block, std::size_t shared, void** from) {
              return bound(kernel, {grid, block, shared, nullptr}, from,
                           std::index_sequence_for<P...>());
          })
    {
    }
    // The launch, with copies of the arguments.
    std::function<cudaError_t()> bind(dim3 grid, dim3 block, std::size_t shared, void** from) const
    {
        return bind_ ? bind_(grid, block, shared, from) : nullptr;
    }

private:
    template <class... P, std::size_t... k> static std::function<cudaError_t()>
    bound(void (*kernel)(P...), const Launch& launch, void** from, std::index_sequence<k...>)
    {
        return [=, with = std::tuple<P...>(*static_cast<P*>(from[k])...)] {
            std::apply([&](const P&... argument) { kernel->*launch(argument...); }, with);
            return last;
        };
    }

    std::function<std::function<cudaError_t()>(dim3, dim3, std::size_t, void**)> bind_;
};

inline cudaError_t add_node(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* after,
                            std::size_t count, std::function<cudaError_t()> run)
{
    if (graph == nullptr || !run)
        return done(cudaErrorInvalidValue);
    auto added = std::make_unique<CUgraphNode_st>();
    added->run = std::move(run);
    for (std::size_t k = 0; k < count; ++k) {
        const auto at = std::find_if(graph->nodes.begin(), graph->nodes.end(),
                                     [&](const auto& other) { return other.get() == after[k]; });
        if (at == graph->nodes.end())
            return done(cudaErrorInvalidValue); // not of this graph
        added->after.push_back(static_cast<std::size_t>(at - graph->nodes.begin()));
    }
    *node = added.get();
    graph->nodes.push_back(std::move(added));
    return done();
}

// Takes one of the nodes that can run.
inline std::size_t take_next(std::set<std::size_t>& ready)
{
    static std::mt19937 chance;
    auto next = ready.begin();
    if (schedule().order == Order::backward)
        next = std::prev(ready.end());
    if (schedule().order == Order::shuffled)
        std::advance(next, static_cast<std::ptrdiff_t>(chance() % ready.size()));
    return ready.extract(next).value();
}

inline cudaError_t run_in_order(const std::vector<CUgraphNode_st>& nodes)
{
    std::vector<std::size_t> waits_for(nodes.size());
    std::vector<std::vector<std::size_t>> before(nodes.size());
    std::set<std::size_t> ready;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        waits_for[i] = nodes[i].after.size();
        for (const std::size_t other : nodes[i].after)
            before[other].push_back(i);
        if (waits_for[i] == 0)
            ready.insert(i);
    }
    while (!ready.empty()) {
        const std::size_t i = take_next(ready);
        if (const cudaError_t error = nodes[i].run(); error != cudaSuccess)
            return done(error);
        for (const std::size_t other : before[i])
            if (--waits_for[other] == 0)
                ready.insert(other);
    }
    return done();
}

} // namespace host_gpu

struct cudaMemsetParams {
    void* dst;
    std::size_t pitch;
    unsigned value, elementSize;
    std::size_t width, height;
};
struct cudaKernelNodeParams {
    host_gpu::AnyKernel func;
    dim3 gridDim, blockDim;
    unsigned sharedMemBytes;
    void **kernelParams, **extra;
};

inline cudaError_t cudaGraphCreate(cudaGraph_t* graph, unsigned flags)
{
    return flags != 0 ? host_gpu::done(cudaErrorInvalidValue)
                      : host_gpu::give(graph, new CUgraph_st);
}
inline cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
    delete graph;
    return host_gpu::done();
}
// One row of bytes.
inline cudaError_t cudaGraphAddMemsetNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                          const cudaGraphNode_t* after, std::size_t count,
                                          const cudaMemsetParams* fill)
{
    if (fill->elementSize != 1 || fill->height != 1 || fill->width == 0)
        return host_gpu::done(cudaErrorInvalidValue);
    return host_gpu::add_node(node, graph, after, count, [fill = *fill] {
        return cudaMemsetAsync(fill.dst, static_cast<int>(fill.value), fill.width, nullptr);
    });
}
inline cudaError_t cudaGraphAddMemcpyNode1D(cudaGraphNode_t* node, cudaGraph_t graph,
                                            const cudaGraphNode_t* after, std::size_t count,
                                            void* to, const void* from, std::size_t bytes,
                                            cudaMemcpyKind kind)
{
    if (bytes == 0)
        return host_gpu::done(cudaErrorInvalidValue);
    return host_gpu::add_node(node, graph, after, count, [=] {
        CUstream_st now;
        const cudaError_t error = cudaMemcpyAsync(to, from, bytes, kind, &now);
        for (const auto& copy : now.pending)
            copy();
        return error;
    });
}
inline cudaError_t cudaGraphAddKernelNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                          const cudaGraphNode_t* after, std::size_t count,
                                          const cudaKernelNodeParams* launch)
{
    return host_gpu::add_node(node, graph, after, count,
                              launch->func.bind(launch->gridDim, launch->blockDim,
                                                launch->sharedMemBytes, launch->kernelParams));
}
inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph,
                                        unsigned long long flags)
{
    if (graph == nullptr || flags != 0)
        return host_gpu::done(cudaErrorInvalidValue);
    auto copy = std::make_unique<CUgraphExec_st>();
    for (const auto& node : graph->nodes)
        copy->nodes.push_back(*node);
    return host_gpu::give(executable, copy.release());
}
inline cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable)
{
    delete executable;
    return host_gpu::done();
}
inline cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream)
{
    host_gpu::finish_copies_of(stream);
    return executable == nullptr ? host_gpu::done(cudaErrorInvalidValue)
                                 : host_gpu::run_in_order(executable->nodes);
}
