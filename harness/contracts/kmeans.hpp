// SPDX-License-Identifier: Apache-2.0
// kmeans: ten steps of Lloyd's algorithm (Lloyd 1982) for n points of 16 floats and 64 centroids. A
// step gives every point the label of its nearest centroid, then moves every centroid to the mean
// of its points; one without points stays in place. Output: the centroids after the last step, and
// each point's label in it. |x - c|^2 = |x|^2 + |c|^2 - 2 x.c, and |x|^2 is the same for all
// centroids, so it is enough to compare |c|^2 - 2 x.c, a small matrix product: one FMA for each
// point, centroid and dimension of a step, counted as 2 flops as in all workloads, so that fma is a
// ceiling. 4 n d + 4 n bytes per step, points read and labels written: an arithmetic intensity of
// 30 flops per byte, so bound by the FMA units.
// Parallel pattern: map (labels), then scatter with conflicts (sums by label), resolved by
// privatised sums that are added at the end of a step; the next step waits for them.
// All variants agree bit for bit. Points are small integers, so a sum of 2^17 of them is exact in
// float in any order; longer sums continue in double. The score of a point and a centroid is
// defined here, with explicit fma and in this order of j:
//   norm = fma(c[j], c[j], norm) from 0, score = fma(-2 c[j], x[j], score) from norm;
//   the smallest score wins, in a tie the first;
//   c[j] = float(sum[j] / count), the division in double.
// seq and omp: vectors of points, register blocks of vectors and centroids, the smallest score in
// registers too; consecutive points are added to different copies of privatised sums, so that no
// addition waits for store forwarding from the one before.
// seq_plain: point by point, centroid by centroid, bound by the latency of an FMA chain.
// cuda: centroids in shared memory, four points per thread in registers, sums by atomics in shared
// memory, added to those of all blocks; the last block to finish moves the centroids. Ten launches
// back to back, without synchronising the host.
// Check: every centroid and every label, equal. The reference is computed once per size by the
// plain squared distance in double, which no variant uses. If the second smallest distance is more
// than 2 above the smallest, only one label is right, since rounding moves a score by less than 1;
// only in closer ties does the score above decide. The bound: coordinates of points, and so of
// centroids, are at most 121 in size, so no partial norm passes m = 16 * 121^2 = 234256, and no
// partial score passes m + 2 m. A norm takes 16 roundings and a score 16 more, each of at most u =
// 2^-24 of its operand, and nothing amplifies them: 16 u m + 16 u (3 m) = 64 u m = 0.89. The
// inertia (the sum of the squared distances) must never rise from step to step, or the check fails.
// Points lie around 64 planted centres, and centroids start at a distance: from n = 2^14 on every
// centroid must end nearest to its own planted centre, and labels still change in step ten, so that
// nine steps give another result.
#pragma once

#include "harness/check.hpp"
#include "harness/host_trial.hpp"
#include "harness/random.hpp"
#include "harness/workload.hpp"

#include <array>

