// SPDX-License-Identifier: Apache-2.0
// The handles that C++ and Linux bring, as their users write them.
#include "harness/contracts/futures.hpp"

#include "cpu/stoppable.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <future>
#include <stdexcept>
#include <stop_token>
#include <sys/wait.h>
#include <thread>

namespace workspan::futures {

namespace {

// Calls that are made when their results are taken.
class Deferred {
public:
    explicit Deferred(const Work& work) : work_(work) {}

    void spawn(std::size_t) {}
    void cancel(std::size_t i) { count(work_.tasks[i].cancelled); }
    bool is_ready(std::size_t i) const
    {
        return work_.tasks[i].ran > 0 || work_.tasks[i].cancelled > 0;
    }
    void wait(std::size_t i)
    {
        if (!is_ready(i))
            work_.tasks[i].result = compute(work_, i);
    }
    Value get(std::size_t i) { return work_.tasks[i].result; }

private:
    const Work& work_;
};

bool has_result(const std::future<Value>& of)
{
    return of.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

class Threads {
public:
    explicit Threads(const Work& work) : work_(work)
    {
        results_.reserve(work.n);
        threads_.reserve(work.n);
    }

    void spawn(std::size_t i)
    {
        std::promise<Value> result;
        results_.push_back(result.get_future());
        threads_.emplace_back(
            [&work = work_, i](const std::stop_token& stop, std::promise<Value> to) {
                to.set_value(compute(work, i, [&stop] { return stop.stop_requested(); }));
            },
            std::move(result));
    }
    void cancel(std::size_t i) { threads_[i].request_stop(); }
    bool is_ready(std::size_t i) const { return has_result(results_[i]); }
    void wait(std::size_t i) { results_[i].wait(); }
    Value get(std::size_t i) { return results_[i].get(); }

private:
    const Work& work_;
    std::vector<std::future<Value>> results_;
    std::vector<std::jthread> threads_; // each is joined by its destructor
};

class Futures {
public:
    explicit Futures(const Work& work) : work_(work) { results_.reserve(work.n); }

    void spawn(std::size_t i)
    {
        results_.push_back(
            std::async(std::launch::async, [&work = work_, i] { return compute(work, i); }));
    }
    void cancel(std::size_t) { throw std::logic_error("std::async cannot be cancelled"); }
    bool is_ready(std::size_t i) const { return has_result(results_[i]); }
    void wait(std::size_t i) { results_[i].wait(); }
    Value get(std::size_t i) { return results_[i].get(); }

private:
    const Work& work_;
    std::vector<std::future<Value>> results_; // each waits for its task in its destructor
};

struct One {
    const Work* work;
    std::size_t i;
};

// In a child process.
void compute_in_child(void* of)
{
    const auto [work, i] = *static_cast<One*>(of);
    work->tasks[i].result = compute(*work, i);
}

class Processes {
public:
    explicit Processes(const Work& work) : work_(work) { children_.reserve(work.n); }
    ~Processes()
    {
        for (std::size_t i = 0; i < children_.size(); ++i)
            if (children_[i] != kTaken)
                cancel(i);
        for (const pid_t child : children_)
            try {
                if (child != kTaken)
                    end_of_child(child);
            } catch (const std::exception&) { // the run has failed already
            }
    }
    Processes(const Processes&) = delete;
    Processes& operator=(const Processes&) = delete;

    void spawn(std::size_t i)
    {
        One one = {&work_, i};
        children_.push_back(fork_child(compute_in_child, &one));
    }
    void cancel(std::size_t i) { kill(children_[i], SIGKILL); }
    bool is_ready(std::size_t i) const { return has_ended(children_[i], WNOHANG); }
    void wait(std::size_t i) { has_ended(children_[i], 0); }
    Value get(std::size_t i)
    {
        const int status = end_of_child(std::exchange(children_[i], kTaken));
        const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        if (!was_killed || work_.asked[i] == 0)
            require_success(status);
        else if (work_.tasks[i].ran == 0)
            count(work_.tasks[i].cancelled);
        return work_.tasks[i].result;
    }

private:
    static constexpr pid_t kTaken = 0;

    // Leaves the child to be waited for.
    static bool has_ended(pid_t child, int hang_or_not)
    {
        siginfo_t info{};
        while (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT | hang_or_not) != 0)
            if (errno != EINTR)
                throw std::runtime_error(std::string("waitid: ") + std::strerror(errno));
        return info.si_pid == child;
    }

    const Work& work_;
    std::vector<pid_t> children_; // of the task, or kTaken
};

} // namespace

Caller seq(const Problem&) { return caller_of<Deferred>(); }
Caller threads(const Problem&) { return caller_of<Threads>(); }
Caller futures(const Problem&) { return caller_of<Futures>(); }
Caller processes(const Problem&) { return caller_of<Processes>(); }

} // namespace workspan::futures
