// SPDX-License-Identifier: Apache-2.0
// Reading a file by coroutines on one thread, each of which awaits a pread on a pool of threads.
#include "cpu/asio_pool.hpp"
#include "cpu/blocks.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>

namespace workspan::fileio {

namespace {

// On a thread of the pool, which it blocks.
asio::awaitable<void> read_one(const Work* work, std::uint32_t block, std::byte* buffer)
{
    read(*work, block, buffer);
    co_return;
}

asio::awaitable<void> read_blocks(const Work* work, Blocks* blocks, std::byte* buffer,
                                  asio::thread_pool* pool)
{
    while (const auto block = blocks->take()) {
        const std::int64_t issued = steady_ns();
        co_await asio::co_spawn(*pool, read_one(work, *block, buffer), asio::use_awaitable);
        finish(*work, *block, buffer, steady_ns() - issued);
    }
}

std::shared_ptr<asio::io_context> event_loop()
{
    try {
        return std::make_shared<asio::io_context>(1); // of one thread
    } catch (const std::exception& e) {
        throw Unavailable(std::string("cannot make an event loop: ") + e.what());
    }
}

} // namespace

Run coroutines(const Work& of)
{
    return [loop = event_loop(), pool = pool_of(int(of.in_flight))](const Work& work) {
        Blocks blocks(work.order);
        const auto on_end = [&blocks](std::exception_ptr failure) {
            if (failure)
                blocks.fail(std::move(failure));
        };
        loop->restart();
        try {
            for (std::size_t k = 0; k < work.in_flight; ++k)
                asio::co_spawn(*loop, read_blocks(&work, &blocks, work.buffer(k), &pool->threads()),
                               on_end);
        } catch (...) { // no memory: those before end without a block
            blocks.fail(std::current_exception());
        }
        loop->run(); // until all have ended
        blocks.rethrow_failure();
    };
}

} // namespace workspan::fileio
