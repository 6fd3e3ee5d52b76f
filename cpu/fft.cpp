// SPDX-License-Identifier: Apache-2.0
// The input is a matrix of `rows` by `columns` elements, x[j1 columns + j2]. Transforms down its
// columns, kLanes of them at a time in the lanes of vectors, are multiplied by the twiddle factors
// exp(-2 pi i k1 j2 / n), transposed in registers, kLanes by kLanes, and stored as bands: band a
// has the rows k1 = a kLanes .. a kLanes + kLanes - 1 in its lanes. Transforms along the rows, a
// band at a time, give X[k1 + rows k2].
#include "harness/contracts/fft.hpp"

#include "cpu/fft_lanes.hpp"

#include <array>

namespace workspan {

namespace {

using namespace fft::lanes;
using fft::Complex, fft::Exact, fft::root;
// Below this length the sides of the matrix would be shorter than a vector: plain loops instead.
constexpr std::size_t kSmallest = 256;
static_assert(kLanes <= 16);

// A column of the input, kLanes wide; its lines lie too far apart for the hardware prefetcher.
template <Residency residency> struct Column {
    static constexpr std::size_t kAhead = 2; // prefetch distance in rows
    const float* base;
    std::size_t stride;
    Wide get(std::size_t i) const
    {
        const float* const p = base + i * stride;
        if constexpr (residency == Residency::memory) {
            __builtin_prefetch(p + kAhead * stride);
            __builtin_prefetch(p + kAhead * stride + kLanes);
        }
        const V a(p, stdx::vector_aligned), b(p + kLanes, stdx::vector_aligned);
        return {shuffle<EverySecond<0>>(a, b), shuffle<EverySecond<1>>(a, b)};
    }
};

// A row of the output, kLanes wide.
template <Residency residency> struct Row {
    float* base;
    std::size_t stride;
    void put(std::size_t i, Wide a) const
    {
        float* const p = base + i * stride;
        store<residency>(p, shuffle<Alternating<0>>(a.re, a.im));
        store<residency>(p + kLanes, shuffle<Alternating<1>>(a.re, a.im));
    }
};

// The destination of transformed columns, in scratch memory. Element k1 is multiplied by its
// twiddle factor exp(-2 pi i k1 j2 / n), the product of one for k1 / kLanes and one for k1 %
// kLanes.
struct TwiddledColumn {
    float* base;
    const float *high, *low;
    void put(std::size_t k1, Wide a) const
    {
        const Wide w = load_wide(high + k1 / kLanes * kWide) * load_wide(low + k1 % kLanes * kWide);
        store_wide(base + k1 * kWide, a * w);
    }
};

// Twiddle factors exp(-2 pi i k1 j2 / n) of elements (k1, j2) of a matrix, kLanes columns j2 at a
// time, for k1 = 0, step, ..., (count - 1) step.
HostArray<float> factors(std::size_t n, std::size_t columns, std::size_t step, std::size_t count)
{
    HostArray<float> twiddles(2 * columns * count);
    for (std::size_t j2 = 0; j2 < columns; ++j2)
        for (std::size_t k = 0; k < count; ++k) {
            const Exact w = root(k * step * j2, n);
            float* const to = twiddles.data() + (j2 / kLanes * count + k) * kWide + j2 % kLanes;
            to[0] = float(w.real());
            to[kLanes] = float(w.imag());
        }
    return twiddles;
}

std::size_t rows_of(std::size_t n)
{
    return n < kSmallest ? 0 : std::size_t(1) << std::bit_width(n) / 2;
}

} // namespace

struct fft::Plan {
    Plan(std::size_t length, int team)
        : n(length), rows(rows_of(n)), columns(rows > 0 ? n / rows : 0), down(rows), along(columns),
          low(factors(n, columns, 1, kLanes)), high(factors(n, columns, kLanes, rows / kLanes)),
          bands(2 * rows * columns, team), scratch(std::size_t(team) * per_thread(), team),
          streams(exceeds_caches(3 * n * sizeof(Complex), team))
    {
    }
    std::size_t per_thread() const { return 2 * std::max(rows, columns) * kWide; }

