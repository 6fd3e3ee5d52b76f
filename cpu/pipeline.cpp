// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/pipeline.hpp"

#include "cpu/bounded_queues.hpp"
#include "cpu/pipeline_stages.hpp"
#include "harness/tasks/children.hpp"

#include <csignal>
#include <ctime>
#include <sys/wait.h>
#include <thread>

namespace workspan::pipeline {

namespace {

using Queue = WaitingQueue<Item, kBound>;
using Ring = SharedRing<Item, kBound>;

// What the processes of a run share.
struct Shared {
    Ring to_transform, to_reduce;
    sem_t finished; // reduce has had the last item
};

struct Line {
    explicit Line(Work& of) : work(of), shared(1)
    {
        shared[0].to_transform.begin();
        shared[0].to_reduce.begin();
        sem_init(&shared[0].finished, 1, 0);
    }
    ~Line()
    {
        shared[0].to_transform.end();
        shared[0].to_reduce.end();
        sem_destroy(&shared[0].finished);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    Work& work;
    SharedArray<Shared> shared; // one
    Failure failure = {};       // a child has its own, and no other looks at it
};

// Of one process each.
void reader(void* of)
{
    auto& [work, shared, failure] = *static_cast<Line*>(of);
    read_all(work, shared[0].to_transform, failure);
}
void transformer(void* of)
{
    auto& [work, shared, failure] = *static_cast<Line*>(of);
    transform_all(work, shared[0].to_transform, shared[0].to_reduce, failure);
}
void reducer(void* of)
{
    auto& [work, shared, failure] = *static_cast<Line*>(of);
    reduce_all(work, shared[0].to_reduce, failure);
    sem_post(&shared[0].finished);
}

// Waits for 0.2 s.
bool is_posted_soon(sem_t& semaphore)
{
    timespec until{};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 200000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return sem_timedwait(&semaphore, &until) == 0;
}

// One that was killed would leave the others waiting for its items.
void require_none_killed(const std::vector<pid_t>& children)
{
    for (const pid_t child : children) {
        siginfo_t info{};
        if (waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == child && (info.si_code != CLD_EXITED || info.si_status != 0))
            throw std::runtime_error("a process of the pipeline was ended, by signal or status " +
                                     std::to_string(info.si_status));
    }
}

void wait_for_all(const std::vector<pid_t>& children, Failure& failure)
{
    for (const pid_t child : children)
        try {
            wait_for_child(child);
        } catch (...) {
            failure.keep(std::current_exception());
        }
}

} // namespace

void read(Work& work, Item& item)
{
    std::memcpy(item.words.data(), work.input + item.number * kWords, sizeof item.words);
}

void transform(Work& work, Item& item)
{
    const Word a = work.factors.filter;
    Word y = 0;
    for (std::size_t k = 0; k < kWords; ++k)
        item.words[k] = y = a * y + item.words[k];
    y = 0;
    for (std::size_t k = kWords; k-- > 0;)
        item.words[k] = y = a * y + item.words[k];
}

void reduce(Work& work, Item& item)
{
    const Word b = work.factors.hash;
    Word hash = work.hash;
    for (const Word word : item.words)
        hash = b * hash + word;
    work.out[item.number] = work.hash = hash;
}

Counters times_of_stages(const Trace& trace)
{
    constexpr std::array<const char*, 3> names = {"read_ns", "transform_ns", "reduce_ns"};
    std::array<std::vector<std::int64_t>, 3> times;
    for (std::size_t i = 0; i < trace.recorded(); ++i) {
        const auto spans = trace.spans(i);
        for (std::size_t k = 0; k < times.size() && spans.size() == times.size(); ++k)
            times[k].push_back(spans[k].end - spans[k].begin);
    }
    Counters medians;
    for (std::size_t k = 0; k < times.size(); ++k)
        if (!times[k].empty()) {
            const auto middle = times[k].begin() + std::ptrdiff_t(times[k].size() / 2);
            std::nth_element(times[k].begin(), middle, times[k].end());
            medians[names[k]] = double(*middle);
        }
    return medians;
}

Run seq(const Problem&)
{
    return [](Work& work) {
        Item& item = work.items[0]; // always the same, so that it stays in the cache
        for (std::size_t i = 0; i < work.n; ++i) {
            enter(work, i, item);
            pass(work, work.transform, item);
            leave(work, item);
        }
    };
}

Run threads(const Problem&)
{
    return [](Work& work) {
        Queue to_transform, to_reduce;
        Failure failure;
        std::vector<std::jthread> stages; // each is joined by its destructor
        stages.reserve(3);
        try {
            // The last one first: if one cannot be started, those before wait for items only.
            stages.emplace_back([&] { reduce_all(work, to_reduce, failure); });
            stages.emplace_back([&] { transform_all(work, to_transform, to_reduce, failure); });
            stages.emplace_back([&] { read_all(work, to_transform, failure); });
        } catch (const std::exception& e) { // std::system_error, or no memory
            if (stages.size() == 1)
                to_reduce.push(nullptr);
            if (stages.size() == 2)
                to_transform.push(nullptr);
            const std::string which = std::to_string(stages.size() + 1);
            stages.clear();
            throw refused("cannot start thread " + which + " of 3", e.what());
        }
        stages.clear();
        failure.rethrow();
    };
}

Run processes(const Problem&)
{
    return [](Work& work) {
        Line line(work);
        std::vector<pid_t> children;
        children.reserve(3);
        try {
            for (const auto stage : {reader, transformer, reducer})
                children.push_back(fork_child(stage, &line));
            while (!is_posted_soon(line.shared[0].finished))
                require_none_killed(children);
        } catch (...) {
            for (const pid_t child : children)
                kill(child, SIGKILL);
            wait_for_all(children, line.failure);
            throw;
        }
        wait_for_all(children, line.failure);
        line.failure.rethrow();
    };
}

} // namespace workspan::pipeline
