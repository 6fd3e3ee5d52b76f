// SPDX-License-Identifier: Apache-2.0
// The input is a matrix of `rows` by `columns` elements, x[j1 columns + j2]. Transforms down its columns, L of them at a time in the L
// lanes of vectors, are turned by exp(-2 pi i k1 j2 / n), transposed in registers, L by L, and stored as bands: band a has the rows
// k1 = a L .. a L + L - 1 in its lanes. Transforms along the rows, a band at a time, give X[k1 + rows k2].
#include "harness/contracts/fft.hpp"

#include "cpu/simd.hpp"

#include <array>

namespace workspan {

namespace {

using fft::Complex, fft::Exact, fft::root;
using V = Vector<float>;
constexpr std::size_t L = V::size();
constexpr std::size_t kSmallest = 256; // below this length, sides would be shorter than a vector: plain loops do
static_assert(L <= 16);

// L complex numbers. In scratch memory, the real parts lie before the imaginary ones.
struct Wide {
    V re, im;
};
constexpr std::size_t kWide = 2 * L;

Wide operator+(Wide a, Wide b) { return {a.re + b.re, a.im + b.im}; }
Wide operator-(Wide a, Wide b) { return {a.re - b.re, a.im - b.im}; }
Wide operator*(Wide a, Wide w) { return {a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re}; }
Wide minus_i(Wide a) { return {a.im, -a.re}; }
Wide load_wide(const float* p) { return {V(p, stdx::vector_aligned), V(p + L, stdx::vector_aligned)}; }
inline void store_wide(float* p, Wide a)
{
    a.re.copy_to(p, stdx::vector_aligned);
    a.im.copy_to(p + L, stdx::vector_aligned);
}
Wide broadcast(const float* p) { return {V(p[0]), V(p[1])}; }

// Lanes of a (0 .. L - 1) and b (L .. 2 L - 1), those that Lanes::of(0), Lanes::of(1), ... name.
using Raw [[gnu::vector_size(sizeof(V))]] = float;
template <class Lanes> V shuffled(V a, V b)
{
    return [&]<std::size_t... k>(std::index_sequence<k...>)
    {
        return std::bit_cast<V>(__builtin_shufflevector(std::bit_cast<Raw>(a), std::bit_cast<Raw>(b), int(Lanes::of(k))...));
    }
    (std::make_index_sequence<L>());
}

template <std::size_t first> struct EverySecond {
    static constexpr std::size_t of(std::size_t k) { return 2 * k + first; }
};
template <std::size_t half> struct Alternating { // of one half of either vector, in turn
    static constexpr std::size_t of(std::size_t k) { return k / 2 + half * L / 2 + k % 2 * L; }
};
template <std::size_t d> struct Upper {
    static constexpr std::size_t of(std::size_t k) { return (k & d) != 0 ? L + k - d : k; }
};
template <std::size_t d> struct Lower {
    static constexpr std::size_t of(std::size_t k) { return (k & d) != 0 ? L + k : k + d; }
};

// Transposes L vectors of L lanes: blocks of d by d elements change places across the diagonal, for d = L / 2, ..., 2, 1.
template <std::size_t d = L / 2> [[gnu::always_inline]] inline void transpose(V* v)
{
#pragma GCC unroll 16
    for (std::size_t i = 0; i < L; ++i)
        if ((i & d) == 0) {
            const V a = v[i], b = v[i + d];
            v[i] = shuffled<Upper<d>>(a, b);
            v[i + d] = shuffled<Lower<d>>(a, b);
        }
    if constexpr (d > 1)
        transpose<d / 2>(v);
}

// The transforms of 4 and of 8 elements.
[[gnu::always_inline]] inline void dft(Wide (&a)[4])
{
    const Wide sum02 = a[0] + a[2], sum13 = a[1] + a[3], difference02 = a[0] - a[2], turned13 = minus_i(a[1] - a[3]);
    a[0] = sum02 + sum13;
    a[1] = difference02 + turned13;
    a[2] = sum02 - sum13;
    a[3] = difference02 - turned13;
}

[[gnu::always_inline]] inline void dft(Wide (&a)[8])
{
    constexpr float r = std::numbers::sqrt2_v<float> / 2;
    Wide even[4] = {a[0], a[2], a[4], a[6]}, odd[4] = {a[1], a[3], a[5], a[7]};
    dft(even);
    dft(odd);
    odd[1] = {r * (odd[1].re + odd[1].im), r * (odd[1].im - odd[1].re)};
    odd[2] = minus_i(odd[2]);
    odd[3] = {r * (odd[3].im - odd[3].re), -r * (odd[3].re + odd[3].im)};
#pragma GCC unroll 4
    for (std::size_t k = 0; k < 4; ++k) {
        a[k] = even[k] + odd[k];
        a[k + 4] = even[k] - odd[k];
    }
}

// Where elements come from and go to: scratch memory, the rows of the interleaved input or output, and the bands between the steps.
struct Scratch {
    float* base;
    Wide get(std::size_t i) const { return load_wide(base + i * kWide); }
    void put(std::size_t i, Wide a) const { store_wide(base + i * kWide, a); }
};

struct Column {
    const float* base;
    std::size_t stride;
    Wide get(std::size_t i) const
    {
        const float* const p = base + i * stride;
        const V a(p, stdx::vector_aligned), b(p + L, stdx::vector_aligned);
        return {shuffled<EverySecond<0>>(a, b), shuffled<EverySecond<1>>(a, b)};
    }
};

template <Home home> struct Row {
    float* base;
    std::size_t stride;
    void put(std::size_t i, Wide a) const
    {
        float* const p = base + i * stride;
        store<home>(p, shuffled<Alternating<0>>(a.re, a.im));
        store<home>(p + L, shuffled<Alternating<1>>(a.re, a.im));
    }
};

// Scratch memory, but turned by exp(-2 pi i i j2 / n), the product of a factor for i / L and one for i % L.
struct Turned {
    float* base;
    const float *high, *low;
    void put(std::size_t i, Wide a) const { Scratch{base}.put(i, a * load_wide(high + i / L * kWide) * load_wide(low + i % L * kWide)); }
};

// One pass of a transform: Stockham's, decimation in frequency. What is left to transform has length n, in `stride` interleaved copies.
struct Pass {
    std::size_t radix, n, stride;
    std::size_t roots; // offset of exp(-2 pi i p j / n), j = 1 .. radix - 1, for each p < n / radix
};

template <std::size_t radix, bool last, class From, class To> void pass_of(const Pass& pass, const float* w, From from, To to)
{
    const std::size_t m = pass.n / radix, s = pass.stride;
    for (std::size_t p = 0; p < m; ++p, w += 2 * (radix - 1))
        for (std::size_t q = 0; q < s; ++q) {
            Wide a[radix];
#pragma GCC unroll 8
            for (std::size_t k = 0; k < radix; ++k)
                a[k] = from.get(q + s * (p + k * m));
            dft(a);
            to.put(q + s * radix * p, a[0]);
#pragma GCC unroll 8
            for (std::size_t j = 1; j < radix; ++j)
                to.put(q + s * (radix * p + j), last ? a[j] : a[j] * broadcast(w + 2 * (j - 1)));
        }
}

template <bool last, class From, class To> void run(const Pass& pass, const std::vector<float>& roots, From from, To to)
{
    if (pass.radix == 8)
        pass_of<8, last>(pass, roots.data() + pass.roots, from, to);
    else
        pass_of<4, last>(pass, roots.data() + pass.roots, from, to);
}

// Transforms of `length` elements, L at once.
struct Lanes {
    explicit Lanes(std::size_t length)
    {
        for (std::size_t n = length, stride = 1; n > 1;) {
            const std::size_t radix = n == 4 || n == 16 ? 4 : 8;
            passes.push_back({radix, n, stride, roots.size()});
            for (std::size_t p = 0; p < n / radix; ++p)
                for (std::size_t j = 1; j < radix; ++j) {
                    const Exact w = root(p * j, n);
                    roots.insert(roots.end(), {float(w.real()), float(w.imag())});
                }
            n /= radix;
            stride *= radix;
        }
    }
    std::vector<Pass> passes;
    std::vector<float> roots;
};

template <class From, class To> void transform(const Lanes& lanes, From from, To to, float* scratch, float* other)
{
    run<false>(lanes.passes.front(), lanes.roots, from, Scratch{scratch});
    for (std::size_t i = 1; i + 1 < lanes.passes.size(); ++i, std::swap(scratch, other))
        run<false>(lanes.passes[i], lanes.roots, Scratch{scratch}, Scratch{other});
    run<true>(lanes.passes.back(), lanes.roots, Scratch{scratch}, to);
}

// Factors of elements (k1, j2) of a matrix, L columns j2 at a time: exp(-2 pi i k1 j2 / n) for k1 = step * 0, 1, ..., count - 1.
HostArray<float> factors(std::size_t n, std::size_t columns, std::size_t step, std::size_t count)
{
    HostArray<float> made(2 * columns * count);
    for (std::size_t j2 = 0; j2 < columns; ++j2)
        for (std::size_t k = 0; k < count; ++k) {
            const Exact w = root(k * step * j2, n);
            float* const to = made.data() + (j2 / L * count + k) * kWide + j2 % L;
            to[0] = float(w.real());
            to[L] = float(w.imag());
        }
    return made;
}

std::size_t rows_of(std::size_t n) { return n < kSmallest ? 0 : std::size_t(1) << std::bit_width(n) / 2; }

} // namespace

struct fft::Plan {
    Plan(std::size_t length, int team)
        : n(length), rows(rows_of(n)), columns(rows > 0 ? n / rows : 0), down(rows), along(columns), low(factors(n, columns, 1, L)),
          high(factors(n, columns, L, rows / L)), bands(2 * (rows > 0 ? n : 0), team), scratch(std::size_t(team) * per_thread(), team),
          streams(leaves_caches(3 * n * sizeof(Complex), team))
    {
    }
    std::size_t per_thread() const { return 2 * (std::max(rows, columns) * kWide); }

