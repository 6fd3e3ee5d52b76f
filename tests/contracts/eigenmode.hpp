// SPDX-License-Identifier: Apache-2.0
// What the stencils have in common: an eigenmode of the sweep shrinks by its known factor.
#pragma once

#include "harness/host_trial.hpp"
#include "tests/contracts/elements.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

namespace workspan {

// A sine with `half_waves` half waves over n cells, 0 at both ends. factor(): the mean of a cell's
// two neighbours over the cell itself.
struct Mode {
    std::size_t n;
    int half_waves;
    double angle() const { return half_waves * std::numbers::pi / double(n - 1); }
    double at(std::size_t i) const
    {
        return i == 0 || i == n - 1 ? 0 : std::sin(angle() * double(i));
    }
    double factor() const { return std::cos(angle()); }
};

// Runs ten sweeps on the field value(i), an eigenmode, and expects the field times eigenvalue^10.
template <class Value, class Sweep>
void expect_shrunk(std::size_t cells, Value value, double eigenvalue, Sweep sweep)
{
    HostArray<float> in(cells), scratch(cells), out(cells);
    for (std::size_t i = 0; i < cells; ++i)
        in[i] = static_cast<float>(value(i));
    sweep(std::span<const float>(in), std::span<float>(scratch.data(), cells),
          std::span<float>(out.data(), cells));
    for (std::size_t i = 0; i < cells; ++i)
        ASSERT_NEAR(double(out[i]), value(i) * std::pow(eigenvalue, 10), 40 * 0x1p-24)
            << "cell " << i;
}

// The tolerance catches an error of a thousandth of the output's size at every position.
inline void expect_small_errors_caught(const Trial& trial, float off)
{
    trial.run();
    const std::span<float> out = elements<float>(trial.output);
    ASSERT_TRUE(trial.verify().ok) << trial.verify().why;
    for (std::size_t i = 0; i < out.size(); i += std::max<std::size_t>(1, out.size() / 37)) {
        const float right = out[i];
        out[i] = right + off;
        EXPECT_FALSE(trial.verify().ok) << "cell " << i;
        out[i] = right;
    }
}

} // namespace workspan