namespace workspan::kmeans {

inline constexpr std::size_t kDimensions = 16, kCentroids = 64, kSteps = 10;
// Points with an exact sum in float: 2^17 * 121 < 2^24.
inline constexpr std::size_t kExact = std::size_t(1) << 17;
// The least number of points for which the planted centres are found.
inline constexpr std::size_t kEnoughPoints = std::size_t(1) << 14;

using Point = std::array<float, kDimensions>;
using Centroids = std::array<Point, kCentroids>;

// The output: all centroids, then n labels.
constexpr std::size_t output_bytes(std::size_t n)
{
    return sizeof(Centroids) + n * sizeof(std::uint32_t);
}

struct Input {
    HostArray<Point> points;
    Centroids planted, start;
    Centroids expected;
    HostArray<std::uint32_t> labels;
    std::vector<double> inertia; // of each step's labels
    std::size_t label_changes;   // of the last step
};
using Kernel = void(std::span<const Point> points, const Centroids& start, Centroids& centroids,
                    std::span<std::uint32_t> labels);
Kernel seq, seq_plain, omp; // cpu/kmeans.cpp
Trial cuda(const Problem&); // gpu/kmeans.cu

inline Cost cost(std::size_t n)
{
    const double pairs = double(n) * double(kCentroids) * double(kDimensions);
    return {.flops = kSteps * 2 * pairs,
            .bytes = kSteps * double(n) * (sizeof(Point) + 4),
            .items = kSteps * double(n)};
}

inline Bytes footprint(const Problem& p, std::string_view)
{
    const double points = double(p.n) * sizeof(Point), out = double(output_bytes(p.n));
    return {.host_shared = points + sizeof(Centroids),
            .host_case = out,
            .device_case = points + out,
            .host_reference = out};
}

inline Contract contract()
{
    return {.summary = "ten Lloyd steps, n points of 16 floats, 64 centroids",
            .sizes = powers_of_two({12, 14, 16, 18, 20}),
            .quick = powers_of_two({12, 16}),
            .ceiling = "fma",
            .rate = Rate::flops,
            .footprint = footprint,
            .cost = cost,
            .awkward = {0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1000, 4161}};
}

// Integers of at most 121: a centre of at most 36 and a bell-shaped noise, the sum of four random
// bytes, of at most 85.
inline Point point(std::uint64_t seed, std::size_t i, const Centroids& planted)
{
    const Point& centre = planted[random_below(seed + 1, i, kCentroids)];
    Point x;
    for (std::size_t j = 0; j < kDimensions; ++j) {
        const std::uint64_t bits = random_bits(seed + 2, i * kDimensions + j);
        const auto sum = static_cast<int>((bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) +
                                          (bits >> 24 & 255));
        const int noise = (sum - 510) / 6;
        x[j] = centre[j] + static_cast<float>(noise);
    }
    return x;
}

inline double squared_distance(const Point& x, const Point& c)
{
    double sum = 0;
    for (std::size_t j = 0; j < kDimensions; ++j)
        sum += (double(x[j]) - double(c[j])) * (double(x[j]) - double(c[j]));
    return sum;
}

inline float norm(const Point& c)
{
    float sum = 0;
    for (const float v : c)
        sum = std::fma(v, v, sum);
    return sum;
}

inline float score(const Point& x, const Point& c)
{
    float sum = norm(c);
    for (std::size_t j = 0; j < kDimensions; ++j)
        sum = std::fma(-2 * c[j], x[j], sum);
    return sum;
}

// A point's label in a step of the reference.
struct Nearest {
    std::uint32_t label;
    double distance; // squared
};

// The centroids, dimension by dimension.
using Columns = std::array<std::array<double, kCentroids>, kDimensions>;

inline Nearest nearest(const Point& x, const Centroids& centroids, const Columns& columns)
{
    std::array<double, kCentroids> distance = {};
    for (std::size_t j = 0; j < kDimensions; ++j)
        for (std::size_t c = 0; c < kCentroids; ++c)
            distance[c] += (double(x[j]) - columns[j][c]) * (double(x[j]) - columns[j][c]);
    std::array<double, 8> least; // of every eighth, so that the compiler can vectorise it
    std::copy_n(distance.begin(), least.size(), least.begin());
    for (std::size_t c = 0; c < kCentroids; c += least.size())
        for (std::size_t k = 0; k < least.size(); ++k)
            least[k] = distance[c + k] < least[k] ? distance[c + k] : least[k];
    const double tie = *std::min_element(least.begin(), least.end()) + 2;
    std::uint32_t best = kCentroids;
    for (std::uint32_t c = 0; c < kCentroids; ++c)
        if (distance[c] <= tie &&
            (best == kCentroids || score(x, centroids[c]) < score(x, centroids[best])))
            best = c;
    return {best, distance[best]};
}

inline void reference_step(Input& in)
{
    // labels
    Columns columns;
    for (std::size_t j = 0; j < kDimensions; ++j)
        for (std::size_t c = 0; c < kCentroids; ++c)
            columns[j][c] = in.expected[c][j];
    std::vector<Nearest> found(in.points.size());
    in_pieces(
        found.size(),
        [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i)
                found[i] = nearest(in.points[i], in.expected, columns);
        },
        rows_per_piece(kCentroids));
    // sums by label, inertia, changes of labels
    std::array<std::array<double, kDimensions>, kCentroids> sums = {};
    std::array<double, kCentroids> counts = {};
    in.label_changes = 0;
    double inertia = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto [label, distance] = found[i];
        in.label_changes += std::exchange(in.labels[i], label) != label ? 1 : 0;
        inertia += distance;
        ++counts[label];
        for (std::size_t j = 0; j < kDimensions; ++j)
            sums[label][j] += in.points[i][j];
    }
    in.inertia.push_back(inertia);
    // centroids
    for (std::size_t c = 0; c < kCentroids; ++c)
        for (std::size_t j = 0; j < kDimensions && counts[c] > 0; ++j)
            in.expected[c][j] = static_cast<float>(sums[c][j] / counts[c]);
}

