// SPDX-License-Identifier: Apache-2.0
// echo: n requests over TCP to a server that sends each one back. Client and server are on this
// machine and talk over its loopback device, 127.0.0.1, so no network is measured. Bound by the
// system calls of both sides and by the switches between them; the client is about half of the
// cost.
// Parallel pattern: independent requests, `inflight` at a time. Arithmetic intensity: none.
// The payload of a request is a function of the seed and its number; out[i] is a hash of what came
// back for request i. TCP_NODELAY on both ends, else Nagle's algorithm would be measured. Each run
// makes its connections and its server, and ends them; that is part of its time.
// The client is the same for all servers: one thread, an event loop of epoll, one request in
// flight on each of its connections. So the difference between two variants is the server.
// seq: without concurrency: one connection, and one thread that is client and server in turn. The
// key inflight makes no difference to it.
// threads: a server with a std::jthread for each connection, which blocks in recv and send.
// processes: the same with a fork for each connection.
// coroutines: a server with a coroutine of Asio for each connection, on a pool of as many threads
// as the case has.
// Key input: b64, a payload of 64 bytes; k16, of 16 KiB. Key inflight: connections. Key cpus:1:
// all threads and processes on one CPU.
// By default one of the keys at a time differs from a payload of 64 bytes, 16 connections, a closed
// loop and all CPUs. A key that --axis gives is free of this: `--axis rate:20000,cpus:1`.
// Key rate:closed: a closed loop, the next request follows an answer at once. Counter
// requests_per_s is the capacity; the latencies are those of a saturated server.
// Key rate:20000: an open loop, request i is due i / 20000 s after the first one, whatever became
// of the others; if all connections are in use it waits in the client. Its latency counts from the
// moment at which it was due: one that counts from sending leaves out what waited for a slow
// server (coordinated omission). The time of such a run is n / 20000 s by design and tells
// nothing: look at its latencies. It has no seq to be compared with. The case fails if the server
// could not keep up: if in most runs since the last check each of the last tenth of the requests
// was sent more than 10 ms late. So a server that reaches 19 200 requests per second passes at n =
// 5000, one that reaches 19 800 at n = 20000. Runs of fewer than 5000 requests are not judged.
// Counters: requests_per_s, from the first request to the last answer; client_cpu_ns, CPU time of a
// request in the client; server_cpu_ns, in the server, with starting and ending its threads or
// processes; of seq by every 64th request.
// Of an open loop: late, the requests of a run that were sent more than 10 ms after they were due;
// send_late_p50_ns, the median time from due to sent of those for which a connection was free, so
// that only the client's own wake-up is in it.
// Check: every hash, and that every request has a latency.
#pragma once

#include "harness/check.hpp"
#include "harness/random.hpp"
#include "harness/tasks/in_flight.hpp"
#include "harness/tasks/task_latencies.hpp"

namespace workspan::echo {

using Hash = std::uint64_t;
using Words = std::vector<std::uint64_t>;

// What runs add up.
struct Tally {
    std::size_t runs = 0, requests = 0, late = 0;
    std::int64_t served = 0; // ns from the first request of a run to its last answer
    Seconds client_cpu = 0, server_cpu = 0;
    Histogram lateness; // ns from due to sent, of an open loop, if a connection was free when due

    Tally& operator+=(const Tally& other)
    {
        runs += other.runs;
        requests += other.requests;
        late += other.late;
        served += other.served;
        client_cpu += other.client_cpu;
        server_cpu += other.server_cpu;
        lateness += other.lateness;
        return *this;
    }
};

// Of all runs since the last poison. judged: open loops; behind: those whose requests were late to
// the end; repeats: requests on the connection of the one before.
struct SincePoison {
    std::size_t judged = 0, behind = 0, repeats = 0;
};

// For tests: a server asks answers(of) before each answer, and keeps it back if that is false.
// patience: ns without progress after which a run fails.
struct Fault {
    bool (*answers)(void* of) = nullptr;
    void* of = nullptr;
    std::int64_t patience = 5'000'000'000;
};

struct Work {
    std::size_t n = 0, words = 0, connections = 0; // requests, 8 bytes of each
    std::uint64_t seed = 0, rate = 0;              // requests per second; 0: closed loop
    Hash* out = nullptr;
    TaskLatencies* latencies = nullptr;
    Tally tally = {}; // of the runs that have not been taken or forgotten
    SincePoison since_poison = {};
    Fault fault = {};

