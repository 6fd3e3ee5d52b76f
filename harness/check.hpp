// SPDX-License-Identifier: Apache-2.0
// Comparisons that affirm: an element is right only if `error <= tolerance` is true, so a NaN is
// never right.
#pragma once

#include "harness/arithmetic.hpp"
#include "harness/host_array.hpp"
#include "harness/workload.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace workspan {

// Fills an output with a pattern that cannot be a result: a NaN for floating point, the largest
// value for unsigned integers.
inline void poison(std::span<std::byte> output)
{
    in_pieces(
        output.size(),
        [output](std::size_t from, std::size_t to) {
            std::memset(output.data() + from, 0xff, to - from);
        },
        std::size_t(1) << 20);
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

// Checks 0 .. n - 1 in pieces of `grain` by piece(from, to), on all cores. The first piece that is
// wrong decides, else the worst error.
template <class Piece> CheckResult each_piece(std::size_t n, Piece piece, std::size_t grain)
{
    std::vector<CheckResult> results(ceil_div(n, grain), wrong("not checked"));
    in_pieces(
        n, [&](std::size_t from, std::size_t to) { results[from / grain] = piece(from, to); },
        grain);
    double worst = 0;
    for (const CheckResult& result : results) {
        if (!result.ok)
            return result;
        worst = std::max(worst, result.error);
    }
    return right(worst);
}

// Of errors: how many are at most 1, and the worst of these.
struct Agreement {
    std::size_t good = 0;
    double worst = 0;
};

// Of error(0) .. error(n - 1), on all cores. Without branches, and with the errors as integers,
// which have the same order if all are good, so that the compiler can vectorise the loop.
template <class Error> Agreement agreement(std::size_t n, Error error)
{
    const auto pieces = of_pieces<Agreement>(n, [&](std::size_t from, std::size_t to) {
        std::size_t good = 0;
        std::int64_t worst = 0;
        for (std::size_t i = from; i < to; ++i) {
            const double e = error(i);
            good += e <= 1 ? 1 : 0;
            worst = std::max(worst, std::bit_cast<std::int64_t>(e));
        }
        return Agreement{good, std::bit_cast<double>(worst)};
    });
    Agreement all;
    for (const Agreement& piece : pieces)
        all = {all.good + piece.good, std::max(all.worst, piece.worst)};
    return all;
}

inline constexpr double kNotGood = std::numeric_limits<double>::quiet_NaN(); // an error

inline void refuse_negative(double tolerance, std::size_t i)
{
    if (tolerance < 0)
        throw std::invalid_argument("the tolerance of element " + std::to_string(i) +
                                    " is negative: " + all_digits(tolerance) +
                                    "; a check must not allow less than equality");
}

// Compares out[i] with expected(i) for all i < n, on all cores; tolerance(i) is absolute, and 0
// requires equal values. Throws std::invalid_argument if a tolerance is negative: by it every error
// would be good.
template <class T, class Expected, class Tolerance>
CheckResult each_near(std::span<const T> out, std::size_t n, Expected expected, Tolerance tolerance)
{
    if (out.size() != n)
        return wrong("the output has " + std::to_string(out.size()) + " elements, not " +
                     std::to_string(n));
    const auto error = [&](std::size_t i) {
        const double allowed = tolerance(i);
        const double off = std::abs(static_cast<double>(out[i]) - static_cast<double>(expected(i)));
        const double quotient = off / std::abs(allowed); // -0.0 allows no more than 0
        return allowed < 0 ? kNotGood : out[i] == expected(i) ? 0.0 : quotient;
    };
    if (const Agreement all = agreement(n, error); all.good == n)
        return right(all.worst);
    std::size_t good = 0, i = 0;
    double worst = 0;
    for (std::size_t k = 0; k < n; ++k) {
        refuse_negative(tolerance(k), k);
        const double e = error(k);
        good += e <= 1 ? 1 : 0;
        worst = e <= worst || worst != worst ? worst : e; // a NaN stays
    }
    while (i + 1 < n && error(i) <= 1)
        ++i;
    return wrong(std::to_string(n - good) + " of " + std::to_string(n) +
                     " elements are wrong, first [" + std::to_string(i) + "] = " +
                     all_digits(double(out[i])) + ", expected " + all_digits(double(expected(i))),
                 worst);
}

template <class T, class Expected>
CheckResult each_equal(std::span<const T> out, std::size_t n, Expected expected)
{
    const auto error = [&](std::size_t i) { return out[i] == expected(i) ? 0.0 : 2.0; };
    if (out.size() == n && agreement(n, error).good == n)
        return right();
    return each_near(out, n, expected, [](std::size_t) { return 0.0; });
}

} // namespace workspan