// `steps` is for tests of the effect of the last one.
inline Input make_input(const Problem& p, std::size_t steps = kSteps)
{
    // planted centres, and centroids that start at a distance from them
    Centroids planted, start;
    for (std::size_t i = 0; i < kCentroids * kDimensions; ++i) {
        planted[i / kDimensions][i % kDimensions] =
            static_cast<float>(random_below(p.seed, i, 73)) - 36;
        start[i / kDimensions][i % kDimensions] =
            planted[i / kDimensions][i % kDimensions] +
            static_cast<float>(random_below(p.seed + 3, i, 37)) - 18;
    }
    Input in{.points =
                 filled<Point>(p, p.n, [&](std::size_t i) { return point(p.seed, i, planted); }),
             .planted = planted,
             .start = start,
             .expected = start,
             .labels = HostArray<std::uint32_t>(p.n),
             .inertia = {},
             .label_changes = 0};
    // the reference
    for (std::size_t s = 0; s < steps; ++s)
        reference_step(in);
    return in;
}

inline std::shared_ptr<const Input> input(const Problem& problem)
{
    return shared_input<Input>(problem, [](const Problem& p) { return make_input(p); });
}

// The planted centre that a centroid is nearest to.
inline std::size_t home(const Point& centroid, const Centroids& planted)
{
    std::size_t best = 0;
    for (std::size_t c = 1; c < kCentroids; ++c)
        if (squared_distance(centroid, planted[c]) < squared_distance(centroid, planted[best]))
            best = c;
    return best;
}

inline CheckResult check(const Input& in, std::span<const std::byte> out)
{
    const std::size_t n = in.points.size();
    if (out.size() != output_bytes(n))
        return wrong("the output has " + std::to_string(out.size()) + " bytes, not " +
                     std::to_string(output_bytes(n)));
    // the reference: its inertia never rises, but for ties and the rounding of centroids
    for (std::size_t s = 1; s < in.inertia.size(); ++s)
        if (!(in.inertia[s] <= in.inertia[s - 1] * (1 + 1e-6)))
            return wrong("the inertia rises in step " + std::to_string(s + 1));
    // centroids
    const auto& centroids = *reinterpret_cast<const Centroids*>(out.data());
    const std::span labels(reinterpret_cast<const std::uint32_t*>(out.data() + sizeof(Centroids)),
                           n);
    const std::span<const float> coordinates(centroids.data()->data(), kCentroids * kDimensions);
    CheckResult result = each_equal(coordinates, coordinates.size(),
                                    [&](std::size_t i) { return in.expected.data()->data()[i]; });
    if (!result.ok)
        return wrong("of the centroids, " + result.why);
    for (std::size_t c = 0; c < kCentroids && n >= kEnoughPoints; ++c)
        if (home(centroids[c], in.planted) != c)
            return wrong("centroid " + std::to_string(c) + " has lost its planted centre");
    // labels
    result = each_equal(labels, n, [&](std::size_t i) { return in.labels[i]; });
    return result.ok ? result : wrong("of the labels, " + result.why);
}

inline Trial host(const Problem& p, Kernel* kernel)
{
    return host_trial(
        input(p), HostArray<std::byte>(output_bytes(p.n), p.threads), cost(p.n), check,
        [kernel](const Input& in, std::span<std::byte> out) {
            auto* const labels = reinterpret_cast<std::uint32_t*>(out.data() + sizeof(Centroids));
            kernel({in.points.data(), in.points.size()}, in.start,
                   *reinterpret_cast<Centroids*>(out.data()), {labels, in.points.size()});
        });
}

} // namespace workspan::kmeans