    bool answers() const { return fault.answers == nullptr || fault.answers(fault.of); }
};

// Sends all requests and waits for the answers. Throws Unavailable if the system refuses a socket,
// a thread or a process, and std::runtime_error if the server does not answer; by then all that it
// started has ended.
using Run = std::function<void(Work&)>;
Run seq(const Problem&), threads(const Problem&), processes(const Problem&); // cpu/echo.cpp
Run coroutines(const Problem&); // cpu/echo_coroutines.cpp

inline std::size_t words_of(const Problem& p) { return p.keys.at("input") == "b64" ? 8 : 2048; }
inline std::uint64_t rate_of(const Problem& p) // 0: closed loop
{
    const std::string& rate = p.keys.at("rate");
    return rate == "closed" ? 0 : std::stoull(rate);
}

inline void fill(const Work& work, std::size_t request, Words& payload)
{
    for (std::size_t k = 0; k < work.words; ++k)
        payload[k] = random_bits(work.seed, request * work.words + k);
}

inline Hash hash_of(const Words& payload)
{
    std::uint64_t sum = 0;
    for (const std::uint64_t word : payload)
        sum = sum * 0xd1342543de82ef95U + word;
    return random_bits(sum, payload.size());
}

// The payload goes to the server and comes back.
inline Cost cost(const Problem& p)
{
    return {.bytes = 16.0 * double(words_of(p)) * double(p.n), .items = double(p.n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double bytes = 16.0 * double(p.n) + 24.0 * double(words_of(p)) * double(in_flight(p));
    return {.host_case = bytes, .device_case = bytes};
}

inline Contract contract()
{
    return {.summary = "n requests over TCP that are sent back, client and server on this machine",
            .sizes = {1000, 5000, 20000},
            .quick = {5000}, // an open loop of more would take longer than short presets allow
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .axes = {{"input", {"b64", "k16"}, {"b64"}},
                     {"inflight", {"1", "16", "256"}, {"16"}, Axis::Takes::sizes},
                     {"rate", {"closed", "20000"}},
                     {"cpus", {"", "1"}}},
            .one_axis_at_a_time = true,
            .awkward = {0, 1, 2, 3, 33, 257},
            .subject = Subject::concurrency};
}

// Without concurrency requests cannot keep to a schedule.
inline bool suits_seq(const Problem& p) { return rate_of(p) == 0; }
// To fork for each of more connections takes longer than the requests.
inline bool suits_processes(const Problem& p) { return in_flight(p) <= 64; }

inline CheckResult check(const Problem& p, std::span<const Hash> out)
{
    const Work work = {.n = p.n, .words = words_of(p), .seed = p.seed};
    return each_equal(out, p.n, [&](std::size_t i) {
        Words payload(work.words);
        fill(work, i, payload);
        return hash_of(payload);
    });
}

// Throws std::runtime_error if the server could not keep up: in most open loops since the last
// poison, each of the last tenth of the requests was sent late, so that the queue never emptied.
// Fewer requests tell nothing about a rate: a neighbour may take their CPU for so long.
inline void require_rate(const Work& work)
{
    const auto& [judged, behind, repeats] = work.since_poison;
    if (work.rate > 0 && work.n >= 5000 && 2 * behind > judged)
        throw std::runtime_error("the rate of " + std::to_string(work.rate) +
                                 " requests/s was not reached: to the end, all requests were sent "
                                 "more than 10 ms after they were due");
}

// The upper end of the bucket that holds the median; 0 of none.
inline double median_of(const Histogram& histogram)
{
    const std::uint64_t all = histogram.count();
    std::uint64_t below = 0;
    for (const auto& [ns, count] : histogram.latencies())
        if ((below += count) * 2 >= all)
            return double(ns);
    return 0;
}

inline Counters counters_of(const Tally& tally, bool is_open_loop)
{
    if (tally.requests == 0)
        return {};
    Counters all = {{"requests_per_s", 1e9 * double(tally.requests) / double(tally.served)},
                    {"client_cpu_ns", 1e9 * tally.client_cpu / double(tally.requests)},
                    {"server_cpu_ns", 1e9 * tally.server_cpu / double(tally.requests)}};
    if (is_open_loop)
        all["late"] = double(tally.late) / double(tally.runs);
    if (tally.lateness.count() > 0)
        all["send_late_p50_ns"] = median_of(tally.lateness);
    return all;
}

// The work of a trial, and all that it writes to.
struct Shared {
    Shared(const Problem& p, const Fault& fault) : problem(p), out(p.n), latencies(p.n)
    {
        work = {.n = p.n,
                .words = words_of(p),
                .connections = in_flight(p),
                .seed = p.seed,
                .rate = rate_of(p),
                .out = out.data(),
                .latencies = &latencies,
                .fault = fault};
    }
    CheckResult verify() const
    {
        CheckResult result = check(problem, out);
        if (result.ok && latencies.missing() > 0)
            return wrong(std::to_string(latencies.missing()) + " requests have no latency");
        if (result.ok)
            require_rate(work);
        return result;
    }
    void spoil()
    {
        poison(std::as_writable_bytes(std::span(out)));
        latencies.clear();
        work.since_poison = {};
    }
    void forget_untimed()
    {
        latencies.take();
        work.tally = {};
    }
    Latencies take()
    {
        timed += std::exchange(work.tally, {});
        return latencies.take();
    }
    Counters counters() const { return counters_of(timed, work.rate > 0); }

    Problem problem;
    std::vector<Hash> out;
    TaskLatencies latencies;
    Work work;
    Tally timed = {}; // of the runs that were taken
};

inline Trial trial(const Problem& p, Run (*make)(const Problem&), const Fault& fault)
{
    require_in_flight(p);
    const auto shared = std::make_shared<Shared>(p, fault);
    return {
        .run =
            [shared, run = make(p)] {
                std::fill(shared->out.begin(), shared->out.end(), 0);
                run(shared->work);
                shared->latencies.end_run();
            },
        .verify = [shared] { return shared->verify(); },
        .poison = [shared] { shared->spoil(); },
        .check = [p](std::span<const std::byte> bytes) -> CheckResult {
            if (bytes.size() % sizeof(Hash) != 0)
                return wrong("the output ends within an element");
            return check(p, std::span(reinterpret_cast<const Hash*>(bytes.data()),
                                      bytes.size() / sizeof(Hash)));
        },
        .output = std::as_writable_bytes(std::span(shared->out)),
        .counters = [shared] { return shared->counters(); },
        .take_latencies = [shared] { return shared->take(); },
        .forget_untimed = [shared] { shared->forget_untimed(); },
        .cost = cost(p),
    };
}

inline Trial host(const Problem& p, Run (*make)(const Problem&)) { return trial(p, make, {}); }

} // namespace workspan::echo
