// SPDX-License-Identifier: Apache-2.0
// The handles that Asio brings: of tasks on its pool, and of coroutines.
#include "cpu/asio_pool.hpp"
#include "cpu/stoppable.hpp"

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <deque>
#include <future>
#include <stop_token>

namespace workspan::futures {

namespace {

class OnPool {
public:
    OnPool(const Work& work, Pool& pool) : work_(work), pool_(pool)
    {
        stops_.reserve(work.n);
        results_.reserve(work.n);
    }
    ~OnPool()
    {
        for (const std::future<Value>& result : results_)
            if (result.valid())
                result.wait();
    }
    OnPool(const OnPool&) = delete;
    OnPool& operator=(const OnPool&) = delete;

    void spawn(std::size_t i)
    {
        std::packaged_task<Value()> task(
            [&work = work_, i, stop = stops_.emplace_back().get_token()] {
                return compute(work, i, [&stop] { return stop.stop_requested(); });
            });
        std::future<Value> result = task.get_future();
        asio::post(pool_.threads(), std::move(task));
        results_.push_back(std::move(result)); // now that it runs for sure
    }
    void cancel(std::size_t i) { stops_[i].request_stop(); }
    bool is_ready(std::size_t i) const
    {
        return results_[i].wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }
    void wait(std::size_t i) { results_[i].wait(); }
    Value get(std::size_t i) { return results_[i].get(); }

private:
    const Work& work_;
    Pool& pool_;
    std::vector<std::stop_source> stops_;
    std::vector<std::future<Value>> results_;
};

// Yields before each piece; there an exception ends it, if it was cancelled.
asio::awaitable<Value> coroutine(const Work* work, std::size_t i)
{
    Value x = first_of(work->seed, i);
    for (std::size_t piece = 0; piece < kPieces; ++piece) {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        const Running running(*work, i);
        if (piece == 0)
            count(work->tasks[i].begun);
        x = lcg(x, kStepsOfPiece, work->step);
    }
    count(work->tasks[i].ran);
    co_return x;
}

class Coroutines {
public:
    explicit Coroutines(const Work& work) : work_(work), has_ended_(work.n), results_(work.n) {}

    void spawn(std::size_t i)
    {
        asio::co_spawn(
            loop_, coroutine(&work_, i),
            asio::bind_cancellation_slot(cancels_.emplace_back().slot(),
                                         [this, i](const std::exception_ptr& failed, Value x) {
                                             if (failed)
                                                 count(work_.tasks[i].cancelled);
                                             has_ended_[i] = 1;
                                             results_[i] = x;
                                         }));
    }
    void cancel(std::size_t i) { cancels_[i].emit(asio::cancellation_type::terminal); }
    bool is_ready(std::size_t i) const { return has_ended_[i] != 0; }
    void wait(std::size_t i)
    {
        while (!is_ready(i))
            if (loop_.run_one() == 0)
                throw std::logic_error("a coroutine was lost");
    }
    Value get(std::size_t i) { return results_[i]; }

private:
    const Work& work_;
    std::vector<std::uint8_t> has_ended_;
    std::vector<Value> results_;
    std::deque<asio::cancellation_signal> cancels_; // outlive the coroutines
    asio::io_context loop_{1};                      // one thread: no locks
};

} // namespace

Caller pool(const Problem& p) { return caller_of<OnPool>(pool_of(p.threads)); }
Caller coroutines(const Problem&) { return caller_of<Coroutines>(); }

} // namespace workspan::futures
