// SPDX-License-Identifier: Apache-2.0
// Comparisons that affirm: an element is right only if `error <= tolerance` is true, so a NaN is
// never right.
#pragma once

#include "harness/workload.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

namespace workspan {

// Fills an output with a pattern that cannot be a result: a NaN for floating point, the largest
// value for unsigned integers.
inline void poison(std::span<std::byte> output)
{
    if (!output.empty())
        std::memset(output.data(), 0xff, output.size());
}

inline CheckResult right(double error = 0) { return {.ok = true, .why = {}, .error = error}; }
inline CheckResult wrong(std::string why, double error = std::numeric_limits<double>::infinity())
{
    return {.ok = false, .why = std::move(why), .error = error};
}

// With all digits that distinguish adjacent doubles.
inline std::string all_digits(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}

// Compares out[i] with expected(i) for all i < n; tolerance(i) is absolute, and 0 requires equal
// values.
template <class T, class Expected, class Tolerance>
CheckResult each_near(std::span<const T> out, std::size_t n, Expected expected, Tolerance tolerance)
{
    if (out.size() != n)
        return wrong("the output has " + std::to_string(out.size()) + " elements, not " +
                     std::to_string(n));
    const auto error = [&](std::size_t i) {
        return out[i] == expected(i)
                   ? 0.0
                   : std::abs(static_cast<double>(out[i]) - static_cast<double>(expected(i))) /
                         tolerance(i);
    };
    std::size_t good = 0; // counted without branches, so the compiler can vectorise the loop
    double worst = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double e = error(i);
        good += e <= 1 ? 1 : 0;
        worst = e <= worst || worst != worst ? worst : e; // a NaN stays
    }
    if (good == n)
        return right(worst);
    std::size_t i = 0;
    while (error(i) <= 1)
        ++i;
    return wrong(std::to_string(n - good) + " of " + std::to_string(n) +
                     " elements are wrong, first [" + std::to_string(i) + "] = " +
                     all_digits(double(out[i])) + ", expected " + all_digits(double(expected(i))),
                 worst);
}

template <class T, class Expected>
CheckResult each_equal(std::span<const T> out, std::size_t n, Expected expected)
{
    return each_near(out, n, expected, [](std::size_t) { return 0.0; });
}

} // namespace workspan
