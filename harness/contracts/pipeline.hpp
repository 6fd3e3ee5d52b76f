// SPDX-License-Identifier: Apache-2.0
// pipeline: n items of 4 KiB pass through three stages in order: read copies an item from the
// input, transform smooths it by a recursive filter, forwards and backwards, and reduce adds its
// words to a hash of all items so far. The filter is y[k] = a y[k-1] + x[k], the hash h = b h +
// x[k] (Horner's rule), both modulo 2^64: each step needs the one before, so a stage takes as long
// on every CPU of a clock rate, about 1 ns per step. Bound by the longest stage if each has a CPU,
// and on one CPU by the sum of all. So the speedup is at most that sum divided by the longest
// stage, on any number of CPUs, of which three stages keep three busy; the counters tell both.
// Handing an item from stage to stage costs the rest. Parallel pattern: pipeline; a stage has one
// item at a time and keeps their order. At most 64 items wait before a stage (backpressure): a fast
// stage fills the queue behind it and then waits. Arithmetic intensity: 3072 operations on 4 KiB.
// seq: the three stages in a loop, one item after the other, in the cache.
// threads: a thread for each stage; queues with a mutex and two condition variables. The case is
// named with the number of CPUs all the same.
// coroutines: one for each stage on a pool of as many threads as the case has; Asio's concurrent
// channels. On one thread they take turns whenever a channel is full or empty.
// processes: a fork for each stage; rings in shared memory with two semaphores each.
// tbb: parallel_pipeline, all stages serial and in order. A thread takes an item through one stage
// after the other, as long as they are free, instead of handing it over.
// Key cpus:1: all stages on one CPU, where a pipeline gains nothing: what handing over costs.
// Counters read_ns, transform_ns, reduce_ns: time of a stage for an item, median over the first
// 1000 of a further run; waiting for a queue is not in it, fetching the item from another core's
// cache is. cpus_used: the CPUs that ran stages, median over all runs. Latencies: of an item, from
// the beginning of read to the end of reduce. With full queues it is the number of items in the
// pipeline divided by the throughput (Little's law), not the time that its stages take. Check: the
// hash after each item, so a lost, doubled or swapped one spoils all that follow. Another
// algorithm: filter and hash are linear, so the hash of an item is the dot product of its words
// with 512 weights, the adjoint of both applied to the powers of b.
#pragma once

#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/tasks/cpus_used.hpp"
#include "harness/tasks/task_latencies.hpp"
#include "harness/tasks/task_trial.hpp"

#include <array>

namespace workspan::pipeline {

using Word = std::uint64_t;
using Input = SharedArray<Word>; // child processes read it

inline constexpr std::size_t kWords = 512; // of an item
inline constexpr std::size_t kBound = 64;  // items in a queue
// At the same time: two full queues and one item in each stage.
inline constexpr std::size_t kMostItems = 2 * kBound + 3;

struct alignas(64) Item {
    std::array<Word, kWords> words;
    std::size_t number;
    std::int64_t entered; // ns
};

// a of the filter, b of the hash. In timed code they come from memory: see tasks/lcg.hpp. a is even
// and b odd: no bit of an item is lost in the hash.
struct Factors {
    Word filter = 0xb0a45af2d9a4c05aU, hash = 6364136223846793005U;
};

struct Work;
using Stage = void(Work&, Item&);
Stage read, transform, reduce; // cpu/pipeline.cpp

// What the stages of a run work on; child processes write to the memory that the pointers name.
struct Work {
    std::size_t n = 0;
    const Word* input = nullptr;
    Word* out = nullptr;
    Item* items = nullptr; // kMostItems of them; item i is in i % kMostItems
    const TaskLatencies* latencies = nullptr;
    std::uint8_t* cpus = nullptr; // 1 for each CPU that ran a stage
    Trace* trace = nullptr;
    Factors factors = {};
    Stage *read = pipeline::read, *transform = pipeline::transform, *reduce = pipeline::reduce;
    alignas(64) Word hash = 0; // of the items so far; written by reduce only
};

// Takes all items through the stages.
using Run = std::function<void(Work&)>;
using Make = Run(const Problem&);       // makes the threads that all runs share
Make seq, threads, processes;           // cpu/pipeline.cpp
Make coroutines;                        // cpu/pipeline_coroutines.cpp
Make tbb;                               // cpu/with_tbb.cpp
Counters times_of_stages(const Trace&); // of a run

inline Cost cost(std::size_t n)
{
    return {.bytes = (8.0 * kWords + 8) * double(n), .items = double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double input = 8.0 * kWords * double(p.n), output = 8.0 * double(p.n);
    return {.host_shared = input,
            .host_case = 2 * output + double(kMostItems * sizeof(Item)), // and latencies
            .device_case = input + output,
            .host_reference = output};
}

inline Contract contract()
{
    return {.summary = "n items of 4 KiB through three stages: read, transform, reduce",
            .sizes = {1000, 10000},
            .quick = {10000},
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .axes = {{"cpus", {"", "1"}}},
            .awkward = {0, 1, 2, 3, 64, 65, 131, 132, 300},
            .subject = Subject::concurrency};
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        Input words(kWords * p.n);
        in_pieces(words.size(), [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i)
                words[i] = random_bits(p.seed, i);
        });
        return words;
    });
}

