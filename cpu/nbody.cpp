// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/nbody.hpp"

#include "cpu/simd.hpp"

#include <memory>

namespace workspan {

namespace {

using nbody::kBlock, nbody::kSoftening2, nbody::Bodies;
using V = Vector<float>;

// Vectors of bodies i at once: they share what is loaded and stored of the bodies j; 7 registers
// each.
constexpr std::size_t kVectors = sizeof(V) == 64 ? 2 : 1, kGroup = kVectors * V::size();

// Bodies side by side, with the sums of their accelerations. Filled up to whole groups by bodies
// without mass; after them come the first ones again, so that a vector can begin at any body of a
// ring.
struct Block {
    std::size_t size;
    alignas(64) float x[kBlock + V::size()], y[kBlock + V::size()], z[kBlock + V::size()],
        m[kBlock + V::size()];
    float ax[kBlock + V::size()], ay[kBlock + V::size()], az[kBlock + V::size()];
};
static_assert(kBlock % kGroup == 0);

void gather(const Bodies& bodies, std::size_t from, std::size_t to, Block& block)
{
    const std::size_t count = to - from;
    block.size = (count + kGroup - 1) / kGroup * kGroup;
    const auto copy = [&](std::span<const float> all, float* mine) {
        std::fill(std::copy_n(all.data() + from, count, mine), mine + block.size, 0.0F);
        std::copy_n(mine, V::size(), mine + block.size);
    };
    copy(bodies.x, block.x);
    copy(bodies.y, block.y);
    copy(bodies.z, block.z);
    copy(bodies.m, block.m);
    for (float* const sums : {block.ax, block.ay, block.az})
        std::fill_n(sums, block.size + V::size(), 0.0F);
}

// Adds a block's sums, times `factor`, to the accelerations a of the n bodies.
void scatter(const Block& block, float factor, std::size_t from, std::size_t to, std::size_t n,
             float* a)
{
    for (std::size_t c = 0; c < 3; ++c) {
        const float* const sums = c == 0 ? block.ax : c == 1 ? block.ay : block.az;
        for (std::size_t k = 0; k < to - from; ++k)
            a[c * n + from + k] += factor * sums[k];
    }
}

V read(const float* from) { return V(from, stdx::element_aligned); }
void add(float* to, V v) { (read(to) + v).copy_to(to, stdx::element_aligned); }

// r2^(-3/2). With y = r2^(-1/2) to 2^-14, it is y^3 (1 - 3 (r2 y^2 - 1) / 2).
V pull(V r2)
{
#if defined(__AVX512F__)
    const V y(_mm512_maskz_rsqrt14_ps(0xffff, static_cast<__m512>(r2))), y2 = y * y;
    return y * y2 * (2.5F - 1.5F * (r2 * y2));
#else
    return 1 / (r2 * stdx::sqrt(r2));
#endif
}

// Every body of p attracts every one of q and is attracted by it, by one evaluation of their
// distance. A vector of p meets the bodies of q turned by 0, 1, .. lanes: lane l then meets body k
// + l, and the sums of q are added to in memory. That the same sums are read again only a whole
// turn of q later keeps reads from waiting for writes that they overlap. p may be q: then every
// pair counts twice.
void attract(Block& p, Block& q)
{
    for (std::size_t i = 0; i < p.size; i += kGroup) {
        V rx[kVectors], ry[kVectors], rz[kVectors], m[kVectors],
            ax[kVectors] = {}, ay[kVectors] = {}, az[kVectors] = {};
#pragma GCC unroll 2
        for (std::size_t v = 0; v < kVectors; ++v) {
            const std::size_t at = i + v * V::size();
            rx[v] = read(p.x + at), ry[v] = read(p.y + at), rz[v] = read(p.z + at),
            m[v] = read(p.m + at);
        }
        for (std::size_t turn = 0; turn < V::size(); ++turn)
            for (std::size_t k = turn; k < q.size + turn; k += V::size()) {
                const V x = read(q.x + k), y = read(q.y + k), z = read(q.z + k),
                        mass = read(q.m + k);
                V qx = read(q.ax + k), qy = read(q.ay + k), qz = read(q.az + k);
#pragma GCC unroll 2
                for (std::size_t v = 0; v < kVectors; ++v) {
                    const V dx = x - rx[v], dy = y - ry[v], dz = z - rz[v];
                    const V s = pull(dx * dx + (dy * dy + (dz * dz + kSoftening2))),
                            to_q = s * mass, to_p = s * m[v];
                    ax[v] += to_q * dx, ay[v] += to_q * dy, az[v] += to_q * dz;
                    qx -= to_p * dx, qy -= to_p * dy, qz -= to_p * dz;
                }
                qx.copy_to(q.ax + k, stdx::element_aligned);
                qy.copy_to(q.ay + k, stdx::element_aligned);
                qz.copy_to(q.az + k, stdx::element_aligned);
            }
#pragma GCC unroll 2
        for (std::size_t v = 0; v < kVectors; ++v) {
            const std::size_t at = i + v * V::size();
            add(p.ax + at, ax[v]), add(p.ay + at, ay[v]), add(p.az + at, az[v]);
        }
    }
    for (float* const sums :
         {q.ax, q.ay, q.az}) { // those of the first bodies that were added to behind the last
        add(sums, read(sums + q.size));
        std::fill_n(sums + q.size, V::size(), 0.0F);
    }
}

// Thread `me` of a team: adds to a what its share of the pairs of blocks brings about.
void accelerate(const Bodies& bodies, std::size_t me, std::size_t team, float* a)
{
    const std::size_t n = bodies.m.size();
    std::fill_n(a, 3 * n, 0.0F);
    const std::size_t size =
        std::clamp(n / 32 / kGroup * kGroup, std::size_t(128), kBlock); // many pairs to share
    const std::size_t blocks = (n + size - 1) / size, pairs = blocks * (blocks + 1) / 2,
                      last = pairs * (me + 1) / team;
    Block p, q;
    std::size_t pair = 0;
    for (std::size_t i = 0; i < blocks; ++i)
        for (std::size_t j = i; j < blocks; ++j, ++pair) {
            if (pair < pairs * me / team || pair >= last)
                continue;
            const std::size_t from_p = i * size, to_p = std::min(from_p + size, n),
                              from_q = j * size, to_q = std::min(from_q + size, n);
            gather(bodies, from_p, to_p, p);
            if (i == j) {
                attract(p, p);
                scatter(p, 0.5F, from_p, to_p, n, a);
                continue;
            }
            gather(bodies, from_q, to_q, q);
            attract(p, q);
            scatter(p, 1, from_p, to_p, n, a);
            scatter(q, 1, from_q, to_q, n, a);
        }
}

} // namespace

void nbody::seq(const Bodies& bodies, std::span<float> a) { accelerate(bodies, 0, 1, a.data()); }

void nbody::omp(const Bodies& bodies, std::span<float> a)
{
    const std::size_t most =
        static_cast<std::size_t>(omp_get_max_threads()) - 1; // one thread adds to a itself
    const auto others = std::make_unique_for_overwrite<float[]>(most * a.size());
#pragma omp parallel
    {
        const auto me = static_cast<std::size_t>(omp_get_thread_num()),
                   team = static_cast<std::size_t>(omp_get_num_threads());
        accelerate(bodies, me, team, me == 0 ? a.data() : others.get() + (me - 1) * a.size());
#pragma omp barrier
        const auto [from, to] = my_part(a.size());
        for (std::size_t other = 0; other + 1 < team; ++other)
            for (std::size_t k = from; k < to; ++k)
                a[k] += others[other * a.size() + k];
    }
}

void nbody::seq_plain(const Bodies& bodies, std::span<float> a)
{
    const auto [x, y, z, m] = bodies;
    const std::size_t n = m.size();
    for (std::size_t i = 0; i < n; ++i) {
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
}

} // namespace workspan
