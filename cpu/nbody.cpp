// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/nbody.hpp"

#include "cpu/simd.hpp"
#include "harness/arithmetic.hpp"

#include <memory>

namespace workspan {

namespace {

using nbody::kBlock, nbody::kSoftening2, nbody::Bodies;
using V = Vector<float>;

// Vectors of bodies i side by side: they share the loads and stores of the bodies j, and take 7
// registers each.
constexpr std::size_t kVectors = sizeof(V) == 64 ? 2 : 1, kGroup = kVectors * V::size();

// `count` bodies from `from` on as a structure of arrays, with the sums of their accelerations.
// Padded to `size`, a whole number of groups, by massless bodies; after them the first vector
// again, so that a vector can begin at any body, as in a ring.
struct Block {
    static constexpr std::size_t capacity = kBlock + V::size();
    std::size_t from, count, size;
    alignas(64) float x[capacity], y[capacity], z[capacity], m[capacity];
    float ax[capacity], ay[capacity], az[capacity];
};
static_assert(kBlock % kGroup == 0);

void gather(const Bodies& bodies, std::size_t from, std::size_t to, Block& block)
{
    const std::size_t count = to - from;
    block.from = from;
    block.count = count;
    block.size = round_up(count, kGroup);
    const auto copy = [&](std::span<const float> all, float* to_block) {
        std::fill(std::copy_n(all.data() + from, count, to_block), to_block + block.size, 0.0F);
        std::copy_n(to_block, V::size(), to_block + block.size);
    };
    copy(bodies.x, block.x);
    copy(bodies.y, block.y);
    copy(bodies.z, block.z);
    copy(bodies.m, block.m);
    for (float* const sums : {block.ax, block.ay, block.az})
        std::fill_n(sums, block.size + V::size(), 0.0F);
}

// Adds a block's sums, times `factor`, to the accelerations a of the n bodies.
void scatter(const Block& block, float factor, std::size_t n, float* a)
{
    for (std::size_t c = 0; c < 3; ++c) {
        const float* const sums = c == 0 ? block.ax : c == 1 ? block.ay : block.az;
        for (std::size_t k = 0; k < block.count; ++k)
            a[c * n + block.from + k] += factor * sums[k];
    }
}

V read(const float* from) { return V(from, stdx::element_aligned); }
void add(float* to, V v) { (read(to) + v).copy_to(to, stdx::element_aligned); }

// r2^(-3/2). From the estimate y = r2^(-1/2), good to 2^-14, by y^3 (1 - 3 (r2 y^2 - 1) / 2).
V inverse_cube(V r2)
{
#if defined(__AVX512F__)
    const V y(_mm512_maskz_rsqrt14_ps(0xffff, static_cast<__m512>(r2))), y2 = y * y;
    return y * y2 * (2.5F - 1.5F * (r2 * y2));
#else
    return 1 / (r2 * stdx::sqrt(r2));
#endif
}

// A vector of bodies i with the sums of their accelerations.
struct Targets {
    V x, y, z, m, ax = 0, ay = 0, az = 0;
};

Targets load_targets(const Block& p, std::size_t i)
{
    return {read(p.x + i), read(p.y + i), read(p.z + i), read(p.m + i)};
}

void add_sums(Block& p, std::size_t i, const Targets& t)
{
    add(p.ax + i, t.ax);
    add(p.ay + i, t.ay);
    add(p.az + i, t.az);
}

// Bodies i attract the vector of bodies of q from k on, and are attracted by it.
inline void attract_vector(Targets (&targets)[kVectors], Block& q, std::size_t k)
{
    // load
    const V x = read(q.x + k), y = read(q.y + k), z = read(q.z + k), m = read(q.m + k);
    V qx = read(q.ax + k), qy = read(q.ay + k), qz = read(q.az + k);
    // compute: one distance, two accelerations
#pragma GCC unroll 2
    for (Targets& t : targets) {
        const V dx = x - t.x, dy = y - t.y, dz = z - t.z;
        const V s = inverse_cube(dx * dx + (dy * dy + (dz * dz + kSoftening2)));
        const V to_q = s * m, to_p = s * t.m;
        t.ax += to_q * dx;
        t.ay += to_q * dy;
        t.az += to_q * dz;
        qx -= to_p * dx;
        qy -= to_p * dy;
        qz -= to_p * dz;
    }
    // store
    qx.copy_to(q.ax + k, stdx::element_aligned);
    qy.copy_to(q.ay + k, stdx::element_aligned);
    qz.copy_to(q.az + k, stdx::element_aligned);
}

// Every body of p attracts every body of q and is attracted by it, from one evaluation of their
// distance. A vector of p meets the bodies of q rotated by 0, 1, .. lanes: lane l then meets body
// k + l, and the sums of q are accumulated in memory. The same sums are read again only a whole
// turn of q later, so that loads do not wait for overlapping stores. p may be q: then every pair
// counts twice.
void attract(Block& p, Block& q)
{
    for (std::size_t i = 0; i < p.size; i += kGroup) {
        Targets targets[kVectors];
#pragma GCC unroll 2
        for (std::size_t v = 0; v < kVectors; ++v)
            targets[v] = load_targets(p, i + v * V::size());
        for (std::size_t turn = 0; turn < V::size(); ++turn)
            for (std::size_t k = turn; k < q.size + turn; k += V::size())
                attract_vector(targets, q, k);
#pragma GCC unroll 2
        for (std::size_t v = 0; v < kVectors; ++v)
            add_sums(p, i + v * V::size(), targets[v]);
    }
    // The sums behind the last body belong to the first ones, as the ring closes there.
    for (float* const sums : {q.ax, q.ay, q.az}) {
        add(sums, read(sums + q.size));
        std::fill_n(sums + q.size, V::size(), 0.0F);
    }
}

// Thread `me` of a team: the accelerations by its share of the pairs of blocks.
void accelerate(const Bodies& bodies, std::size_t me, std::size_t team, float* a)
{
    const std::size_t n = bodies.m.size();
    std::fill_n(a, 3 * n, 0.0F);
    // Blocks small enough that there are many pairs of them to share.
    const std::size_t size = std::clamp(n / 32 / kGroup * kGroup, std::size_t(128), kBlock);
    const std::size_t blocks = ceil_div(n, size), pairs = blocks * (blocks + 1) / 2,
                      last = pairs * (me + 1) / team;
    Block p, q;
    std::size_t pair = 0;
    for (std::size_t i = 0; i < blocks; ++i)
        for (std::size_t j = i; j < blocks; ++j, ++pair) {
            if (pair < pairs * me / team || pair >= last)
                continue;
            gather(bodies, i * size, std::min((i + 1) * size, n), p);
            if (i == j) {
                attract(p, p);
                scatter(p, 0.5F, n, a);
                continue;
            }
            gather(bodies, j * size, std::min((j + 1) * size, n), q);
            attract(p, q);
            scatter(p, 1, n, a);
            scatter(q, 1, n, a);
        }
}

// The acceleration of body i, by the formula, in sums over blocks of bodies j.
void attract_plainly(const Bodies& bodies, std::size_t i, std::span<float> a)
{
    const auto [x, y, z, m] = bodies;
    const std::size_t n = m.size();
    a[i] = a[n + i] = a[2 * n + i] = 0;
    for (std::size_t from = 0; from < n; from += kBlock) {
        float ax = 0, ay = 0, az = 0;
        for (std::size_t j = from; j < std::min(from + kBlock, n); ++j) {
            const float dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
            const float r2 = dx * dx + (dy * dy + (dz * dz + kSoftening2)),
                        s = m[j] / (r2 * std::sqrt(r2));
            ax += s * dx;
            ay += s * dy;
            az += s * dz;
        }
        a[i] += ax;
        a[n + i] += ay;
        a[2 * n + i] += az;
    }
}

} // namespace

void nbody::seq(const Bodies& bodies, std::span<float> a) { accelerate(bodies, 0, 1, a.data()); }

void nbody::omp(const Bodies& bodies, std::span<float> a)
{
    // Private accelerations of every thread but the first, which adds to a itself.
    const std::size_t most = static_cast<std::size_t>(omp_get_max_threads()) - 1;
    const auto others = std::make_unique_for_overwrite<float[]>(most * a.size());
#pragma omp parallel
    {
        const auto me = static_cast<std::size_t>(omp_get_thread_num()),
                   team = static_cast<std::size_t>(omp_get_num_threads());
        accelerate(bodies, me, team, me == 0 ? a.data() : others.get() + (me - 1) * a.size());
        // Reduce the private sums, each thread a chunk of bodies.
#pragma omp barrier
        const auto [from, to] = my_chunk(a.size());
        for (std::size_t other = 0; other + 1 < team; ++other)
            for (std::size_t k = from; k < to; ++k)
                a[k] += others[other * a.size() + k];
    }
}

void nbody::seq_plain(const Bodies& bodies, std::span<float> a)
{
    for (std::size_t i = 0; i < bodies.m.size(); ++i)
        attract_plainly(bodies, i, a);
}

void nbody::omp_plain(const Bodies& bodies, std::span<float> a)
{
#pragma omp parallel for
    for (std::size_t i = 0; i < bodies.m.size(); ++i)
        attract_plainly(bodies, i, a);
}

} // namespace workspan
