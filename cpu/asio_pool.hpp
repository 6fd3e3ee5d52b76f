// SPDX-License-Identifier: Apache-2.0
// A pool of threads for Asio's handlers and coroutines, and the end of a run on it.
// Coroutines are free functions with parameters by value: g++ 12 miscompiles lambdas with captures.
#pragma once

#include "harness/tasks/children.hpp"

#include <asio/thread_pool.hpp>
#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

namespace workspan {

// Threads that run tasks, and the end of a run. A thread_pool that is refused one of several
// threads would wait for the others for ever, so these are attached to it one by one.
class Pool {
public:
    explicit Pool(int threads) : pool_(threads == 1 ? 1 : 0) // for one it needs no locks
    {
        try {
            for (int k = 0; threads > 1 && k < threads; ++k)
                attached_.emplace_back([this] { pool_.attach(); });
        } catch (...) {
            pool_.stop();
            throw;
        }
    }
    ~Pool() { end(); }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    asio::thread_pool& threads() { return pool_; }
    void begin(std::size_t tasks) { left_ = tasks; }
    void have_ended(std::size_t tasks)
    {
        if (left_.fetch_sub(tasks) == tasks)
            all_have_ended_.release();
    }
    void one_has_ended() { have_ended(1); }
    void wait() { all_have_ended_.acquire(); }
    void end() // of all threads; they run nothing more
    {
        pool_.stop();
        attached_.clear();
        pool_.join();
    }

private:
    asio::thread_pool pool_;
    std::vector<std::jthread> attached_; // joined before pool_ is destroyed
    std::atomic<std::size_t> left_ = 0;
    std::binary_semaphore all_have_ended_{0};
};

inline std::shared_ptr<Pool> pool_of(int threads)
{
    try {
        return std::make_shared<Pool>(threads);
    } catch (const std::exception& e) { // std::system_error, or no memory
        throw refused("cannot start a pool of " + std::to_string(threads) + " threads", e.what());
    }
}

// Starts all tasks with start(i), and waits for the end of the last one. If one cannot be started,
// for lack of memory, those before have ended.
template <class Start> void run_all(Pool& pool, std::size_t n, Start start)
{
    if (n == 0)
        return;
    pool.begin(n);
    std::size_t i = 0;
    try {
        for (; i < n; ++i)
            start(i);
    } catch (...) {
        pool.have_ended(n - i);
        pool.wait();
        throw;
    }
    pool.wait();
}

} // namespace workspan
