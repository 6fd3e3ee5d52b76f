// SPDX-License-Identifier: Apache-2.0
// CUDA graphs: nodes that each depend on others are made once, and launched by a single call. Nodes
// that do not depend on each other may run at the same time.
#pragma once

#include "gpu/device.cuh"

namespace workspan {

struct GraphDestroy {
    void operator()(cudaGraph_t graph) const noexcept { cudaGraphDestroy(graph); }
    void operator()(cudaGraphExec_t graph) const noexcept { cudaGraphExecDestroy(graph); }
};

// What is to run, and in which order. Nothing runs before it is made executable.
class Graph {
public:
    using Node = cudaGraphNode_t;

    Graph()
    {
        cudaGraph_t graph = nullptr;
        check(cudaGraphCreate(&graph, 0));
        graph_.reset(graph);
    }

    // Sets all bytes of an array, which is not empty, to `byte`; depends on no other node.
    template <class T> Node add_fill(DeviceArray<T>& array, unsigned char byte)
    {
        cudaMemsetParams fill = {};
        fill.dst = array.data();
        fill.value = byte;
        fill.elementSize = 1;
        fill.width = array.size_bytes();
        fill.height = 1;
        Node node = nullptr;
        check(cudaGraphAddMemsetNode(&node, get(), nullptr, 0, &fill));
        return node;
    }

    // A copy of that many bytes, more than 0; depends on no other node.
    Node add_copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind)
    {
        Node node = nullptr;
        check(cudaGraphAddMemcpyNode1D(&node, get(), nullptr, 0, to, from, bytes, kind));
        return node;
    }
    // The same, once the node `after` has ended.
    Node add_copy(Node after, void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind)
    {
        Node node = nullptr;
        check(cudaGraphAddMemcpyNode1D(&node, get(), &after, 1, to, from, bytes, kind));
        return node;
    }

    // kernel<<<blocks, threads>>>(with...), once the node `after` has ended. The arguments are
    // copied.
    template <class... P> Node add_kernel(Node after, dim3 blocks, dim3 threads,
                                          void (*kernel)(P...), std::type_identity_t<P>... with)
    {
        void* arguments[] = {&with...};
        cudaKernelNodeParams launch = {};
        launch.func = reinterpret_cast<void*>(kernel);
        launch.gridDim = blocks;
        launch.blockDim = threads;
        launch.kernelParams = arguments;
        Node node = nullptr;
        check(cudaGraphAddKernelNode(&node, get(), &after, 1, &launch));
        return node;
    }

    // kernel<<<1, 1>>>(with...), once the node `after` has ended.
    template <class... P>
    Node add_thread(Node after, void (*kernel)(P...), std::type_identity_t<P>... with)
    {
        return add_kernel<P...>(after, 1, 1, kernel, with...);
    }

    cudaGraph_t get() const { return graph_.get(); }

private:
    std::unique_ptr<CUgraph_st, GraphDestroy> graph_;
};

// A graph that can be launched. Does not need the one that it was made from any more.
class ExecutableGraph {
public:
    explicit ExecutableGraph(const Graph& from)
    {
        cudaGraphExec_t graph = nullptr;
        check(cudaGraphInstantiate(&graph, from.get(), 0));
        graph_.reset(graph);
    }

    void launch() { check(cudaGraphLaunch(graph_.get(), stream())); } // enqueues, does not wait

private:
    std::unique_ptr<CUgraphExec_st, GraphDestroy> graph_;
};

} // namespace workspan
