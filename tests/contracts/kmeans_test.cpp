// SPDX-License-Identifier: Apache-2.0
// kmeans beyond the walk over the suite: on its input every step counts, and the reference finds
// the planted centres.
#include "harness/contracts/kmeans.hpp"

#include <gtest/gtest.h>

namespace workspan::kmeans {
namespace {

std::vector<std::byte> output_of(const Centroids& centroids, const HostArray<std::uint32_t>& labels)
{
    std::vector<std::byte> out(output_bytes(labels.size()));
    std::memcpy(out.data(), centroids.data(), sizeof(Centroids));
    std::memcpy(out.data() + sizeof(Centroids), labels.data(),
                labels.size() * sizeof(std::uint32_t));
    return out;
}

// At the smallest size of the catalogue, too.
TEST(Kmeans, TenStepsAreNotNineAndNotEleven)
{
    for (const Problem& problem :
         {Problem{.n = contract().sizes.front(), .seed = 1}, Problem{.n = kEnoughPoints, .seed = 1},
          Problem{.n = kEnoughPoints, .seed = 2}}) {
        const Input in = make_input(problem), nine = make_input(problem, kSteps - 1),
                    eleven = make_input(problem, kSteps + 1);
        EXPECT_GT(in.label_changes, 0U) << "of the last step: it must matter";
        EXPECT_TRUE(check(in, output_of(in.expected, in.labels)).ok);
        for (const Input* const other : {&nine, &eleven}) {
            EXPECT_FALSE(check(in, output_of(other->expected, in.labels)).ok) << "its centroids";
            EXPECT_FALSE(check(in, output_of(in.expected, other->labels)).ok) << "its labels";
        }
    }
}

TEST(Kmeans, InertiaFallsAndPlantedCentresAreFound)
{
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
        const Input in = make_input({.n = kEnoughPoints, .seed = seed});
        EXPECT_TRUE(std::is_sorted(in.inertia.rbegin(), in.inertia.rend()));
        EXPECT_LT(in.inertia.back(), 0.9 * in.inertia.front());
        for (std::size_t c = 0; c < kCentroids; ++c)
            EXPECT_EQ(home(in.expected[c], in.planted), c);
    }
}

TEST(Kmeans, RisingInertiaAndLostCentresAreCaught)
{
    Input in = make_input({.n = kEnoughPoints});
    std::swap(in.planted[0], in.planted[1]);
    EXPECT_FALSE(check(in, output_of(in.expected, in.labels)).ok);
    std::swap(in.planted[0], in.planted[1]);
    in.inertia.back() = 1.001 * in.inertia.front();
    EXPECT_FALSE(check(in, output_of(in.expected, in.labels)).ok);
}

TEST(Kmeans, CoordinatesAreSmallIntegers)
{
    const Input in = make_input({.n = 1000}, 0);
    for (const Point& point : in.points)
        for (const float x : point)
            EXPECT_TRUE(x == std::round(x) && std::abs(x) <= 121) << x;
}

// One fused multiply-add for each point, centroid and dimension of a step: score() has kDimensions
// of them, and fma counts 2 flops for one.
TEST(Kmeans, AMultiplyAddCountsAsTwoFlops)
{
    EXPECT_EQ(cost(1000).flops, 2.0 * kSteps * 1000 * kCentroids * kDimensions);
    EXPECT_NEAR(cost(1000).flops / cost(1000).bytes, 30, 0.2);
}

TEST(Kmeans, CentroidsWithoutPointsStay)
{
    const Input in = make_input({.n = 1});
    for (std::uint32_t c = 0; c < kCentroids; ++c)
        EXPECT_EQ(in.expected[c], c == in.labels[0] ? in.points[0] : in.start[c]);
}

// The two centroids are within 2 of each other, so the score decides: of equal scores the first
// wins, whichever distance is smaller after rounding.
TEST(Kmeans, TiesGoToTheFirst)
{
    Centroids centroids;
    for (Point& centroid : centroids)
        centroid.fill(100);
    centroids[7].fill(-1);
    centroids[3].fill(1);
    Columns columns;
    for (std::size_t j = 0; j < kDimensions; ++j)
        for (std::size_t c = 0; c < kCentroids; ++c)
            columns[j][c] = centroids[c][j];
    EXPECT_EQ(nearest(Point{}, centroids, columns).label, 3U);
    Point towards = {};
    towards[15] = -0.125F;
    EXPECT_EQ(nearest(towards, centroids, columns).label, 7U);
}

} // namespace
} // namespace workspan::kmeans
