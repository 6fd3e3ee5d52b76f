// SPDX-License-Identifier: Apache-2.0
// nbody: the accelerations of n bodies that attract each other, softened, every pair, in float:
//   a_i = sum over j of m_j d / (d.d + e^2)^(3/2),  d = r_j - r_i,  e = 1/64; j = i adds 0.
// The bodies lie in the cube [-1, 1)^3, their masses are 0.5/n to 1.5/n. Counted as 20 flops for each of n^2 ordered pairs, the custom of
// the field, whatever a variant does; 28 n bytes, so bound by the floating-point units. Parallel pattern: map over the bodies i, a
// reduction over j in each. Arithmetic intensity n/1.4.
// seq and omp: each pair once, since both bodies feel the same force (Newton's third law; clusters of bodies against clusters, as in Pall,
// Hess 2013, "A flexible algorithm for calculating pair interactions on SIMD architectures"): a vector of bodies i meets vectors of bodies
// j, read at every offset, whose sums are added to in memory; omp shares the pairs of blocks, each thread adding to sums of its own, which
// are added at the end. The power -3/2 comes from the CPU's estimate y of an inverse square root: with 1 + t = (d.d + e^2) y^2, |t| <
// 2^-13, it is y^3 (1 + t)^(-3/2), and 1 - 3t/2 replaces the last factor to 2^-25. The estimate takes the place of 3 instructions, so that
// is 22 for 40 flops, 0.9 of the fma ceiling at best; body after body it is 17 for 20, at best 0.59.
// cuda: bodies j in tiles of shared memory (Nyland, Harris, Prins 2007, "Fast N-body simulation with CUDA", GPU Gems 3).
// All add at most 512 bodies j at a time and then those sums, against rounding.
// Check, of three parts. (1) Bodies recomputed in double: all up to n = 512, else the first, middle and last and a random one of every
// n/256 or 128, whichever is fewer: no block of pairs goes unseen. (2) The momentum: the sum of m_i a_i is 0, and (3) the torque: the sum
// of m_i r_i x a_i is 0; these two cover every body, and (3) sees bodies that are mistaken for each other. Tolerances, with u = 2^-24 and
// A_i = the sum over j of |m_j d / (..)^(3/2)|, in each component: the rounding of one pair is at most 24 u of it (a difference, three
// squares to the power -3/2, an estimate to 4 u to the third power, products). The sums add the random roundings of b = 512 terms (n, where
// there are fewer) in each of k = n/b blocks, which grow in proportion, and of k sums of blocks: a standard deviation of s u A_i, s =
// (sqrt(b/k) + sqrt(k)) / 3. (1) allows 24 u A_i and 8 of those. In (2) and (3) what all pairs have in common cancels, since both bodies of
// a pair have the same distance; 1 is added to s for what does not, and 8 standard deviations of the sum over independent bodies are
// allowed, with the sampled bodies' rms of A_i for all. An acceleration that is off by 1 % of its component's rms is caught wherever it is,
// up to n = 2^16.
#pragma once

#include "harness/check.hpp"
#include "harness/host_array.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <array>

namespace workspan::nbody {

inline constexpr auto summary = "gravity between all pairs of n bodies, float";
inline constexpr float kSoftening2 = 0x1p-12F; // e^2
inline constexpr std::size_t kBlock = 512;     // bodies j whose attractions are added before the sum is added to others

struct Bodies {
    std::span<const float> x, y, z, m;
};
using Vec = std::array<double, 3>;

// One body in double: its acceleration, and the same sum over magnitudes.
struct Sample {
    std::size_t body;
    Vec a, magnitude;
};

struct Input {
    HostArray<float> x, y, z, m;
    std::vector<Sample> samples;
    Bodies bodies() const { return {x, y, z, m}; }
};
using Kernel = void(const Bodies& bodies, std::span<float> a); // a: n components in x, then n in y, then n in z
Kernel seq, seq_plain, omp;                                    // cpu/nbody.cpp
Trial cuda(const Problem&), cuda_e2e(const Problem&);          // gpu/nbody.cu

inline Cost cost(std::size_t n)
{
    const auto x = double(n);
    return {.flops = 20 * x * x, .bytes = 28 * x, .items = x * x};
}

inline Bytes footprint(const Problem& p, std::string_view variant)
{
    const double sums = variant == "omp" ? p.threads : 1; // arrays of a thread's own, one of them the output
    return {.host_shared = 16.0 * double(p.n), .host_case = 12.0 * double(p.n) * sums, .device_case = 28.0 * double(p.n)};
}

inline Sample sample_of(const Input& in, std::size_t i)
{
    Sample s{.body = i, .a = {}, .magnitude = {}};
    for (std::size_t j = 0; j < in.m.size(); ++j) {
        const Vec d = {double(in.x[j]) - in.x[i], double(in.y[j]) - in.y[i], double(in.z[j]) - in.z[i]};
        const double r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + double(kSoftening2);
        const double pull = in.m[j] / (r2 * std::sqrt(r2));
        for (std::size_t c = 0; c < 3; ++c) {
            s.a[c] += pull * d[c];
            s.magnitude[c] += pull * std::abs(d[c]);
        }
    }
    return s;
}

inline std::vector<std::size_t> sampled(std::uint64_t seed, std::size_t n)
{
    std::vector<std::size_t> bodies;
    if (n > 512) {
        bodies = {0, 1, n / 2 - 1, n / 2, n / 2 + 1, n - 2, n - 1};
        const std::size_t stride = std::min<std::size_t>(n / 256, 128);
        for (std::size_t first = 0; first + stride <= n; first += stride)
            bodies.push_back(first + random_below(seed, first, static_cast<std::uint32_t>(stride)));
    } else
        for (std::size_t i = 0; i < n; ++i)
            bodies.push_back(i);
    return bodies;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) {
        const auto place = [&p](std::uint64_t axis) {
            return filled<float>(p, p.n, [&p, axis](std::size_t i) { return random_signed_float(p.seed + axis, i); });
        };
        const auto mass = [&p](std::size_t i) { return static_cast<float>((0.5 + random_double(p.seed + 3, i)) / double(p.n)); };
        Input in{.x = place(0), .y = place(1), .z = place(2), .m = filled<float>(p, p.n, mass), .samples = {}};
        const std::vector<std::size_t> bodies = sampled(p.seed + 4, p.n);
        in.samples.resize(bodies.size());
        in_pieces(bodies.size(), [&in, &bodies](std::size_t from, std::size_t to) {
            for (std::size_t k = from; k < to; ++k)
                in.samples[k] = sample_of(in, bodies[k]);
        });
        return in;
    });
}

