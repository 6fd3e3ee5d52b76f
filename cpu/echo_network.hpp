// SPDX-License-Identifier: Apache-2.0
// What clients and servers of echo share: TCP connections from this process to itself, the client's
// event loop, and the CPU time of both sides.
#pragma once

#include "harness/contracts/echo.hpp"

#include <ctime>
#include <netinet/in.h>
#include <utility>

namespace workspan::echo {

// A socket or another file descriptor, closed by the destructor.
class Socket {
public:
    explicit Socket(int fd = -1) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(other.release()) {}
    Socket& operator=(Socket&&) = delete;
    ~Socket();

    int fd() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

// What to throw if the system refuses a socket or the like: what failed, why, and the limit.
Unavailable refused_socket(const std::string& what, const std::string& why);
Unavailable refused_socket(const std::string& what); // why: errno

// Waits until the socket is ready for poll()'s `events`. Throws std::runtime_error after `patience`
// ns.
void wait_until_ready(int socket, short events, std::int64_t patience);

// A port of 127.0.0.1, and the client's ends of the connections to it, which do not block.
class Network {
public:
    explicit Network(const Work& work); // throws Unavailable if the system refuses it

    // Makes a connection, keeps the client's end and returns the server's, which blocks. Throws
    // Unavailable if the system refuses it.
    Socket connect();

    // Closes the client's ends, so that servers read the end of their input.
    void hang_up() { clients_.clear(); }

    const std::vector<Socket>& clients() const { return clients_; }

private:
    Socket accept(const sockaddr_in& from) const;

    std::int64_t patience_;
    Socket listener_;
    sockaddr_in address_ = {};
    std::vector<Socket> clients_;
};

// The client: sends all requests, one at a time on each connection, and writes down the answers.
// Throws std::runtime_error if the server does not answer or closes a connection.
void request_all(Work& work, const std::vector<Socket>& connections);

inline Seconds seconds_of_clock(clockid_t clock)
{
    timespec t = {};
    clock_gettime(clock, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

// Adds the CPU time of the servers to the tally: while it lives that of all threads but this one,
// and of children that end meanwhile. What this thread does beside request_all() is set-up.
class ServerCpu {
public:
    explicit ServerCpu(Work& work);
    ~ServerCpu();
    ServerCpu(const ServerCpu&) = delete;
    ServerCpu& operator=(const ServerCpu&) = delete;

private:
    Tally& tally_;
    Seconds before_;
};

} // namespace workspan::echo
