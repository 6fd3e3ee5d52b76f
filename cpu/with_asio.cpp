// SPDX-License-Identifier: Apache-2.0
// The models of execution that Asio brings: a pool of threads, and coroutines.
#include "cpu/asio_pool.hpp"
#include "harness/tasks/models.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace workspan {

namespace {

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

} // namespace workspan