constexpr double kRounding = 0x1p-24;

inline double worse(double a, double b) { return std::isnan(a) || a >= b ? a : b; } // a NaN is the worst

// s above.
inline double summing(std::size_t n)
{
    const double block = double(std::min(n, kBlock)), blocks = std::max(1.0, double(n) / double(kBlock));
    return (std::sqrt(block / blocks) + std::sqrt(blocks)) / 3;
}

// The worst error of the sampled bodies, in tolerances.
inline double error_of_samples(const Input& in, std::span<const float> a)
{
    const std::size_t n = in.m.size();
    double worst = 0;
    for (const Sample& s : in.samples)
        for (std::size_t c = 0; c < 3; ++c) {
            const double tolerance = kRounding * (24 + 8 * summing(n)) * s.magnitude[c], difference = a[c * n + s.body] - s.a[c];
            const double error = difference == 0 ? 0 : std::abs(difference) / tolerance;
            worst = worse(worst, error);
        }
    return worst;
}

// The errors of momentum and torque, the larger one of each component, in tolerances.
inline double error_of_sums(const Input& in, std::span<const float> a)
{
    const std::size_t n = in.m.size();
    Vec magnitude2 = {}, momentum = {}, torque = {}, momentum2 = {}, torque2 = {}; // ..2: squares, for standard deviations
    for (const Sample& s : in.samples)
        for (std::size_t c = 0; c < 3; ++c)
            magnitude2[c] += s.magnitude[c] * s.magnitude[c] / double(in.samples.size());
    for (std::size_t i = 0; i < n; ++i) {
        const Vec r = {in.x[i], in.y[i], in.z[i]};
        const double m = in.m[i];
        for (std::size_t c = 0; c < 3; ++c) {
            const std::size_t d = (c + 1) % 3, e = (c + 2) % 3;
            momentum[c] += m * a[c * n + i];
            torque[c] += m * (r[d] * a[e * n + i] - r[e] * a[d * n + i]);
            momentum2[c] += m * m * magnitude2[c];
            torque2[c] += m * m * (r[d] * r[d] * magnitude2[e] + r[e] * r[e] * magnitude2[d]);
        }
    }
    double worst = 0;
    for (std::size_t c = 0; c < 3 && n > 1; ++c)
        for (const double error : {momentum[c] / std::sqrt(momentum2[c]), torque[c] / std::sqrt(torque2[c])})
            worst = worse(worst, std::abs(error) / (8 * kRounding * (1 + summing(n))));
    return worst;
}

inline Verdict check(const Input& in, std::span<const float> a)
{
    if (a.size() != 3 * in.m.size())
        return wrong("there are " + std::to_string(a.size()) + " components, not 3 n");
    const double samples = error_of_samples(in, a), sums = error_of_sums(in, a);
    if (!(samples <= 1))
        return wrong("a body differs from its sum in double by " + std::to_string(samples) + " tolerances", samples);
    if (!(sums <= 1))
        return wrong("momentum or torque is not kept, by " + std::to_string(sums) + " tolerances", sums);
    return right(std::max(samples, sums));
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(input(p), HostArray<float>(3 * p.n, p.threads), cost(p.n), check,
                      [kernel](const Input& in, std::span<float> a) { kernel(in.bodies(), a); });
}

} // namespace workspan::nbody
