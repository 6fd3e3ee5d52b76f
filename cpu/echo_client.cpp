// SPDX-License-Identifier: Apache-2.0
// The client of echo: one thread and an event loop, edge-triggered epoll. The same for all servers.
#include "cpu/echo_network.hpp"
#include "harness/tasks/trace.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

namespace workspan::echo {

namespace {

constexpr std::int64_t kLate = 10'000'000; // ns after due
constexpr std::int64_t kSecond = 1'000'000'000;

struct Connection {
    int socket;
    Words question, answer;
    std::size_t request = 0, sent = 0, received = 0; // bytes of this request
    std::int64_t since = 0;                          // ns: when it was sent, or due
    std::int64_t free_since = 0;                     // ns
    bool in_use = false;
};

class Client {
public:
    Client(Work& work, const std::vector<Socket>& sockets);
    void request_all();

private:
    std::size_t bytes() const { return sizeof(std::uint64_t) * work_.words; }
    bool is_open_loop() const { return work_.rate > 0; }
    std::int64_t due(std::size_t request) const
    {
        return begin_ + static_cast<std::int64_t>(request * kSecond / work_.rate);
    }
    void watch(int fd, std::uint32_t events, Connection* of) const;
    void ask_what_is_due();
    void ask(Connection& c);
    void send_rest(Connection& c);
    void receive(Connection& c);
    void finish(Connection& c);
    std::size_t wait();
    void arm_timer();

    Work& work_;
    std::vector<Connection> connections_;
    const Connection* last_ = nullptr; // of the request before
    std::deque<Connection*> idle_;     // longest first, so that all connections are used in turn
    Socket epoll_, timer_;
    std::vector<epoll_event> events_;
    std::size_t next_ = 0, answered_ = 0;
    std::int64_t begin_ = 0, armed_for_ = 0, progress_ = 0;
    std::int64_t least_late_at_end_ = INT64_MAX; // ns, of the last tenth of an open loop
};

Client::Client(Work& work, const std::vector<Socket>& sockets)
    : work_(work), epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      events_(std::min<std::size_t>(sockets.size() + 1, 256))
{
    if (epoll_.fd() < 0 || timer_.fd() < 0)
        throw refused_socket("cannot make the client's event loop");
    watch(timer_.fd(), EPOLLIN, nullptr);
    connections_.reserve(sockets.size()); // the others point into it
    for (const Socket& socket : sockets) {
        connections_.push_back({socket.fd(), Words(work.words), Words(work.words)});
        watch(socket.fd(), EPOLLIN | EPOLLOUT, &connections_.back());
        idle_.push_back(&connections_.back());
    }
}

void Client::watch(int fd, std::uint32_t events, Connection* of) const
{
    epoll_event event = {.events = events | EPOLLET, .data = {.ptr = of}};
    if (epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, fd, &event) != 0)
        throw refused_socket("cannot watch a socket");
}

void Client::request_all()
{
    begin_ = progress_ = steady_ns();
    ask_what_is_due();
    while (answered_ < work_.n) {
        const std::size_t ready = wait();
        for (std::size_t k = 0; k < ready; ++k)
            if (auto* const c = static_cast<Connection*>(events_[k].data.ptr)) {
                send_rest(*c);
                receive(*c);
            }
        ask_what_is_due(); // after a timer, too
    }
    const std::int64_t took = steady_ns() - begin_;
    work_.tally.served += took;
    if (is_open_loop()) {
        ++work_.since_poison.judged;
        work_.since_poison.behind += least_late_at_end_ > kLate ? 1 : 0;
    }
}

void Client::ask_what_is_due()
{
    while (next_ < work_.n && !idle_.empty()) {
        if (is_open_loop() && steady_ns() < due(next_))
            return arm_timer();
        ask(*idle_.front());
    }
}

// Sends the next request, as far as the socket takes it.
void Client::ask(Connection& c)
{
    idle_.pop_front();
    c.request = next_++;
    work_.since_poison.repeats += &c == last_ ? 1 : 0;
    last_ = &c;
    c.sent = c.received = 0;
    c.in_use = true;
    fill(work_, c.request, c.question);
    c.since = steady_ns();
    if (is_open_loop()) {
        const std::int64_t late = std::max<std::int64_t>(c.since - due(c.request), 0);
        work_.tally.late += late > kLate ? 1 : 0;
        if (c.request >= work_.n - work_.n / 10)
            least_late_at_end_ = std::min(least_late_at_end_, late);
        c.since = due(c.request);
        if (c.free_since <= c.since)
            work_.tally.lateness.add(static_cast<std::uint64_t>(late));
    }
    send_rest(c);
}

void Client::send_rest(Connection& c)
{
    const std::span<const std::byte> question = std::as_bytes(std::span(c.question));
    while (c.in_use && c.sent < bytes()) {
        const ssize_t sent =
            send(c.socket, question.data() + c.sent, bytes() - c.sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN)
            return; // until there is room: EPOLLOUT
        if (sent < 0 && errno != EINTR)
            throw std::runtime_error(std::string("the client cannot send: ") +
                                     std::strerror(errno));
        c.sent += static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    }
}

// At most one answer, so that connections take turns: one whose server answers at once would be
// served for ever while the others wait. The next answer is an event of its own.
void Client::receive(Connection& c)
{
    const std::span<std::byte> answer = std::as_writable_bytes(std::span(c.answer));
    while (c.in_use) {
        const ssize_t got = recv(c.socket, answer.data() + c.received, bytes() - c.received, 0);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got == 0)
            throw std::runtime_error("the server closed a connection");
        if (got < 0 && errno != EINTR)
            throw std::runtime_error(std::string("the client cannot receive: ") +
                                     std::strerror(errno));
        c.received += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        if (c.received == bytes())
            return finish(c);
    }
}

