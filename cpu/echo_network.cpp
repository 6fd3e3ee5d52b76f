// SPDX-License-Identifier: Apache-2.0
#include "cpu/echo_network.hpp"

#include "harness/tasks/children.hpp"
#include "harness/tasks/trace.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace workspan::echo {

namespace {

template <class T> void set_option(int socket, int level, int option, const T& value)
{
    if (setsockopt(socket, level, option, &value, sizeof value) != 0)
        throw refused_socket("cannot set an option of a socket");
}

// A closed connection leaves no TIME_WAIT behind, which would hold its port for a minute: the
// server closes last, by a reset, when the client has all answers.
void set_server_options(int socket)
{
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
}

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

sockaddr_in own_address(int socket)
{
    sockaddr_in address = {};
    socklen_t size = sizeof address;
    if (getsockname(socket, generic(address), &size) != 0)
        throw refused_socket("cannot ask for the address of a socket");
    return address;
}

Seconds cpu_except_this_thread()
{
    return seconds_of_clock(CLOCK_PROCESS_CPUTIME_ID) + cpu_time_of_children() -
           seconds_of_clock(CLOCK_THREAD_CPUTIME_ID);
}

} // namespace

Socket::~Socket()
{
    if (fd_ >= 0)
        close(fd_);
}

Unavailable refused_socket(const std::string& what, const std::string& why)
{
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    return Unavailable(what + ": " + why + " (RLIMIT_NOFILE " + std::to_string(files.rlim_cur) +
                       ")");
}

Unavailable refused_socket(const std::string& what)
{
    return refused_socket(what, std::strerror(errno));
}

void wait_until_ready(int socket, short events, std::int64_t patience)
{
    const std::int64_t until = steady_ns() + patience;
    for (;;) {
        pollfd one = {.fd = socket, .events = events, .revents = 0};
        const std::int64_t left = until - steady_ns();
        const int ready = left > 0 ? poll(&one, 1, static_cast<int>(left / 1'000'000 + 1)) : 0;
        if (ready > 0)
            return;
        if (left <= 0)
            throw std::runtime_error("the other end of a connection did not answer for " +
                                     std::to_string(patience / 1'000'000) + " ms");
        if (ready < 0 && errno != EINTR)
            throw std::runtime_error(std::string("poll: ") + std::strerror(errno));
    }
}

Network::Network(const Work& work)
    : patience_(work.fault.patience),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
{
    if (listener_.fd() < 0)
        throw refused_socket("cannot open a socket");
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK); // any port
    if (bind(listener_.fd(), generic(address_), sizeof address_) != 0)
        throw refused_socket("cannot bind a port of 127.0.0.1");
    if (listen(listener_.fd(), 1) != 0)
        throw refused_socket("cannot listen on a port of 127.0.0.1");
    address_ = own_address(listener_.fd());
}

Socket Network::connect()
{
    const std::string what = "cannot make connection " + std::to_string(clients_.size() + 1);
    Socket client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (client.fd() < 0)
        throw refused_socket(what);
    set_option(client.fd(), IPPROTO_TCP, TCP_NODELAY, 1);
    if (::connect(client.fd(), generic(address_), sizeof address_) != 0) {
        if (errno != EINPROGRESS && errno != EINTR)
            throw refused_socket(what);
        wait_until_ready(client.fd(), POLLOUT, patience_);
        socklen_t size = sizeof errno;
        getsockopt(client.fd(), SOL_SOCKET, SO_ERROR, &errno, &size);
        if (errno != 0)
            throw refused_socket(what);
    }
    Socket server = accept(own_address(client.fd()));
    set_server_options(server.fd());
    clients_.push_back(std::move(client));
    return server;
}

// Any process of this machine may connect to the port: such strangers are turned away.
Socket Network::accept(const sockaddr_in& from) const
{
    for (;;) {
        wait_until_ready(listener_.fd(), POLLIN, patience_);
        sockaddr_in address = {};
        socklen_t size = sizeof address;
        Socket server(accept4(listener_.fd(), generic(address), &size, SOCK_CLOEXEC));
        if (server.fd() >= 0 && address.sin_port == from.sin_port)
            return server;
        if (server.fd() < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            throw refused_socket("cannot accept connection " + std::to_string(clients_.size() + 1));
    }
}

ServerCpu::ServerCpu(Work& work) : tally_(work.tally), before_(cpu_except_this_thread()) {}

ServerCpu::~ServerCpu() { tally_.server_cpu += cpu_except_this_thread() - before_; }

} // namespace workspan::echo
