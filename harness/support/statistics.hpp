// SPDX-License-Identifier: Apache-2.0
// The statistics of one invocation: median, confidence interval and the checks of the stopping
// rule.
#pragma once

#include <optional>
#include <span>

namespace workspan {

struct Interval {
    double low = 0, high = 0;
};

double median(std::span<const double> values); // of at least one value

// The confidence level of every interval; CONFIDENCE in scripts/workspan/stats/intervals.py equals
// it.
inline constexpr double kConfidence = 0.95;

// The 95 % confidence interval of the median from order statistics: no assumption on the
// distribution (David, Nagaraja 2003, section 7.1). Empty below 6 values: not even the smallest and
// the largest of 5 enclose the median with 95 %.
//
// Its twin is order_statistics_interval() in scripts/workspan/stats/intervals.py. Here the interval
// decides when sampling stops, and is written for every reader of the file; there it is computed
// anew from the samples, for merged files and for levels other than 95 %. Both are tested against
// the same published ranks.
std::optional<Interval> median_interval(std::span<const double> values);

// Half the interval's width over the median: the "+-" of the table.
double relative_half_width(Interval interval, double median);

// The sample counts at which the interval is checked: 8, 12, 18, 27, 41, ..., growing by half.
// A check after every sample would stop at the first lucky streak.
inline constexpr int kFirstLook = 8;
int next_look(int samples); // the first such count above `samples`

} // namespace workspan