void Client::finish(Connection& c)
{
    progress_ = steady_ns();
    work_.latencies->set(c.request, progress_ - c.since);
    work_.out[c.request] = hash_of(c.answer);
    c.in_use = false;
    c.free_since = progress_;
    ++answered_;
    idle_.push_back(&c);
    ask_what_is_due();
}

// For the next request, which no connection needs to wait for. A timer of its own, since those of
// epoll_wait() end up to 50 us late.
void Client::arm_timer()
{
    const std::int64_t at = due(next_);
    if (at == armed_for_)
        return;
    const itimerspec once = {.it_interval = {},
                             .it_value = {.tv_sec = at / kSecond, .tv_nsec = at % kSecond}};
    if (timerfd_settime(timer_.fd(), TFD_TIMER_ABSTIME, &once, nullptr) != 0)
        throw std::runtime_error(std::string("timerfd_settime: ") + std::strerror(errno));
    armed_for_ = at;
}

// How many of events_ there are. Throws if nothing has been answered for too long.
std::size_t Client::wait()
{
    for (;;) {
        const std::int64_t waited = steady_ns() - progress_;
        if (waited > work_.fault.patience)
            throw std::runtime_error(
                "the server did not answer for " + std::to_string(waited / 1'000'000) +
                " ms: " + std::to_string(next_ - answered_) + " requests in flight, " +
                std::to_string(answered_) + " of " + std::to_string(work_.n) + " answered");
        const auto timeout = static_cast<int>((work_.fault.patience - waited) / 1'000'000 + 1);
        const int ready =
            epoll_wait(epoll_.fd(), events_.data(), static_cast<int>(events_.size()), timeout);
        if (ready > 0)
            return static_cast<std::size_t>(ready);
        if (ready < 0 && errno != EINTR)
            throw std::runtime_error(std::string("epoll_wait: ") + std::strerror(errno));
    }
}

} // namespace

void request_all(Work& work, const std::vector<Socket>& connections)
{
    if (work.n == 0)
        return;
    const Seconds before = seconds_of_clock(CLOCK_THREAD_CPUTIME_ID);
    Client client(work, connections);
    client.request_all();
    work.tally.client_cpu += seconds_of_clock(CLOCK_THREAD_CPUTIME_ID) - before;
    work.tally.requests += work.n;
    ++work.tally.runs;
}

} // namespace workspan::echo
