// SPDX-License-Identifier: Apache-2.0
// nbody: the accelerations of n bodies that attract each other, softened, every pair, in float:
//   a_i = sum over j of m_j d / (d.d + e^2)^(3/2),  d = r_j - r_i,  e = 1/64; j = i adds 0.
// The bodies lie in the cube [-1, 1)^3, their masses are 0.5/n to 1.5/n. Counted as 20 flops for
// each of n^2 ordered pairs, as is customary, in every variant; 28 n bytes, so bound by the
// floating-point units.
// Parallel pattern: map over the bodies i, a reduction over j in each. Arithmetic intensity n / 1.4
// flops per byte.
// seq and omp: each pair once, since both bodies feel the same force (Newton's third law; clusters
// of bodies against clusters, as in Pall, Hess 2013, "A flexible algorithm for calculating pair
// interactions on SIMD architectures"): vectors of bodies i interact with vectors of bodies j,
// loaded at every offset, whose sums are accumulated in memory. omp distributes the pairs of blocks
// over threads with privatised sums, which are reduced at the end. With AVX-512 the power -3/2
// comes from the CPU's estimate y of an inverse square root: with 1 + t = (d.d + e^2) y^2, |t| <
// 2^-13, it is y^3 (1 + t)^(-3/2), and 1 - 3t/2 replaces the last factor to 2^-25; elsewhere from a
// square root and a division. The estimate takes the place of 3 instructions, so that is 22 for 40
// flops, 0.9 of the fma ceiling at best; body after body it is 17 for 20, at best 0.59.
// seq_plain: the loop over j in the loop over i, with a square root and a division.
// omp_plain: seq_plain with the loop over i as a plain OpenMP loop.
// cuda: each pair once, too. The lanes of a warp have 4 or 8 bodies i each, in registers, and
// interact with 32 bodies j, whose sums rotate through the warp by shuffles; atomics add the sums
// of both. That is 17.6 instructions for 40 flops, 2 x 13.4 with both directions on their own.
// These (Nyland, Harris, Prins 2007, "Fast N-body simulation with CUDA", GPU Gems 3) took 25.3 us
// at 2^12, 176.6 at 2^14 and 2261 at 2^16; each pair once takes 10.8, 97.5 and 1465, 0.92 of the
// fma ceiling (medians of interleaved readings, H200). Few bodies are still computed so, since
// zeroing the sums would take longer.
// cuda_naive: one thread per body i, which loads all bodies j; a square root and a division.
// Check: every body, against the sums over all pairs in double. Momentum and torque would not check
// a code that treats each pair once: a pair that is left out keeps both.
// Tolerance, with u = 2^-24 and A_i = the sum over j of |m_j d / (..)^(3/2)|, in each component:
// the rounding of one pair is at most 24 u of it (a difference, three squares to the power -3/2, an
// estimate to 4 u to the third power, products). All variants add at most 512 bodies j at a time
// and then those sums. They add the random roundings of b = 512 terms (n, if there are fewer) in
// each of k = n/b blocks, which grow in proportion, and of k sums of blocks: a standard deviation
// of s u A_i, s = (sqrt(b/k) + sqrt(k)) / 3. 24 u A_i and 8 of those are allowed, 4.2e-6 A_i at
// most at the catalogue's sizes (5.2e-6 at n = 512); a pair is 1/n of A_i on average, 1.5e-5 at n =
// 2^16, so that the check notices most single pairs that are skipped.
// The sums that cuda adds by atomics arrive in any order, so that its last bits differ from run to
// run: for a body of many, k sums of 256 terms and k/16 of 4096 (8 sums of 512), each kind half of
// A_i in all. In the worst order, the large ones first, the squares of the partial sums add up to
// 7/12 instead of 1/3 of k A_i^2, and s is a third larger: the tolerance still has 6 of those.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <array>
#include <bit>