    std::size_t n, rows, columns;
    Lanes down, along;
    HostArray<float> low, high; // the twiddle factors between columns and rows
    HostArray<float> bands;
    HostArray<float> scratch; // two arrays per thread, alternately source and destination of a pass
    bool streams;
};

namespace {

// Transforms kLanes columns from `column` on, multiplies them by their twiddle factors and
// transposes them into the bands.
template <Residency residency> void
transform_columns(fft::Plan& plan, const float* x, std::size_t column, float* scratch, float* other)
{
    float* const bands = plan.bands.data();
    // transform, twiddle
    float* const result = spare(plan.down, scratch, other);
    const float* const high = plan.high.data() + column / kLanes * (plan.rows / kLanes) * kWide;
    transform(plan.down, Column<residency>{x + 2 * column, 2 * plan.columns},
              TwiddledColumn{result, high, plan.low.data() + column * kWide}, scratch, other);
    // transpose kLanes x kLanes elements at a time, store
    for (std::size_t row = 0; row < plan.rows; row += kLanes)
        for (const std::size_t part : {std::size_t(0), kLanes}) { // real and imaginary
            V tile[kLanes];
#pragma GCC unroll 16
            for (std::size_t k = 0; k < kLanes; ++k)
                tile[k] = V(result + (row + k) * kWide + part, stdx::vector_aligned);
            transpose_in_registers<float>(tile);
            float* const to = bands + (row / kLanes * plan.columns + column) * kWide + part;
#pragma GCC unroll 16
            for (std::size_t k = 0; k < kLanes; ++k)
                store<residency>(to + k * kWide, tile[k]);
        }
    // Other threads read the bands after the barrier, which does not wait for non-temporal stores.
    if (residency == Residency::memory)
        stream_fence();
}

// Called by every thread of a team, which shares the work.
template <Residency residency> void transform_matrix(fft::Plan& plan, const float* x, float* out)
{
    float* const scratch =
        plan.scratch.data() + std::size_t(omp_get_thread_num()) * plan.per_thread();
    float* const other = scratch + plan.per_thread() / 2;
#pragma omp for schedule(static)
    for (std::size_t column = 0; column < plan.columns; column += kLanes)
        transform_columns<residency>(plan, x, column, scratch, other);
#pragma omp for schedule(static) nowait
    for (std::size_t row = 0; row < plan.rows; row += kLanes)
        transform(plan.along, Scratch{plan.bands.data() + row * plan.columns * 2},
                  Row<residency>{out + 2 * row, 2 * plan.rows}, scratch, other);
    if (residency == Residency::memory)
        stream_fence();
}

// Stockham's algorithm in radix 2, for short lengths.
void transform_short(std::span<const Complex> x, std::span<Complex> out)
{
    std::array<Complex, kSmallest> work;
    std::copy(x.begin(), x.end(), out.begin());
    for (std::size_t n = x.size(), s = 1; n > 1; n /= 2, s *= 2) {
        std::copy(out.begin(), out.end(), work.begin());
        for (std::size_t p = 0; p < n / 2; ++p) {
            const Complex w(root(p, n));
            for (std::size_t q = 0; q < s; ++q) {
                const Complex a = work[q + s * p], b = work[q + s * (p + n / 2)], d = a - b;
                out[q + s * 2 * p] = a + b;
                out[q + s * (2 * p + 1)] = {d.real() * w.real() - d.imag() * w.imag(),
                                            d.real() * w.imag() + d.imag() * w.real()};
            }
        }
    }
}

void transform_any(fft::Plan& plan, std::span<const Complex> x, std::span<Complex> out)
{
    const auto* const from = reinterpret_cast<const float*>(x.data());
    auto* const to = reinterpret_cast<float*>(out.data());
    if (plan.n < kSmallest)
        transform_short(x, out);
    else if (plan.streams)
        transform_matrix<Residency::memory>(plan, from, to);
    else
        transform_matrix<Residency::l1>(plan, from, to);
}

} // namespace

std::shared_ptr<fft::Plan> fft::plan(std::size_t n, int team)
{
    return std::make_shared<Plan>(n, team);
}

void fft::seq(Plan& plan, std::span<const Complex> x, std::span<Complex> out)
{
    transform_any(plan, x, out);
}

void fft::omp(Plan& plan, std::span<const Complex> x, std::span<Complex> out)
{
#pragma omp parallel if (plan.n >= kSmallest)
    transform_any(plan, x, out);
}

} // namespace workspan
