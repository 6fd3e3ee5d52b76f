// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/kmeans.hpp"

#include "cpu/transpose_in_registers.hpp"

#include <array>
#include <bit>

namespace workspan {

namespace {

using kmeans::Centroids;
using kmeans::kCentroids;
using kmeans::kDimensions;
using kmeans::kSteps;
using kmeans::Point;

using V = Vector<float>;
using Raw = float __attribute__((vector_size(sizeof(V))));
using Labels = std::int32_t __attribute__((vector_size(sizeof(V))));

// Points are labelled in register blocks of kVectors vectors by kAtOnce centroids: 16 chains of
// multiply-adds hide their latency, and with the operands they fit the 32 registers of AVX-512; 8
// fit the 16 registers of other targets.
constexpr std::size_t kLanes = V::size(), kVectors = kLanes >= 16 ? 4 : 2,
                      kBlock = kVectors * kLanes, kAtOnce = 4;
constexpr std::size_t kChunk = 4096; // points of a sum in float
constexpr std::size_t kCopies = 4;   // of these sums, for consecutive points
static_assert(kCentroids % kAtOnce == 0 && kChunk % kBlock == 0 && kChunk <= kmeans::kExact);

// The centroids, prepared for the scores |c|^2 - 2 x.c.
struct Table {
    std::array<float, kCentroids> norms;
    Centroids factors; // -2 c
};

Table table_of(const Centroids& centroids)
{
    Table table;
    for (std::size_t c = 0; c < kCentroids; ++c) {
        table.norms[c] = kmeans::norm(centroids[c]);
        for (std::size_t j = 0; j < kDimensions; ++j)
            table.factors[c][j] = -2 * centroids[c][j];
    }
    return table;
}

// Privatised sums and counts of the points of each label.
struct Sums {
    alignas(64) Centroids of_points;
    std::array<std::uint32_t, kCentroids> counts;
};
using Copies = std::array<Sums, kCopies>;

// The sums of many chunks, in double, exact for any number of points: first a thread's, then all
// threads'.
struct Totals {
    std::array<std::array<double, kDimensions>, kCentroids> of_points = {};
    std::array<double, kCentroids> counts = {};
};

void add(const Copies& copies, Totals& totals)
{
    for (const Sums& sums : copies)
        for (std::size_t c = 0; c < kCentroids; ++c) {
            totals.counts[c] += sums.counts[c];
            for (std::size_t j = 0; j < kDimensions; ++j)
                totals.of_points[c][j] += sums.of_points[c][j];
        }
}

void add(const Totals& of_thread, Totals& totals)
{
    for (std::size_t c = 0; c < kCentroids; ++c) {
        totals.counts[c] += of_thread.counts[c];
        for (std::size_t j = 0; j < kDimensions; ++j)
            totals.of_points[c][j] += of_thread.of_points[c][j];
    }
}

void move_centroids(const Totals& totals, Centroids& centroids)
{
    for (std::size_t c = 0; c < kCentroids; ++c)
        for (std::size_t j = 0; j < kDimensions && totals.counts[c] > 0; ++j)
            centroids[c][j] = static_cast<float>(totals.of_points[c][j] / totals.counts[c]);
}

// The coordinates of a block of points, dimension by dimension.
struct Block {
    alignas(64) float x[kDimensions][kBlock];
};

#if defined(__AVX512F__)
static_assert(kLanes == kDimensions);
void transpose(const Point* points, Block& block)
{
    for (std::size_t i = 0; i < kBlock; i += kLanes)
        transpose_square(points[i].data(), kDimensions, block.x[0] + i, kBlock);
}
#else
void transpose(const Point* points, Block& block)
{
    for (std::size_t i = 0; i < kBlock; ++i)
        for (std::size_t j = 0; j < kDimensions; ++j)
            block.x[j][i] = points[i][j];
}
#endif

// score = |c|^2 - 2 x.c for all points of a block and all centroids; a point's label is that of its
// smallest score, in a tie the first.
void label_block(const Block& block, const Table& table, std::int32_t* labels)
{
    Raw least[kVectors];
    Labels label[kVectors] = {};
    for (Raw& score : least)
        score = Raw{} + std::numeric_limits<float>::infinity();
    for (std::size_t c = 0; c < kCentroids; c += kAtOnce) {
        // compute: scores from |c|^2, one fused multiply-add per dimension
        V score[kAtOnce][kVectors];
#pragma GCC unroll 4
        for (std::size_t k = 0; k < kAtOnce; ++k)
#pragma GCC unroll 4
            for (std::size_t v = 0; v < kVectors; ++v)
                score[k][v] = table.norms[c + k];
#pragma GCC unroll 16
        for (std::size_t j = 0; j < kDimensions; ++j)
#pragma GCC unroll 4
            for (std::size_t k = 0; k < kAtOnce; ++k)
#pragma GCC unroll 4
                for (std::size_t v = 0; v < kVectors; ++v)
                    score[k][v] =
                        fmadd(V(table.factors[c + k][j]),
                              V(block.x[j] + v * kLanes, stdx::vector_aligned), score[k][v]);
#pragma GCC unroll 4
        // compute: the smallest score so far and its label
        for (std::size_t k = 0; k < kAtOnce; ++k)
#pragma GCC unroll 4
            for (std::size_t v = 0; v < kVectors; ++v) {
                const Raw raw = std::bit_cast<Raw>(score[k][v]);
                label[v] = raw < least[v] ? Labels{} + static_cast<std::int32_t>(c + k) : label[v];
                least[v] = raw < least[v] ? raw : least[v];
            }
    }
    // store
    std::memcpy(labels, label, sizeof label);
}

// Labels a block of points and adds them to the privatised sums, consecutive points to different
// copies.
void label_and_add_block(const Point* points, std::size_t count, const Table& table,
                         std::uint32_t* labels, Copies& copies)
{
    Block block;
    std::int32_t block_labels[kBlock];
    transpose(points, block);
    label_block(block, table, block_labels);
    for (std::size_t i = 0; i < count; ++i) {
        const auto label = static_cast<std::uint32_t>(block_labels[i]);
        labels[i] = label;
        Sums& sums = copies[i % kCopies];
        ++sums.counts[label];
        for (std::size_t j = 0; j < kDimensions; ++j)
            sums.of_points[label][j] += points[i][j];
    }
}

void label_and_add_chunk(const Point* points, std::size_t n, const Table& table,
                         std::uint32_t* labels, Copies& copies)
{
    copies = {};
    const std::size_t whole = n - n % kBlock;
    for (std::size_t i = 0; i < whole; i += kBlock)
        label_and_add_block(points + i, kBlock, table, labels + i, copies);
    if (whole == n)
        return;
    std::array<Point, kBlock> rest = {};
    std::copy(points + whole, points + n, rest.begin());
    label_and_add_block(rest.data(), n - whole, table, labels + whole, copies);
}

// Called by every thread of a team, which shares the points, the totals and the centroids.
void lloyd(std::span<const Point> points, Centroids& centroids, std::uint32_t* labels,
           Totals& totals)
{
    Copies copies;
    const auto [from, to] = my_chunk(points.size());
    for (std::size_t step = 0; step < kSteps; ++step) {
        const Table table = table_of(centroids);
        Totals of_thread;
        for (std::size_t i = from; i < to; i += kChunk) {
            label_and_add_chunk(points.data() + i, std::min(kChunk, to - i), table, labels + i,
                                copies);
            add(copies, of_thread);
        }
#pragma omp critical(kmeans_totals)
        add(of_thread, totals);
#pragma omp barrier
#pragma omp single
        {
            move_centroids(totals, centroids);
            totals = {};
        }
    }
}

} // namespace

void kmeans::seq_plain(std::span<const Point> points, const Centroids& start, Centroids& centroids,
                       std::span<std::uint32_t> labels)
{
    centroids = start;
    for (std::size_t step = 0; step < kSteps; ++step) {
        const Table table = table_of(centroids);
        Totals totals;
        for (std::size_t i = 0; i < points.size(); ++i) {
            // label: the smallest score, in a tie the first
            float least = std::numeric_limits<float>::infinity();
            for (std::size_t c = 0; c < kCentroids; ++c) {
                float score = table.norms[c];
                for (std::size_t j = 0; j < kDimensions; ++j)
                    score = std::fma(table.factors[c][j], points[i][j], score);
                if (score < least) {
                    least = score;
                    labels[i] = static_cast<std::uint32_t>(c);
                }
            }
            // add the point to the sums of its label
            ++totals.counts[labels[i]];
            for (std::size_t j = 0; j < kDimensions; ++j)
                totals.of_points[labels[i]][j] += points[i][j];
        }
        move_centroids(totals, centroids);
    }
}

void kmeans::seq(std::span<const Point> points, const Centroids& start, Centroids& centroids,
                 std::span<std::uint32_t> labels)
{
    centroids = start;
    Totals totals;
    lloyd(points, centroids, labels.data(), totals); // outside a parallel region: a team of one
}

void kmeans::omp(std::span<const Point> points, const Centroids& start, Centroids& centroids,
                 std::span<std::uint32_t> labels)
{
    centroids = start;
    Totals totals;
#pragma omp parallel
    lloyd(points, centroids, labels.data(), totals);
}

} // namespace workspan
