// SPDX-License-Identifier: Apache-2.0
// The server of echo with a coroutine of Asio for each connection.
#include "cpu/asio_pool.hpp"
#include "cpu/echo_network.hpp"

#include <array>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace workspan::echo {

namespace {

using asio::ip::tcp;

// Tells the pool that one has ended, also after an exception.
class Ending {
public:
    explicit Ending(Pool* pool) : pool_(pool) {}
    ~Ending() { pool_->one_has_ended(); }
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;

private:
    Pool* pool_;
};

// Sends back what arrives until the client hangs up.
asio::awaitable<void> serve(tcp::socket accepted, const Work* work, Pool* pool)
{
    const Ending ending(pool);
    tcp::socket socket = std::move(accepted); // closed before the end
    std::array<std::byte, 16384> buffer;
    asio::error_code error;
    while (!error) {
        const std::size_t got = co_await socket.async_read_some(
            asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
        if (!error && work->answers())
            co_await asio::async_write(socket, asio::buffer(buffer, got),
                                       asio::redirect_error(asio::use_awaitable, error));
    }
}

void start(Pool& pool, Socket accepted, const Work& work)
{
    tcp::socket socket(pool.threads());
    socket.assign(tcp::v4(), accepted.fd());
    static_cast<void>(accepted.release());
    asio::co_spawn(pool.threads(), serve(std::move(socket), &work, &pool), asio::detached);
}

// The last task is the client, on this thread: when it hangs up the servers end.
void serve_while_requested(Pool& pool, Work& work)
{
    Network network(work);
    run_all(pool, work.connections + 1, [&](std::size_t k) {
        try {
            if (k < work.connections)
                return start(pool, network.connect(), work);
            request_all(work, network.clients());
            network.hang_up();
            pool.one_has_ended();
        } catch (...) {
            network.hang_up(); // run_all() waits for those that have started
            throw;
        }
    });
}

} // namespace

Run coroutines(const Problem& p)
{
    return [pool = pool_of(p.threads)](Work& work) {
        const ServerCpu measured(work);
        try {
            serve_while_requested(*pool, work);
        } catch (const asio::system_error& e) { // it lacks descriptors for its own event loop
            throw refused_socket("cannot start a server", e.what());
        }
    };
}

} // namespace workspan::echo
