// SPDX-License-Identifier: Apache-2.0
// Servers of echo that block, in threads and in processes, and the exchange without a server.
#include "harness/contracts/echo.hpp"

#include "cpu/echo_network.hpp"
#include "harness/tasks/children.hpp"
#include "harness/tasks/trace.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>

namespace workspan::echo {

namespace {

// Sends back what arrives until the client hangs up. Runs in child processes, too: only what is
// async-signal-safe.
void serve(int socket, const Work& work)
{
    std::array<std::byte, 16384> buffer;
    for (;;) {
        const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        if (!work.answers())
            continue;
        for (ssize_t sent = 0, now = 0; sent < got; sent += std::max<ssize_t>(now, 0)) {
            now = send(socket, buffer.data() + sent, static_cast<std::size_t>(got - sent),
                       MSG_NOSIGNAL);
            if (now < 0 && errno != EINTR)
                return;
        }
    }
}

// Processes that serve a connection each. They have answered everything when they are to end, or
// will never do so.
class Children {
public:
    Children() = default;
    ~Children()
    {
        for (const pid_t child : children_)
            kill(child, SIGKILL);
        for (const pid_t child : children_)
            try {
                wait_for_child(child);
            } catch (const std::exception&) { // it was killed
            }
    }
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;

    void serve_in_another(const Socket& socket, const Work& work)
    {
        children_.reserve(children_.size() + 1);
        struct Of {
            const Socket& socket;
            const Work& work;
        } of = {socket, work};
        children_.push_back(fork_child(
            [](void* both) {
                const auto& [its_socket, its_work] = *static_cast<const Of*>(both);
                serve(its_socket.fd(), its_work);
            },
            &of));
    }

private:
    std::vector<pid_t> children_;
};

// Moves the whole of a message through a socket, of which `step` sends or receives a part.
template <class Bytes, class Step>
void move_all(int socket, Bytes bytes, short ready, std::int64_t patience, Step step)
{
    while (!bytes.empty()) {
        const ssize_t moved = step(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (moved > 0)
            bytes = bytes.subspan(static_cast<std::size_t>(moved));
        else if (moved == 0)
            throw std::runtime_error("the other end closed the connection");
        else if (errno == EAGAIN)
            wait_until_ready(socket, ready, patience);
        else if (errno != EINTR)
            throw std::runtime_error(std::string("cannot send or receive: ") +
                                     std::strerror(errno));
    }
}

void send_all(const Socket& socket, const Words& words, std::int64_t patience)
{
    move_all(socket.fd(), std::as_bytes(std::span(words)), POLLOUT, patience, send);
}

void receive_all(const Socket& socket, Words& words, std::int64_t patience)
{
    move_all(socket.fd(), std::as_writable_bytes(std::span(words)), POLLIN, patience, recv);
}

// The server's part of the exchange.
void echo_one(const Socket& server, Words& buffer, const Work& work)
{
    receive_all(server, buffer, work.fault.patience);
    if (work.answers())
        send_all(server, buffer, work.fault.patience);
}

// One request after the other. To read the clock of CPU time around each would distort it.
void exchange_in_turn(Work& work, const Socket& client, const Socket& server)
{
    constexpr std::size_t every = 64;
    Words question(work.words), buffer(work.words), answer(work.words);
    Seconds of_server = 0;
    const std::int64_t begin = steady_ns();
    for (std::size_t i = 0; i < work.n; ++i) {
        fill(work, i, question);
        const std::int64_t since = steady_ns();
        send_all(client, question, work.fault.patience);
        if (i % every == 0) {
            const Seconds before = seconds_of_clock(CLOCK_THREAD_CPUTIME_ID);
            echo_one(server, buffer, work);
            of_server += seconds_of_clock(CLOCK_THREAD_CPUTIME_ID) - before;
        } else
            echo_one(server, buffer, work);
        receive_all(client, answer, work.fault.patience);
        work.latencies->set(i, steady_ns() - since);
        work.out[i] = hash_of(answer);
    }
    work.tally.served += steady_ns() - begin;
    of_server *= double(work.n) / double((work.n + every - 1) / every);
    work.tally.server_cpu += of_server;
    work.tally.client_cpu -= of_server; // the caller adds the time of both
}

} // namespace

Run seq(const Problem&)
{
    return [](Work& work) {
        if (work.n == 0)
            return;
        Network network(work);
        const Socket server = network.connect();
        const Seconds before = seconds_of_clock(CLOCK_THREAD_CPUTIME_ID);
        exchange_in_turn(work, network.clients().front(), server);
        work.tally.client_cpu += seconds_of_clock(CLOCK_THREAD_CPUTIME_ID) - before;
        work.tally.requests += work.n;
        ++work.tally.runs;
    };
}

Run threads(const Problem&)
{
    return [](Work& work) {
        const ServerCpu measured(work);
        std::vector<std::jthread> servers; // joined after the network has hung up
        Network network(work);
        for (std::size_t k = 0; k < work.connections; ++k) {
            Socket socket = network.connect();
            try {
                servers.emplace_back([&work](const Socket& mine) { serve(mine.fd(), work); },
                                     std::move(socket));
            } catch (const std::system_error& e) {
                throw refused("cannot start thread " + std::to_string(k + 1) + " of " +
                                  std::to_string(work.connections),
                              e.what());
            }
        }
        request_all(work, network.clients());
    };
}

Run processes(const Problem&)
{
    return [](Work& work) {
        const ServerCpu measured(work);
        Children servers;
        Network network(work);
        for (std::size_t k = 0; k < work.connections; ++k)
            servers.serve_in_another(network.connect(), work); // keeps no copy of the socket
        request_all(work, network.clients());
    };
}

} // namespace workspan::echo
