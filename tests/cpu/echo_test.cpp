// SPDX-License-Identifier: Apache-2.0
// Servers of echo that stall, keep answers back or die, and what is left behind.
#include "cpu/echo_network.hpp"
#include "harness/tasks/trace.hpp"
#include "tests/cpu/every_model.hpp"
#include "tests/cpu/outcomes.hpp"
#include "tests/cpu/possessions.hpp"

#include <atomic>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

namespace workspan {
namespace {

using Make = echo::Run (*)(const Problem&);

struct Server {
    const char* name;
    Make make;
};

std::ostream& operator<<(std::ostream& out, const Server& s) { return out << s.name; }

const std::vector<Server> kServers = {
    {"threads", echo::threads}, {"processes", echo::processes}, {"coroutines", echo::coroutines}};
const Server kSeq = {"seq", echo::seq};

Problem problem(std::size_t n, const char* rate = "closed", const char* inflight = "16",
                const char* input = "b64")
{
    return {
        .n = n, .threads = 1, .keys = {{"input", input}, {"inflight", inflight}, {"rate", rate}}};
}

class EveryServer : public testing::TestWithParam<Server> {};
class EveryEcho : public testing::TestWithParam<Server> {}; // seq, too

std::string name_of_server(const testing::TestParamInfo<Server>& info) { return info.param.name; }

// What a server does before its answers, in memory that processes share.
struct Plan {
    std::atomic<std::size_t> answers; // so far
    std::atomic<std::int64_t> until;  // of the stall, ns
    std::size_t at;                   // this many answers something happens
    std::int64_t stall;               // ns
};

void sleep_until(std::int64_t ns)
{
    for (std::int64_t left = 0; (left = ns - steady_ns()) > 0;) {
        const timespec t = {.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
        nanosleep(&t, nullptr);
    }
}

// All threads and processes of the server stand still once.
bool stall_once(void* of)
{
    Plan& plan = *static_cast<Plan*>(of);
    if (plan.answers.fetch_add(1) == plan.at)
        plan.until = steady_ns() + plan.stall;
    sleep_until(plan.until);
    return true;
}

bool keep_back(void* of)
{
    Plan& plan = *static_cast<Plan*>(of);
    return plan.answers.fetch_add(1) != plan.at;
}

bool die(void* of)
{
    Plan& plan = *static_cast<Plan*>(of);
    if (plan.answers.fetch_add(1) == plan.at)
        _exit(0);
    return true;
}

// A trial whose server does so once, at that many answers.
struct Faulty {
    Faulty(const Server& server, const Problem& p, bool (*answers)(void*), std::size_t at,
           std::int64_t stall = 0, std::int64_t patience = 30'000'000'000)
        : plan(1)
    {
        plan[0].at = at;
        plan[0].stall = stall;
        trial = echo::trial(p, server.make,
                            {.answers = answers, .of = plan.data(), .patience = patience});
    }
    SharedArray<Plan> plan;
    Trial trial;
};

std::uint64_t tasks_in(const Latencies& latencies)
{
    std::uint64_t all = 0;
    for (const auto& [ns, tasks] : latencies)
        all += tasks;
    return all;
}

// The share of the tasks that took at least that long.
double share_from(const Latencies& latencies, std::uint64_t least)
{
    double all = 0, longer = 0;
    for (const auto& [ns, tasks] : latencies) {
        all += double(tasks);
        longer += ns >= least ? double(tasks) : 0;
    }
    return longer / all;
}

constexpr std::uint64_t kFiftyMs = 50'000'000;

TEST_P(EveryServer, AStallShowsInTheOpenLoop)
{
    const Faulty faulty(GetParam(), problem(5000, "20000"), stall_once, 1000, 100'000'000);
    faulty.trial.run();
    EXPECT_TRUE(faulty.trial.check(faulty.trial.output).ok);
    EXPECT_GE(share_from(faulty.trial.take_latencies(), kFiftyMs), 0.01) << "p99 >= 50 ms";
    // Those that were due in the first 90 ms of the stall, but for one on each connection.
    EXPECT_GE(faulty.trial.counters().at("late"), 1500);
}

// Most requests wait for the only connection: that is the server's doing, and no delay of theirs in
// the client's wake-up.
TEST_P(EveryServer, WaitingForAConnectionIsNotTheClientsDelay)
{
    const Problem p = problem(5000, "20000", "1");
    const Faulty faulty(GetParam(), p, stall_once, 100, 200'000'000);
    faulty.trial.run();
    EXPECT_GE(share_from(faulty.trial.take_latencies(), kFiftyMs), 0.5);
    const Counters counters = faulty.trial.counters();
    EXPECT_GE(counters.at("late"), 2500);
    EXPECT_LT(counters.at("send_late_p50_ns"), 10e6);
}

TEST_P(EveryServer, UntimedRunsAreInNoCounter)
{
    const Faulty faulty(GetParam(), problem(5000, "20000"), stall_once, 1000, 200'000'000);
    faulty.trial.run(); // with the stall, in which 3500 requests become late
    faulty.trial.forget_untimed();
    faulty.trial.run();
    EXPECT_EQ(tasks_in(faulty.trial.take_latencies()), 5000U);
    EXPECT_LT(faulty.trial.counters().at("late"), 1500) << "of one run, not the mean of both";
}

// 16 requests wait, and the client sends no further one: coordinated omission.
TEST_P(EveryServer, AStallDoesNotShowInTheClosedLoop)
{
    const Faulty faulty(GetParam(), problem(5000), stall_once, 1000, 100'000'000);
    faulty.trial.run();
    EXPECT_TRUE(faulty.trial.verify().ok);
    const double stalled = share_from(faulty.trial.take_latencies(), kFiftyMs);
    EXPECT_LT(stalled, 0.01) << "p99 < 50 ms";
    EXPECT_GE(stalled, 16.0 / 5000) << "but it was there";
}

// A client that goes on with the connection whose answer is there first would serve some of them
// all the time: "16 in flight" would be one.
TEST_P(EveryServer, ConnectionsOfAClosedLoopTakeTurns)
{
    const Problem p = problem(5000);
    const echo::Run run = GetParam().make(p);
    std::vector<echo::Hash> out(p.n);
    TaskLatencies latencies(p.n);
    echo::Work work = {.n = p.n,
                       .words = echo::words_of(p),
                       .connections = 16,
                       .seed = p.seed,
                       .out = out.data(),
                       .latencies = &latencies};
    run(work);
    EXPECT_LT(work.since_poison.repeats, p.n / 4);
}

TEST_P(EveryServer, ARateThatIsNotReachedIsAnError)
{
    const Faulty faulty(GetParam(), problem(5000, "20000"), stall_once, 4400, 400'000'000);
    faulty.trial.run();
    EXPECT_TRUE(faulty.trial.check(faulty.trial.output).ok);
    const std::string error = error_of(faulty.trial.verify);
    EXPECT_TRUE(error.starts_with("the rate of 20000 requests/s was not reached: ")) << error;
    faulty.trial.poison();
    EXPECT_EQ(error_of(faulty.trial.verify), "") << "judged by the runs since";
}

TEST_P(EveryEcho, AnAnswerThatIsKeptBackEndsTheRun)
{
    for (const std::size_t at : {0, 17, 99}) {
        const Faulty faulty(GetParam(), problem(100), keep_back, 200 + at, 0, 300'000'000);
        faulty.trial.run(); // Asio's event loop stays open
        faulty.trial.run();
        EXPECT_TRUE(faulty.trial.verify().ok);
        const Possessions before = possessions();
        const std::size_t files = open_files();
        EXPECT_NE(error_of(faulty.trial.run).find("did not answer for 3"), std::string::npos);
        EXPECT_FALSE(faulty.trial.verify().ok);
        EXPECT_EQ(possessions_soon_like(before), before);
        EXPECT_EQ(open_files(), files);
        faulty.trial.poison();
        faulty.trial.run();
        EXPECT_TRUE(faulty.trial.verify().ok) << "the next run is right";
    }
}

TEST(Echo, AServerThatDiesIsAnErrorAtOnce)
{
    const Faulty faulty({"processes", echo::processes}, problem(100), die, 50);
    const std::string error = error_of(faulty.trial.run);
    EXPECT_TRUE(error == "the server closed a connection" ||
                error == "the client cannot receive: Connection reset by peer")
        << error;
    EXPECT_EQ(possessions().children, 0U);
}

TEST_P(EveryEcho, IsRightWithOtherPayloadsAndConnections)
{
    for (const Problem& p : {problem(300, "closed", "16", "k16"), problem(300, "closed", "1"),
                             problem(300, "closed", "256"), problem(5, "closed", "3", "k16")}) {
        SCOPED_TRACE(p.keys.at("inflight") + ", " + p.keys.at("input"));
        const Trial trial = echo::host(p, GetParam().make);
        trial.run();
        const CheckResult result = trial.verify();
        EXPECT_TRUE(result.ok) << result.why;
        EXPECT_EQ(tasks_in(trial.take_latencies()), p.n);
    }
}

TEST_P(EveryEcho, CountsTheCpuTimeOfBothSides)
{
    const Trial trial = echo::host(problem(2000), GetParam().make);
    trial.run();
    EXPECT_TRUE(trial.counters().empty()) << "not timed";
    trial.take_latencies();
    const Counters counters = trial.counters();
    for (const char* side : {"client_cpu_ns", "server_cpu_ns"}) {
        EXPECT_GT(counters.at(side), 100) << side;
        EXPECT_LT(counters.at(side), 1e6) << side;
    }
    EXPECT_GT(counters.at("requests_per_s"), 100);
    EXPECT_EQ(counters.size(), 3U);
}

// Another process may find the port and connect to it.
TEST(Echo, StrangersAreTurnedAway)
{
    const echo::Work work = {.n = 1, .words = 8, .connections = 1};
    echo::Network network(work);
    const echo::Socket first = network.connect();
    sockaddr_in address = {};
    socklen_t size = sizeof address;
    ASSERT_EQ(getpeername(network.clients()[0].fd(), reinterpret_cast<sockaddr*>(&address), &size),
              0);
    const echo::Socket stranger(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(stranger.fd(), reinterpret_cast<sockaddr*>(&address), size), 0);
    const echo::Socket server = network.connect();
    ASSERT_EQ(send(network.clients()[1].fd(), "x", 1, 0), 1);
    char got = 0;
    echo::wait_until_ready(server.fd(), POLLIN, 10'000'000'000);
    EXPECT_EQ(recv(server.fd(), &got, 1, MSG_DONTWAIT), 1);
    EXPECT_EQ(got, 'x');
    echo::wait_until_ready(stranger.fd(), POLLIN, 10'000'000'000);
    EXPECT_EQ(recv(stranger.fd(), &got, 1, MSG_DONTWAIT), 0) << "closed";
}

// Lines of /proc/net/tcp in that state which have the port.
std::size_t connections_of(unsigned port, const std::string& state)
{
    std::ifstream file("/proc/net/tcp");
    char hex[8];
    std::snprintf(hex, sizeof hex, ":%04X", port);
    std::size_t found = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string number, local, remote, its_state;
        words >> number >> local >> remote >> its_state;
        found += its_state == state && (local.ends_with(hex) || remote.ends_with(hex)) ? 1 : 0;
    }
    return found;
}

TEST(Echo, NoPortIsHeldAfterwards)
{
    const echo::Work work = {.n = 1, .words = 8, .connections = 1};
    unsigned port = 0;
    {
        echo::Network network(work);
        const echo::Socket server = network.connect();
        sockaddr_in address = {};
        socklen_t size = sizeof address;
        getsockname(server.fd(), reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        EXPECT_EQ(connections_of(port, "01"), 2U) << "both ends are established";
        network.hang_up();
        char got = 0;
        echo::wait_until_ready(server.fd(), POLLIN, 10'000'000'000);
        EXPECT_EQ(recv(server.fd(), &got, 1, MSG_DONTWAIT), 0);
    }
    EXPECT_EQ(connections_of(port, "06"), 0U) << "TIME_WAIT";
}

std::vector<Server> all_servers()
{
    std::vector<Server> all = kServers;
    all.push_back(kSeq);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Host, EveryServer, testing::ValuesIn(kServers), name_of_server);
INSTANTIATE_TEST_SUITE_P(Host, EveryEcho, testing::ValuesIn(all_servers()), name_of_server);

} // namespace
} // namespace workspan
