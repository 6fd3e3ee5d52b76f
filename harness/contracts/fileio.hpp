// SPDX-License-Identifier: Apache-2.0
// fileio: n blocks of 64 KiB, read in random order from one file; out[4 b + q] is the CRC-32C of
// quarter q of block b. Bound by the disk and, with few reads in flight, by its latency; on cached
// blocks by copying memory. The CRC takes about 2 us per block with the CPU's instruction.
// Parallel pattern: independent tasks that wait for a device. Arithmetic intensity: one CRC step
// for each 8 bytes. What differs between the models is the CPU time of a read, and how many reads
// the disk sees at once.
// Key input: cached, in the page cache, where a read copies memory and is never asynchronous; or
// direct, past the page cache (O_DIRECT), from a disk: skipped if the folder is in memory. The file
// has no name; its folder is TMPDIR, else /var/tmp.
// Key inflight: blocks that are read at the same time, at most; 8 for cached reads, unless --axis
// gives another number. A case with as many threads is named with the number of CPUs all the same.
// seq: pread, one block after the other, whatever inflight says.
// threads: as many std::jthreads as are in flight, started in each run; each takes the next block.
// futures: std::async for each block; the oldest is waited for before another is started.
// coroutines: as many coroutines on the calling thread; each awaits a pread on a pool of as many
// threads, made before, since Asio's event loop waits for sockets and timers, not for files.
// io_uring: liburing on the calling thread; file and buffers are registered, up to inflight reads
// are submitted, and those that completed are taken together.
// Latency of a task: from asking for a block until the model has it, queues included; without its
// CRC, but with those of others for which the thread that takes it was busy. The CPU time of a read
// is that of a run divided by n; threads of the kernel that serve io_uring are in it, interrupts of
// the disk are not.
// Check: every CRC, bit by bit on the generated data, another algorithm; and every task has a
// latency. A lost block leaves the poison, a block at a wrong place has another CRC.
#pragma once

#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/tasks/in_flight.hpp"
#include "harness/tasks/scratch_file.hpp"
#include "harness/tasks/task_latencies.hpp"

#include <array>
#include <numeric>

namespace workspan::fileio {

using Crc = std::uint32_t;
inline constexpr Crc kPolynomial = 0x82f63b78; // Castagnoli's, lowest bit first
inline constexpr std::size_t kBlock = 65536, kQuarters = 4, kQuarter = kBlock / kQuarters;

struct Input {
    ScratchFile file;
    std::vector<std::uint32_t> order; // of the blocks
    std::vector<Crc> expected;        // of each quarter of each block
};

// What a run works on.
struct Work {
    int file = -1; // descriptor
    std::span<const std::uint32_t> order;
    std::size_t in_flight = 1;
    std::byte* buffers = nullptr; // a block for each in flight, aligned to pages
    Crc* out = nullptr;
    const TaskLatencies* latencies = nullptr;

