// SPDX-License-Identifier: Apache-2.0
// Integer arithmetic shared by kernels and contracts; constexpr, so that device code can call it.
#pragma once

#include <cstddef>

namespace workspan {

// n / size, rounded up: the number of pieces of `size` elements that cover n elements.
constexpr std::size_t ceil_div(std::size_t n, std::size_t size) { return (n + size - 1) / size; }

// The least multiple of `size` that is not below n.
constexpr std::size_t round_up(std::size_t n, std::size_t size) { return ceil_div(n, size) * size; }

} // namespace workspan