// What each word of an item adds to the hash.
constexpr std::array<Word, kWords> weights()
{
    const Factors by;
    std::array<Word, kWords> w{};
    w[kWords - 1] = 1;
    for (std::size_t k = kWords - 1; k > 0; --k) // powers of the hash's factor
        w[k - 1] = by.hash * w[k];
    for (std::size_t k = 1; k < kWords; ++k) // the adjoint of the filter backwards
        w[k] += by.filter * w[k - 1];
    for (std::size_t k = kWords - 1; k > 0; --k) // and forwards
        w[k - 1] += by.filter * w[k];
    return w;
}

inline CheckResult check(const Input& words, std::size_t n, std::span<const Word> out)
{
    static constexpr std::array<Word, kWords> kWeights = weights();
    std::vector<Word> hashes(n);
    in_pieces(
        n,
        [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i)
                for (std::size_t k = 0; k < kWords; ++k)
                    hashes[i] += kWeights[k] * words[i * kWords + k];
        },
        rows_per_piece(kWords));
    Word power = 1;
    for (std::size_t k = 0; k < kWords; ++k)
        power *= Factors{}.hash;
    for (std::size_t i = 1; i < n; ++i)
        hashes[i] += power * hashes[i - 1];
    return each_equal(out, n, [&](std::size_t i) { return hashes[i]; });
}

// The memory of a trial.
struct Memory {
    explicit Memory(const Problem& p) : words(input(p)), out(p.n), latencies(p.n)
    {
        work.n = p.n;
        work.input = words->data();
        work.out = out.data();
        work.items = items.data();
        work.cpus = cpus.marks();
    }
    void run(const Run& all)
    {
        work.latencies = &latencies;
        work.hash = 0;
        cpus.begin_run();
        all(work);
        cpus.end_run();
        latencies.end_run();
    }
    void run_traced(const Run& all, Trace& trace)
    {
        work.latencies = nullptr;
        work.hash = 0;
        const TracedBy traced(work.trace, trace);
        all(work);
    }
    CheckResult check(std::span<const Word> output) const
    {
        return pipeline::check(*words, work.n, output);
    }
    Counters counters(const Run& all)
    {
        Trace trace(work.n);
        run_traced(all, trace);
        Counters found = times_of_stages(trace);
        found["cpus_used"] = double(cpus.median());
        return found;
    }

    std::shared_ptr<const Input> words;
    SharedArray<Word> out;
    SharedArray<Item> items{kMostItems};
    TaskLatencies latencies;
    CpusUsed cpus;
    Work work;
};

inline Trial host(const Problem& p, Make* make)
{
    const auto memory = std::make_shared<Memory>(p);
    const Run run = make(p);
    Trial trial = task_trial(
        std::shared_ptr<SharedArray<Word>>(memory, &memory->out), cost(p.n),
        [memory](std::span<const Word> out) { return memory->check(out); },
        [memory, run] { memory->run(run); },
        [memory, run](Trace& trace) { memory->run_traced(run, trace); });
    trial.verify = [memory, verify = std::move(trial.verify)] {
        const std::size_t missing = memory->latencies.missing();
        return missing == 0 ? verify()
                            : wrong(std::to_string(missing) + " items never left the pipeline");
    };
    trial.poison = [memory, poison_output = std::move(trial.poison)] {
        poison_output();
        memory->latencies.clear();
    };
    trial.take_latencies = [memory] { return memory->latencies.take(); };
    trial.counters = [memory, run] { return memory->counters(run); };
    return trial;
}

} // namespace workspan::pipeline
