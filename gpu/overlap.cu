// SPDX-License-Identifier: Apache-2.0
#include "gpu/graph.cuh"
#include "gpu/trial.cuh"
#include "harness/contracts/overlap.hpp"

#include <array>

namespace workspan {

namespace {

using overlap::Chunks;
using overlap::Value;

constexpr unsigned kThreads = 256, kBlocksPerMultiprocessor = 8;
constexpr std::size_t kStreams = 4; // one for each step of a chunk, and one that is behind

// A grid-stride loop over the n values of a chunk, in place, and behind them their sum, 0 before.
__global__ void overlap_kernel(Value* chunk, std::size_t n, std::size_t steps, Affine step)
{
    const std::size_t stride = std::size_t(gridDim.x) * kThreads;
    Value sum = 0;
    for (std::size_t i = std::size_t(blockIdx.x) * kThreads + threadIdx.x; i < n; i += stride)
        sum += chunk[i] = lcg(chunk[i], steps, step);
    sum = combine_block<kThreads>(sum, [](Value a, Value b) { return a + b; });
    static_assert(sizeof(Value) == sizeof(unsigned long long)); // the 64-bit type of atomicAdd
    if (threadIdx.x == 0)
        atomicAdd(reinterpret_cast<unsigned long long*>(chunk + n), sum);
}

unsigned blocks_of(std::size_t n) { return blocks_for(n, kThreads, kBlocksPerMultiprocessor); }

// The array on the device, and what is copied there and back. Chunks are copied with their sums.
class Ends {
public:
    explicit Ends(const overlap::Input& in)
        : chunks(in.chunks), step(in.step), on_device(in.values.size()),
          host_(transfers({{on_device, in.values}}, on_device.size_bytes(), true))
    {
    }
    Value* at(std::size_t chunk) { return on_device.data() + chunks.begin(chunk); }
    const Value* source(std::size_t chunk) const
    {
        return static_cast<const Value*>(host_.uploads[0].from) + chunks.begin(chunk);
    }
    Value* result(std::size_t chunk) const
    {
        return reinterpret_cast<Value*>(host_.out.data()) + chunks.begin(chunk);
    }
    std::size_t bytes(std::size_t chunk) const { return (chunks.size(chunk) + 1) * sizeof(Value); }
    std::span<std::byte> out() const { return host_.out; }

    const Chunks chunks;
    const Affine step;
    DeviceArray<Value> on_device;

private:
    const Transfers host_;
};

void copy_in(Ends& ends, std::size_t chunk, cudaStream_t on)
{
    check(cudaMemcpyAsync(ends.at(chunk), ends.source(chunk), ends.bytes(chunk),
                          cudaMemcpyHostToDevice, on));
}

void transform(Ends& ends, std::size_t chunk, cudaStream_t on)
{
    const std::size_t n = ends.chunks.size(chunk);
    if (n == 0)
        return;
    overlap_kernel<<<blocks_of(n), kThreads, 0, on>>>(ends.at(chunk), n, overlap::kSteps,
                                                      ends.step);
    check(cudaGetLastError());
}

void copy_out(Ends& ends, std::size_t chunk, cudaStream_t on)
{
    check(cudaMemcpyAsync(ends.result(chunk), ends.at(chunk), ends.bytes(chunk),
                          cudaMemcpyDeviceToHost, on));
}

void all_steps(Ends& ends, std::size_t chunk, cudaStream_t on)
{
    copy_in(ends, chunk, on);
    transform(ends, chunk, on);
    copy_out(ends, chunk, on);
}

using Step = void (*)(Ends&, std::size_t chunk, cudaStream_t);

void enqueue_all(Ends& ends, Step step) // of all chunks, in order
{
    for (std::size_t chunk = 0; chunk < ends.chunks.count; ++chunk)
        step(ends, chunk, stream());
}

struct InOrder {
    explicit InOrder(const overlap::Input& in) : ends(in) {}
    void enqueue() { enqueue_all(ends, all_steps); }

    Ends ends;
};

// The chunks in turn on streams that begin after, and end before, what stream() does.
struct OnStreams {
    explicit OnStreams(const overlap::Input& in) : ends(in)
    {
        for (Stream& one : streams)
            one = make_stream();
    }
    void enqueue()
    {
        fork.record();
        for (const Stream& one : streams)
            fork.precede(one.get());
        for (std::size_t chunk = 0; chunk < ends.chunks.count; ++chunk)
            all_steps(ends, chunk, streams[chunk % kStreams].get());
        for (std::size_t k = 0; k < kStreams; ++k) {
            joins[k].record(streams[k].get());
            joins[k].precede(stream());
        }
    }

    Ends ends;
    Event fork;
    std::array<Event, kStreams> joins;
    std::array<Stream, kStreams> streams;
};

// Each chunk depends on itself only.
Graph independent_chunks(Ends& ends)
{
    Graph graph;
    for (std::size_t chunk = 0; chunk < ends.chunks.count; ++chunk) {
        Value* const at = ends.at(chunk);
        const std::size_t n = ends.chunks.size(chunk), bytes = ends.bytes(chunk);
        Graph::Node latest = graph.add_copy(at, ends.source(chunk), bytes, cudaMemcpyHostToDevice);
        if (n > 0)
            latest = graph.add_kernel(latest, blocks_of(n), kThreads, overlap_kernel, at, n,
                                      overlap::kSteps, ends.step);
        graph.add_copy(latest, ends.result(chunk), at, bytes, cudaMemcpyDeviceToHost);
    }
    return graph;
}

struct AsGraph {
    explicit AsGraph(const overlap::Input& in) : ends(in), graph(independent_chunks(ends)) {}
    void enqueue() { graph.launch(); }

    Ends ends;
    ExecutableGraph graph;
};

// Of what enqueue() enqueues: the median of five, after one more, since the first may load code.
template <class Enqueue> Seconds time_of(Enqueue enqueue)
{
    enqueue();
    std::array<Seconds, 5> times;
    for (Seconds& time : times) {
        Event start, end;
        start.record();
        enqueue();
        end.record();
        time = end.since(start);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

// The way itself comes last: it leaves the right output.
template <class Way> Counters times_of_steps(Way& way)
{
    const auto alone = [&](Step step) { return time_of([&] { enqueue_all(way.ends, step); }); };
    const Seconds in = alone(copy_in), kernel = alone(transform), out = alone(copy_out);
    return overlap::counters({in, kernel, out, time_of([&] { way.enqueue(); })});
}

template <class Way> Trial trial(const Problem& p)
{
    require_device();
    const auto in = overlap::input(p);
    const auto way = std::make_shared<Way>(*in);
    const auto judge = check_of_bytes<Value>(in, overlap::check);
    const auto poison_output = [way] {
        way->ends.on_device.fill(0xff);
        synchronise();
        poison(way->ends.out());
    };
    poison_output();
    return {.run =
                [way] {
                    way->enqueue();
                    synchronise();
                },
            .verify = [way, judge] { return judge(way->ends.out()); },
            .poison = poison_output,
            .check = judge,
            .output = way->ends.out(),
            .counters = [way] { return times_of_steps(*way); },
            .cost = overlap::cost(p.n)};
}

} // namespace

Trial overlap::cuda(const Problem& p) { return trial<InOrder>(p); }
Trial overlap::cuda_streams(const Problem& p) { return trial<OnStreams>(p); }
Trial overlap::cuda_graph(const Problem& p) { return trial<AsGraph>(p); }

} // namespace workspan