namespace workspan::nbody {

inline constexpr float kSoftening2 = 0x1p-12F; // e^2
inline constexpr std::size_t kBlock = 512;     // bodies j in one partial sum

struct Bodies {
    std::span<const float> x, y, z, m;
};
using Vec = std::array<double, 3>;

// The expected acceleration of a body, and the same sum over magnitudes.
struct Sums {
    Vec a, magnitude;
};

struct Input {
    HostArray<float> x, y, z, m;
    HostArray<Sums> expected;
    Bodies bodies() const { return {x, y, z, m}; }
};
using Kernel = void(const Bodies& bodies,
                    std::span<float> a); // a: n components in x, then n in y, then n in z
Kernel seq, seq_plain, omp, omp_plain;   // cpu/nbody.cpp
Trial cuda(const Problem&), cuda_naive(const Problem&); // gpu/nbody.cu

inline Cost cost(std::size_t n)
{
    const auto x = double(n);
    return {.flops = 20 * x * x, .bytes = 28 * x, .items = x * x};
}

inline Bytes footprint(const Problem& p, std::string_view variant)
{
    // Privatised sums, one of them the output.
    const double sums = variant == "omp" ? p.threads : 1;
    const double n = double(p.n);
    return {.host_shared = 16 * n,
            .host_case = 12 * n * sums,
            .device_case = 28 * n,
            .host_reference = sizeof(Sums) * n};
}

inline Contract contract()
{
    return {.summary = "gravity between all pairs of n bodies, float",
            .sizes = powers_of_two({10, 12, 13, 14, 16}),
            .quick = powers_of_two({10, 13}),
            .ceiling = "fma",
            .rate = Rate::flops,
            .footprint = footprint,
            .cost = cost,
            // n^2 pairs each.
            .awkward = {0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 129, 511, 512, 513, 1025, 1500}};
}

// x^(-1/2) to a few roundings, by four Newton steps from an estimate from the bits of x, 3.4 % off
// at most (Lomont 2003, "Fast inverse square root"). The compiler vectorises a loop with it, but
// not one with std::sqrt, which may set errno.
inline double inverse_root(double x)
{
    double y = std::bit_cast<double>(0x5fe6eb50c7b537a9 - (std::bit_cast<std::uint64_t>(x) >> 1));
    for (int step = 0; step < 4; ++step)
        y *= 1.5 - 0.5 * x * y * y;
    return y;
}

// The sums of `count` bodies side by side, each a lane.
template <std::size_t count> void expect(const Bodies& bodies, std::size_t first, Sums* sums)
{
    using Lanes = double[count];
    // a: the sums, b: those of magnitudes.
    Lanes x, y, z, ax = {}, ay = {}, az = {}, bx = {}, by = {}, bz = {};
    // load
    for (std::size_t k = 0; k < count; ++k) {
        x[k] = bodies.x[first + k];
        y[k] = bodies.y[first + k];
        z[k] = bodies.z[first + k];
    }
    // compute: the formula over all bodies j
    for (std::size_t j = 0; j < bodies.m.size(); ++j) {
        const double xj = bodies.x[j], yj = bodies.y[j], zj = bodies.z[j], m = bodies.m[j];
        for (std::size_t k = 0; k < count; ++k) {
            const double dx = xj - x[k], dy = yj - y[k], dz = zj - z[k];
            const double root = inverse_root(dx * dx + dy * dy + dz * dz + double(kSoftening2)),
                         pull = m * root * root * root;
            ax[k] += pull * dx;
            ay[k] += pull * dy;
            az[k] += pull * dz;
            bx[k] += pull * std::abs(dx);
            by[k] += pull * std::abs(dy);
            bz[k] += pull * std::abs(dz);
        }
    }
    // store
    for (std::size_t k = 0; k < count; ++k)
        sums[first + k] = {{ax[k], ay[k], az[k]}, {bx[k], by[k], bz[k]}};
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        // positions in [-1, 1)^3, masses around 1 / n
        const auto place = [&p](std::uint64_t axis) {
            return filled<float>(p, p.n, [&p, axis](std::size_t i) {
                return random_signed_float(p.seed + axis, i);
            });
        };
        const auto mass = [&p](std::size_t i) {
            return static_cast<float>((0.5 + random_double(p.seed + 3, i)) / double(p.n));
        };
        Input in{.x = place(0),
                 .y = place(1),
                 .z = place(2),
                 .m = filled<float>(p, p.n, mass),
                 .expected = HostArray<Sums>(p.n)};
        // the reference, in vectors of bodies
        constexpr std::size_t together = 16;
        in_pieces(
            p.n,
            [bodies = in.bodies(), sums = in.expected.data()](std::size_t from, std::size_t to) {
                for (; from + together <= to; from += together)
                    expect<together>(bodies, from, sums);
                for (; from < to; ++from)
                    expect<1>(bodies, from, sums);
            },
            8 * together);
        return in;
    });
}

// The factor s of the tolerance above.
inline double summing(std::size_t n)
{
    const double block = double(std::min(n, kBlock)),
                 blocks = std::max(1.0, double(n) / double(kBlock));
    return (std::sqrt(block / blocks) + std::sqrt(blocks)) / 3;
}

inline CheckResult check(const Input& in, std::span<const float> a)
{
    const std::size_t n = in.m.size();
    const Sums* const sums = in.expected.data();
    const double scale = 0x1p-24 * (24 + 8 * summing(n));
    return each_near(
        a, 3 * n, [n, sums](std::size_t i) { return sums[i % n].a[i / n]; },
        [n, sums, scale](std::size_t i) { return scale * sums[i % n].magnitude[i / n]; });
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(input(p), HostArray<float>(3 * p.n, p.threads), cost(p.n), check,
                      [kernel](const Input& in, std::span<float> a) { kernel(in.bodies(), a); });
}

} // namespace workspan::nbody
