// SPDX-License-Identifier: Apache-2.0
// The models of execution that Asio brings: a pool of threads, and coroutines with timers.
// Coroutines are free functions with parameters by value: g++ 12 miscompiles lambdas with captures.
#include "cpu/waiting.hpp"
#include "harness/tasks/children.hpp"
#include "harness/tasks/models.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>

namespace workspan {

namespace {

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
    ~Pool() { pool_.stop(); }
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

private:
    asio::thread_pool pool_;
    std::vector<std::jthread> attached_; // joined before pool_ is destroyed
    std::atomic<std::size_t> left_ = 0;
    std::binary_semaphore all_have_ended_{0};
};

std::shared_ptr<Pool> pool_of(int threads)
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

asio::awaitable<void> one_task(Tasks tasks, std::size_t i, Pool* pool)
{
    tasks(i);
    pool->one_has_ended();
    co_return;
}

// After each task the other coroutines of the thread have their turn.
asio::awaitable<void> take_turns(Tasks tasks, std::size_t k)
{
    for (std::size_t i = k; i < tasks.n; i += kTurns) {
        tasks(i);
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }
}

asio::awaitable<bool> wait_until_tau(waiters::Work* work, std::int64_t since)
{
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(std::chrono::nanoseconds(work->tau));
    co_await timer.async_wait(asio::use_awaitable);
    co_return waiters::has_waited(*work, since);
}

asio::awaitable<void> wait(waiters::Work* work, std::size_t i, Pool* pool)
{
    waiters::compute(*work, i);
    const std::int64_t since = waiters::begin_wait(*work);
    const bool waited = co_await wait_until_tau(work, since);
    waiters::finish(*work, i, since, waited);
    pool->one_has_ended();
}

// Issues the next task, waits, and takes the result of the next one.
asio::awaitable<void> chain_from(waiters::Work* work, std::size_t i)
{
    using namespace asio::experimental::awaitable_operators;
    waiters::compute(*work, i);
    const bool is_last = i + 1 == work->n;
    if (!is_last)
        waiters::issue_next(*work, i);
    const std::int64_t since = waiters::begin_wait(*work);
    bool waited = false;
    if (is_last)
        waited = co_await wait_until_tau(work, since);
    else
        waited = co_await (chain_from(work, i + 1) && wait_until_tau(work, since));
    waiters::finish(*work, i, since, waited);
}

asio::awaitable<void> chain(waiters::Work* work, Pool* pool)
{
    co_await chain_from(work, 0);
    pool->one_has_ended();
}

} // namespace

Runner models::pool(int threads)
{
    return [pool = pool_of(threads)](const Tasks& tasks) {
        run_all(*pool, tasks.n, [&](std::size_t i) {
            asio::post(pool->threads(), [tasks, i, &pool = *pool] {
                tasks(i);
                pool.one_has_ended();
            });
        });
    };
}

Runner models::coroutines(int threads)
{
    return [pool = pool_of(threads)](const Tasks& tasks) {
        run_all(*pool, tasks.n, [&](std::size_t i) {
            asio::co_spawn(pool->threads(), one_task(tasks, i, pool.get()), asio::detached);
        });
    };
}

Runner models::coroutines_yield(int)
{
    return [](const Tasks& tasks) {
        asio::io_context context(1); // one thread: no locks
        for (std::size_t k = 0; k < kTurns; ++k)
            asio::co_spawn(context, take_turns(tasks, k), asio::detached);
        context.run();
    };
}

waiters::Run waiters::coroutines(const Problem& p)
{
    return [pool = pool_of(p.threads), chained = is_chain(p)](Work& work) {
        if (chained)
            run_all(*pool, work.n == 0 ? 0 : 1, [&](std::size_t) {
                asio::co_spawn(pool->threads(), chain(&work, pool.get()), asio::detached);
            });
        else
            run_all(*pool, work.n, [&](std::size_t i) {
                asio::co_spawn(pool->threads(), wait(&work, i, pool.get()), asio::detached);
            });
    };
}

} // namespace workspan