    std::size_t n, rows, columns;
    Lanes down, along;
    HostArray<float> low, high;
    HostArray<float> bands;
    HostArray<float> scratch; // two arrays a thread, in turn source and destination of a pass
    bool streams;
};

namespace {

// The columns from `column` on, L of them: transformed, turned, transposed into the bands.
template <Home home>
void transform_columns(const fft::Plan& plan, const float* x, std::size_t column, float* bands, float* scratch, float* other)
{
    const std::size_t block = column / L;
    float* const result = plan.down.passes.size() % 2 == 0 ? other : scratch; // the one that the last pass does not read
    transform(plan.down, Column{x + 2 * column, 2 * plan.columns},
              Turned{result, plan.high.data() + block * plan.rows / L * kWide, plan.low.data() + block * L * kWide}, scratch, other);
    for (std::size_t row = 0; row < plan.rows; row += L)
        for (const std::size_t part : {std::size_t(0), L}) {
            V tile[L];
#pragma GCC unroll 16
            for (std::size_t k = 0; k < L; ++k)
                tile[k] = V(result + (row + k) * kWide + part, stdx::vector_aligned);
            transpose(tile);
            float* const to = bands + (row / L * plan.columns + column) * kWide + part;
#pragma GCC unroll 16
            for (std::size_t k = 0; k < L; ++k)
                store<home>(to + k * kWide, tile[k]);
        }
}

template <Home home>
void transform_band(const fft::Plan& plan, const float* bands, std::size_t row, float* out, float* scratch, float* other)
{
    transform(plan.along, Scratch{const_cast<float*>(bands) + row * plan.columns * 2}, Row<home>{out + 2 * row, 2 * plan.rows}, scratch,
              other);
}

// Called by every thread of a team, which shares the work.
template <Home home> void transform_matrix(fft::Plan& plan, const float* x, float* out)
{
    float* const scratch = plan.scratch.data() + std::size_t(omp_get_thread_num()) * plan.per_thread();
    float* const other = scratch + plan.per_thread() / 2;
    float* const bands = plan.bands.data();
#pragma omp for schedule(static)
    for (std::size_t column = 0; column < plan.columns; column += L)
        transform_columns<home>(plan, x, column, bands, scratch, other);
#pragma omp for schedule(static) nowait
    for (std::size_t row = 0; row < plan.rows; row += L)
        transform_band<home>(plan, bands, row, out, scratch, other);
    if (home == Home::memory)
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
                out[q + s * (2 * p + 1)] = {d.real() * w.real() - d.imag() * w.imag(), d.real() * w.imag() + d.imag() * w.real()};
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
        transform_matrix<Home::memory>(plan, from, to);
    else
        transform_matrix<Home::l1>(plan, from, to);
}

} // namespace

std::shared_ptr<fft::Plan> fft::plan(std::size_t n, int team) { return std::make_shared<Plan>(n, team); }

void fft::seq(Plan& plan, std::span<const Complex> x, std::span<Complex> out) { transform_any(plan, x, out); }

void fft::omp(Plan& plan, std::span<const Complex> x, std::span<Complex> out)
{
#pragma omp parallel if (plan.n >= kSmallest)
    transform_any(plan, x, out);
}

} // namespace workspan
