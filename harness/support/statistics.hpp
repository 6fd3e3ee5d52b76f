// SPDX-License-Identifier: Apache-2.0
// The statistics of one invocation: where its samples lie, how sure that is, and when it is worth
// looking.
#pragma once

#include <optional>
#include <span>

namespace workspan {

struct Interval {
    double low = 0, high = 0;
};

double median(std::span<const double> values); // of at least one value

// The 95 % confidence interval of the median from order statistics: no assumption on the
// distribution (David, Nagaraja 2003, section 7.1). Empty below 6 values, where not even the
// smallest and the largest enclose the median with 95 %.
std::optional<Interval> median_interval(std::span<const double> values);

// Half the interval's width over the median: the "+-" of the table.
double relative_half_width(Interval interval, double median);

// The sample counts at which a case is looked at: 8, 12, 18, 27, 41, ... half as many again each
// time. Looking after every sample would stop at the first lucky streak.
inline constexpr int kFirstLook = 8;
int next_look(int samples); // the first such count above `samples`

// The ratio of two medians, with the interval that the ends of both intervals allow.
struct Ratio {
    double value = 0;
    std::optional<Interval> interval;
};
Ratio ratio(double above, const std::optional<Interval>& above_interval, double below,
            const std::optional<Interval>& below_interval);

} // namespace workspan