    std::byte* buffer(std::size_t k) const { return buffers + k * kBlock; }
};

// Reads all blocks. Throws if one cannot be read, once all reads have ended.
using Run = std::function<void(const Work&)>;
// Makes the threads of runs with such a work, whose output is not known yet.
using Make = Run(const Work&);
Make seq, threads, futures; // cpu/fileio.cpp
Make coroutines;            // cpu/fileio_coroutines.cpp
Make io_uring;              // cpu/with_uring.cpp

inline bool is_direct(const Problem& p) { return p.keys.at("input") == "direct"; }

inline Cost cost(std::size_t n)
{
    return {.bytes = double(kBlock) * double(n), .items = double(n)};
}

// The page cache holds the file, at least while it is written.
inline Bytes footprint(const Problem& p, std::string_view)
{
    const double own = double(kBlock) * double(in_flight(p)) + (4.0 * kQuarters + 8) * double(p.n);
    return {.host_shared = double(kBlock) * double(p.n), .host_case = own, .device_case = own};
}

inline Contract contract()
{
    return {.summary = "n blocks of 64 KiB read from a file, CRC of each",
            .sizes = {64, 1024, 16384},
            .quick = {1024},
            .ceiling = "",
            .rate = Rate::bytes,
            .footprint = footprint,
            .axes = {{"input", {"direct", "cached"}},
                     {"inflight", {"1", "8", "64"}, {"8"}, Axis::Takes::sizes}},
            .one_axis_at_a_time = true,
            .awkward = {0, 1, 2, 7, 33},
            .subject = Subject::concurrency};
}

// The CRCs of `streams` streams of that many words, one behind the other, bit by bit. They are
// computed at the same time, so that the compiler can vectorise.
template <std::size_t streams>
std::array<Crc, streams> crc_bit_by_bit(const std::uint32_t* stream, std::size_t words)
{
    std::array<Crc, streams> crcs;
    crcs.fill(~Crc(0));
    for (std::size_t w = 0; w < words; ++w) {
        for (std::size_t s = 0; s < streams; ++s)
            crcs[s] ^= stream[s * words + w];
        for (int bit = 0; bit < 32; ++bit)
            for (Crc& crc : crcs)
                crc = (crc >> 1) ^ ((crc & 1) * kPolynomial);
    }
    for (Crc& crc : crcs)
        crc = ~crc;
    return crcs;
}

// The blocks 0, 1, ... from a counter, written in this order, a few at a time.
inline Input written(const Problem& p)
{
    constexpr std::size_t some = 4, streams = some * kQuarters;
    Input in = {.file = ScratchFile(kBlock * p.n), .order = {}, .expected = {}};
    std::vector<std::uint64_t> blocks(some * kBlock / 8);
    for (std::size_t from = 0; from < p.n; from += some) {
        for (std::size_t i = 0; i < blocks.size(); ++i)
            blocks[i] = random_bits(p.seed, from * kBlock / 8 + i);
        const std::size_t count = std::min(some, p.n - from);
        in.file.append(std::as_bytes(std::span(blocks)).first(count * kBlock));
        const auto crcs = crc_bit_by_bit<streams>(
            reinterpret_cast<const std::uint32_t*>(blocks.data()), kQuarter / 4);
        in.expected.insert(in.expected.end(), crcs.begin(),
                           crcs.begin() + static_cast<std::ptrdiff_t>(count * kQuarters));
    }
    in.file.sync();
    return in;
}

inline std::vector<std::uint32_t> random_order(std::uint64_t seed, std::size_t n)
{
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t i = n; i > 1; --i)
        std::swap(order[i - 1], order[random_below(~seed, i, static_cast<std::uint32_t>(i))]);
    return order;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    Problem of_file = problem; // the same for all models, however many blocks are in flight
    of_file.keys.erase("inflight");
    return shared_input<Input>(of_file, [](const Problem& p) {
        Input in = written(p);
        in.order = random_order(p.seed, p.n);
        try {
            if (is_direct(p))
                in.file.bypass_page_cache();
        } catch (const Unavailable& e) {
            throw Unavailable(std::string("input:direct ") + e.what());
        }
        return in;
    });
}

inline CheckResult check(const Input& in, std::span<const Crc> out)
{
    return each_equal(out, in.expected.size(), [&](std::size_t i) { return in.expected[i]; });
}

// What a trial has beside its input and output.
struct Reading {
    Reading(const Problem& p, const Input& in, Make* make)
        : buffers(kBlock * in_flight(p)), latencies(p.n), work{.file = in.file.descriptor(),
                                                               .order = in.order,
                                                               .in_flight = in_flight(p),
                                                               .buffers = buffers.data(),
                                                               .latencies = &latencies},
          run(make(work))
    {
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    HostArray<std::byte> buffers;
    TaskLatencies latencies;
    Work work;
    Run run; // last, so that its threads end before the buffers are freed
};

inline Trial host(const Problem& p, Make* make)
{
    require_in_flight(p);
    const auto in = input(p);
    const auto reading = std::make_shared<Reading>(p, *in, make);
    Trial trial = host_trial(in, HostArray<Crc>(kQuarters * p.n), cost(p.n), check,
                             [reading](const Input&, std::span<Crc> out) {
                                 reading->work.out = out.data();
                                 reading->run(reading->work);
                                 reading->latencies.end_run();
                             });
    trial.verify = [reading, verify = trial.verify] {
        const std::size_t missing = reading->latencies.missing();
        return missing == 0 ? verify() : wrong(std::to_string(missing) + " reads took no time");
    };
    trial.poison = [reading, poison = trial.poison] {
        poison();
        reading->latencies.clear();
    };
    trial.take_latencies = [reading] { return reading->latencies.take(); };
    return trial;
}

} // namespace workspan::fileio
