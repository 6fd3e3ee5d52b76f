// SPDX-License-Identifier: Apache-2.0
// overlap: n 64-bit integers are copied to a device, transformed there and copied back, in `chunks`
// parts that do not depend on each other. A device has one engine for copies in each direction and
// others for kernels, so that three chunks can be under way at once, each in another step. Bound by
// the link between host and device (PCIe, NVLink), in the direction that takes longer, if it hides
// all else; by the launches, of which each takes the host some microseconds, if chunks are small.
// Parallel pattern: pipeline of three stages. The transformation is 256 steps of a linear
// congruential generator from each integer; each step needs the one before. Arithmetic intensity 32
// operations per byte.
// Key chunks: the parts, of equal length but for one integer.
// seq: the transformation on the host, without copies, several integers at a time; as one chunk.
// cuda: one stream: chunk after chunk, each step after the one before, so that nothing overlaps.
// cuda_streams: the chunks on four streams in turn, which begin after an event of the suite's
// stream; that stream then waits for an event of each of them.
// cuda_graph: the copies and kernels of all chunks as one graph, made before and launched by a
// single call; each chunk depends on itself only.
// The time contains the copies, from and to page-locked memory: those of pageable memory are staged
// by the driver and hardly overlap (see transfer).
// Counters of the variants on a device, each the median of five, by events: copy_in_us, kernel_us
// and copy_out_us, that step alone for all chunks, one after the other; overlapped_us, all steps as
// the variant runs them. overlap_gain = (copy_in + kernel + copy_out) / overlapped, which is 1 if
// nothing overlaps, and at most (copy_in + kernel + copy_out) / max(copy_in, kernel, copy_out), if
// the longest step hides the others. overlap_efficiency is the quotient of both, the share of the
// possible gain: max(copy_in, kernel, copy_out) / overlapped.
// Check: every integer, by jumping ahead in O(log steps), another algorithm; and behind each chunk
// the sum of its integers modulo 2^64, which the kernel adds up. A chunk and its sum are one copy.
// The sum is sent as 0, and the device transforms in place, so a chunk that is not sent, or is
// transformed twice, shows.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/tasks/lcg.hpp"

namespace workspan::overlap {

using Value = std::uint64_t;
inline constexpr std::size_t kSteps = 256, kMostChunks = 4096;

// Where the chunks are: in arrays that hold each chunk and, behind it, its sum.
struct Chunks {
    std::size_t n = 0, count = 1;

    std::size_t size(std::size_t chunk) const { return n / count + (chunk < n % count ? 1 : 0); }
    std::size_t begin(std::size_t chunk) const // in the array
    {
        return chunk * (n / count + 1) + std::min(chunk, n % count);
    }
    std::size_t sum(std::size_t chunk) const { return begin(chunk) + size(chunk); }
    std::size_t length() const { return n + count; } // of the array
    std::size_t chunk_of(std::size_t i) const        // of element i of the array
    {
        const std::size_t size = n / count + 1, longer = n % count * (size + 1); // with sums
        return i < longer ? i / (size + 1) : n % count + (i - longer) / size;
    }
};

struct Input {
    HostArray<Value> values; // the sums are 0
    Chunks chunks;
    Affine step = {};
};

using Kernel = void(const Input& in, std::span<Value> out);
Kernel seq; // cpu/overlap.cpp
Trial cuda(const Problem&), cuda_streams(const Problem&),
    cuda_graph(const Problem&); // gpu/overlap.cu

inline Chunks chunks_of(const Problem& p) { return {p.n, std::stoull(p.keys.at("chunks"))}; }

// An operation is half a step: a multiplication or an addition.
inline Cost cost(std::size_t n)
{
    return {
        .flops = 2.0 * double(kSteps) * double(n), .bytes = 16.0 * double(n), .items = double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double bytes = sizeof(Value) * double(chunks_of(p).length());
    return {.host_shared = bytes, .host_case = bytes, .device_case = bytes};
}

inline bool suits_device(const Problem& p) { return chunks_of(p).count <= kMostChunks; }
// The host copies nothing, so chunks make no difference.
inline bool suits_host(const Problem& p) { return chunks_of(p).count == 1; }

inline Contract contract()
{
    return {.summary = "copy n integers in, transform and copy them out, by chunks",
            .sizes = powers_of_two({20, 22, 24, 26}),
            .quick = powers_of_two({22}),
            .ceiling = "",
            .rate = Rate::items,
            .footprint = footprint,
            .axes = {{.key = "chunks", .values = {"1", "8", "64"}, .takes = Axis::Takes::sizes}},
            .awkward = {0, 1, 7, 63, 64, 1000, 20011},
            .subject = Subject::concurrency};
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        const Chunks chunks = chunks_of(p);
        HostArray<Value> values = filled<Value>(
            p, chunks.length(), [&p](std::size_t i) { return random_bits(p.seed, i); });
        for (std::size_t chunk = 0; chunk < chunks.count; ++chunk)
            values[chunks.sum(chunk)] = 0;
        return Input{std::move(values), chunks};
    });
}

// kSteps steps as one.
inline Affine jump()
{
    const Value add = lcg_jump(0, kSteps);
    return {.mul = lcg_jump(1, kSteps) - add, .add = add};
}

inline CheckResult check(const Input& in, std::span<const Value> out)
{
    const Chunks& chunks = in.chunks;
    const Affine transformed = jump();
    std::vector<Value> sums(chunks.count);
    in_pieces(
        chunks.count,
        [&](std::size_t from, std::size_t to) {
            for (std::size_t chunk = from; chunk < to; ++chunk) {
                Value sum = 0;
                for (std::size_t i = chunks.begin(chunk); i < chunks.sum(chunk); ++i)
                    sum += transformed(in.values[i]);
                sums[chunk] = sum;
            }
        },
        1);
    return each_equal(out, chunks.length(), [&](std::size_t i) {
        const std::size_t chunk = chunks.chunk_of(i);
        return i == chunks.sum(chunk) ? sums[chunk] : transformed(in.values[i]);
    });
}

struct Times { // of all chunks
    Seconds copy_in = 0, kernel = 0, copy_out = 0, overlapped = 0;
};

inline Counters counters(const Times& t)
{
    const Seconds longest = std::max({t.copy_in, t.kernel, t.copy_out});
    return {{"copy_in_us", 1e6 * t.copy_in},
            {"kernel_us", 1e6 * t.kernel},
            {"copy_out_us", 1e6 * t.copy_out},
            {"overlapped_us", 1e6 * t.overlapped},
            {"overlap_gain", (t.copy_in + t.kernel + t.copy_out) / t.overlapped},
            {"overlap_efficiency", longest / t.overlapped}};
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    const auto in = input(p);
    return host_trial(in, HostArray<Value>(in->values.size(), p.threads), cost(p.n), check, kernel);
}

} // namespace workspan::overlap
