// SPDX-License-Identifier: Apache-2.0
// Waiting tasks as coroutines with timers of Asio.
#include "cpu/asio_pool.hpp"
#include "cpu/waiting.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace workspan::waiters {

namespace {

asio::awaitable<bool> wait_until_tau(Work* work, std::int64_t since)
{
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(std::chrono::nanoseconds(work->tau));
    co_await timer.async_wait(asio::use_awaitable);
    co_return has_waited(*work, since);
}

asio::awaitable<void> wait(Work* work, std::size_t i, Pool* pool)
{
    compute(*work, i);
    const std::int64_t since = begin_wait(*work);
    const bool waited = co_await wait_until_tau(work, since);
    finish(*work, i, since, waited);
    pool->one_has_ended();
}

// Issues the next task, waits, and takes the result of the next one.
asio::awaitable<void> chain_from(Work* work, std::size_t i)
{
    using namespace asio::experimental::awaitable_operators;
    compute(*work, i);
    const bool is_last = i + 1 == work->n;
    if (!is_last)
        issue_next(*work, i);
    const std::int64_t since = begin_wait(*work);
    bool waited = false;
    if (is_last)
        waited = co_await wait_until_tau(work, since);
    else
        waited = co_await (chain_from(work, i + 1) && wait_until_tau(work, since));
    finish(*work, i, since, waited);
}

asio::awaitable<void> chain(Work* work, Pool* pool)
{
    co_await chain_from(work, 0);
    pool->one_has_ended();
}

} // namespace

Run coroutines(const Problem& p)
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

} // namespace workspan::waiters
