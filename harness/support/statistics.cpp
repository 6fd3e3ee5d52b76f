// SPDX-License-Identifier: Apache-2.0
#include "harness/support/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace workspan {

double median(std::span<const double> values)
{
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

std::optional<Interval> median_interval(std::span<const double> values)
{
    const std::size_t n = values.size();
    // The number of values below the median is binomial(n, 1/2). The rank-th smallest and rank-th
    // largest values miss the median if fewer than `rank` values lie on one side: find the largest
    // rank for which that happens in at most 2.5 % a side.
    const double log_half = static_cast<double>(n) * std::log(0.5);
    double tail = 0, log_choose = 0; // of n over rank
    std::size_t rank = 0;
    while (rank < n / 2) {
        tail += std::exp(log_choose + log_half);
        if (tail > (1 - kConfidence) / 2)
            break;
        log_choose +=
            std::log(static_cast<double>(n - rank)) - std::log(static_cast<double>(rank + 1));
        ++rank;
    }
    if (rank == 0)
        return std::nullopt;
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    return Interval{sorted[rank - 1], sorted[n - rank]};
}

double relative_half_width(Interval interval, double median)
{
    return (interval.high - interval.low) / 2 / median;
}

int next_look(int samples)
{
    int look = kFirstLook;
    while (look <= samples)
        look = (3 * look + 1) / 2;
    return look;
}

} // namespace workspan
