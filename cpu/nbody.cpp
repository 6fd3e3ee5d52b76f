// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/nbody.hpp"

#include "cpu/simd.hpp"

namespace workspan {

namespace {

using nbody::kBlock, nbody::kSoftening2, nbody::Bodies;
using V = Vector<float>;

// Vectors of bodies that are attracted at once. The more, the fewer loads of what attracts; 6 registers each.
constexpr std::size_t kVectors = sizeof(V) == 32 ? 2 : 4, kGroup = kVectors * V::size();

// A block of bodies that attract, side by side, with the multiples of their masses that the formula asks for.
struct Sources {
    std::size_t count = 0;
    float x[kBlock], y[kBlock], z[kBlock], m[kBlock], m15[kBlock], m25[kBlock];
};

void gather(const Bodies& bodies, std::size_t from, Sources& to)
{
    to.count = std::min(kBlock, bodies.m.size() - from);
    for (std::size_t j = 0; j < to.count; ++j) {
        to.x[j] = bodies.x[from + j], to.y[j] = bodies.y[from + j], to.z[j] = bodies.z[from + j];
        to.m[j] = bodies.m[from + j];
        to.m15[j] = 1.5F * to.m[j], to.m25[j] = 2.5F * to.m[j];
    }
}

// m / r2^(3/2) of body j. With y = r2^(-1/2) to 2^-14, it is m y^3 (1 - 3 (r2 y^2 - 1) / 2) = y^3 (2.5 m - 1.5 m r2 y^2).
inline V pull(const Sources& from, std::size_t j, V r2)
{
#if defined(__AVX512F__)
    const V y(_mm512_maskz_rsqrt14_ps(0xffff, static_cast<__m512>(r2))), y2 = y * y, m15 = from.m15[j], m25 = from.m25[j];
    return y * y2 * (m25 - m15 * (r2 * y2));
#else
    return from.m[j] / (r2 * stdx::sqrt(r2));
#endif
}

// Adds the attractions of a block to the accelerations a of kGroup bodies, whose components are `stride` apart, as the places r are.
void attract(const Sources& from, const float* x, const float* y, const float* z, float* a, std::size_t stride)
{
    V rx[kVectors], ry[kVectors], rz[kVectors], ax[kVectors] = {}, ay[kVectors] = {}, az[kVectors] = {};
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v) {
        rx[v].copy_from(x + v * V::size(), stdx::element_aligned);
        ry[v].copy_from(y + v * V::size(), stdx::element_aligned);
        rz[v].copy_from(z + v * V::size(), stdx::element_aligned);
    }
    for (std::size_t j = 0; j < from.count; ++j)
#pragma GCC unroll 4
        for (std::size_t v = 0; v < kVectors; ++v) {
            const V dx = from.x[j] - rx[v], dy = from.y[j] - ry[v], dz = from.z[j] - rz[v];
            const V s = pull(from, j, dx * dx + (dy * dy + (dz * dz + kSoftening2)));
            ax[v] += s * dx;
            ay[v] += s * dy;
            az[v] += s * dz;
        }
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v) {
        float* const to = a + v * V::size();
        (V(to, stdx::element_aligned) + ax[v]).copy_to(to, stdx::element_aligned);
        (V(to + stride, stdx::element_aligned) + ay[v]).copy_to(to + stride, stdx::element_aligned);
        (V(to + 2 * stride, stdx::element_aligned) + az[v]).copy_to(to + 2 * stride, stdx::element_aligned);
    }
}

// The last bodies, fewer than kGroup, through padded copies.
void attract_rest(const Sources& from, const Bodies& bodies, std::size_t i, std::size_t count, float* a)
{
    float r[3][kGroup] = {}, sum[3][kGroup] = {};
    const std::span<const float> components[3] = {bodies.x, bodies.y, bodies.z};
    for (std::size_t c = 0; c < 3; ++c)
        std::copy_n(components[c].data() + i, count, r[c]);
    attract(from, r[0], r[1], r[2], sum[0], kGroup);
    for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t k = 0; k < count; ++k)
            a[c * bodies.m.size() + i + k] += sum[c][k];
}

// The accelerations of the bodies first .. last - 1.
void accelerate(const Bodies& bodies, std::size_t first, std::size_t last, float* a)
{
    const std::size_t n = bodies.m.size();
    for (std::size_t c = 0; c < 3; ++c)
        std::fill(a + c * n + first, a + c * n + last, 0.0F);
    Sources block;
    for (std::size_t from = 0; from < n; from += kBlock) {
        gather(bodies, from, block);
        for (std::size_t i = first; i < last; i += kGroup)
            if (i + kGroup <= last)
                attract(block, bodies.x.data() + i, bodies.y.data() + i, bodies.z.data() + i, a + i, n);
            else
                attract_rest(block, bodies, i, last - i, a);
    }
}

} // namespace

void nbody::seq(const Bodies& bodies, std::span<float> a) { accelerate(bodies, 0, bodies.m.size(), a.data()); }

void nbody::omp(const Bodies& bodies, std::span<float> a)
{
#pragma omp parallel
    {
        const auto [first, last] = my_part(bodies.m.size());
        accelerate(bodies, first, last, a.data());
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
                const float r2 = dx * dx + (dy * dy + (dz * dz + kSoftening2)), s = m[j] / (r2 * std::sqrt(r2));
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
