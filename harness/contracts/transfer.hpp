// SPDX-License-Identifier: Apache-2.0
// transfer: n bytes between host and device, timed by the host's clock until they have arrived.
// Bound by the link between both (PCIe, NVLink); from and to pageable memory by the host's memory
// too, since the driver stages such copies through a page-locked buffer of its own. The smallest
// sizes show the latency of a copy, the largest ones the bandwidth of the link. The rate counts the
// bytes that cross the link, once. Arithmetic intensity 0; the host has no code to compare with.
// Parallel pattern: none, copies by the DMA engines of the device.
// h2d: from the host to the device, from pageable memory.
// d2h: from the device to the host, to pageable memory.
// both: a copy in each direction, on two streams, so that they can overlap: n bytes there and n
// bytes back. To pageable memory the call returns after the copy, from pageable memory after its
// last stage, so that little overlaps.
// h2d_pinned, d2h_pinned, both_pinned: the same from and to page-locked (pinned) memory, which the
// device reads and writes by DMA; with two DMA engines both directions overlap.
// Check: every byte that arrived, for equality, on the device after a copy back that is not timed.
// Seven random bits each, so that none is equal to the pattern of poisoned memory, and a shifted
// copy is caught.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

namespace workspan::transfer {

using Input = HostArray<std::uint8_t>;
Trial h2d(const Problem&), d2h(const Problem&), both(const Problem&); // gpu/transfer.cu

inline Cost one_way(std::size_t n) { return {.flops = 0, .bytes = double(n), .items = double(n)}; }
inline Cost both_ways(std::size_t n) { return 2 * one_way(n); }

// Host: the input, and what comes back. The plan adds the page-locked copy of the input.
inline Bytes footprint(const Problem& p, std::string_view variant)
{
    const double bytes = double(p.n);
    return {.host_shared = bytes,
            .host_case = variant.starts_with("h2d") ? 0 : bytes,
            .device_case = variant.starts_with("both") ? 2 * bytes : bytes};
}

inline Contract contract()
{
    return {.summary = "n bytes between host and device",
            .sizes = powers_of_two({12, 14, 16, 18, 20, 22, 24, 26, 28, 30}),
            .quick = powers_of_two({12, 20, 28}),
            .ceiling = "",
            .rate = Rate::bytes,
            .footprint = footprint,
            .subject = Subject::transfers};
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        return filled<std::uint8_t>(p, p.n, [&p](std::size_t i) {
            return static_cast<std::uint8_t>(random_bits(p.seed, i) >> 57);
        });
    });
}

inline CheckResult check(const Input& in, std::span<const std::uint8_t> out)
{
    return each_equal(out, in.size(), [&](std::size_t i) { return in[i]; });
}

} // namespace workspan::transfer
