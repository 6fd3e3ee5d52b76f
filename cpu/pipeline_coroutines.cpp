// SPDX-License-Identifier: Apache-2.0
// The stages of a pipeline as coroutines, with channels of Asio as queues.
#include "cpu/asio_pool.hpp"
#include "cpu/pipeline_stages.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/concurrent_channel.hpp>
#include <asio/use_awaitable.hpp>

namespace workspan::pipeline {

namespace {

using Channel = asio::experimental::concurrent_channel<void(asio::error_code, Item*)>;

// A thread may still be leaving a channel when the coroutine that it resumed through it has ended
// on another thread, so the channels outlive the runs, and the threads end before them.
struct Line {
    explicit Line(int count)
        : pool(pool_of(count)), to_transform(pool->threads(), kBound),
          to_reduce(pool->threads(), kBound)
    {
    }
    ~Line() { pool->end(); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    std::shared_ptr<Pool> pool;
    Channel to_transform, to_reduce;
};

asio::awaitable<void> read_all(Work* work, Channel* out, Failure* failure)
{
    for (std::size_t i = 0; i < work->n && !failure->has_happened(); ++i)
        co_await out->async_send(asio::error_code(), read_item(*work, i, *failure),
                                 asio::use_awaitable);
    co_await out->async_send(asio::error_code(), nullptr, asio::use_awaitable);
}

asio::awaitable<void> transform_all(Work* work, Channel* in, Channel* out, Failure* failure)
{
    while (Item* const item = co_await in->async_receive(asio::use_awaitable)) {
        transform_item(*work, *item, *failure);
        co_await out->async_send(asio::error_code(), item, asio::use_awaitable);
    }
    co_await out->async_send(asio::error_code(), nullptr, asio::use_awaitable);
}

asio::awaitable<void> reduce_all(Work* work, Channel* in, Failure* failure)
{
    while (Item* const item = co_await in->async_receive(asio::use_awaitable))
        reduce_item(*work, *item, *failure);
}

asio::awaitable<void> stage(std::size_t k, Work* work, Line* line, Failure* failure)
{
    return k == 0   ? read_all(work, &line->to_transform, failure)
           : k == 1 ? transform_all(work, &line->to_transform, &line->to_reduce, failure)
                    : reduce_all(work, &line->to_reduce, failure);
}

} // namespace

Run coroutines(const Problem& p)
{
    return [line = std::make_shared<Line>(p.threads)](Work& work) {
        Failure failure;
        line->to_transform.reset(); // what a run that lacked memory has left
        line->to_reduce.reset();
        const auto end = [&failure, line = line.get()](const std::exception_ptr& lacked_memory) {
            if (lacked_memory) {
                failure.keep(lacked_memory);
                line->to_transform.cancel();
                line->to_reduce.cancel();
            }
            line->pool->one_has_ended();
        };
        run_all(*line->pool, 3, [&](std::size_t k) {
            asio::co_spawn(line->pool->threads(), stage(k, &work, line.get(), &failure), end);
        });
        failure.rethrow();
    };
}

} // namespace workspan::pipeline
