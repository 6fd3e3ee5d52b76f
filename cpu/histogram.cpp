// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/histogram.hpp"

namespace workspan {

void histogram::seq(std::span<const std::uint32_t> keys, std::span<std::uint32_t> counts)
{
    std::fill(counts.begin(), counts.end(), 0);
    for (const std::uint32_t key : keys)
        ++counts[key];
}
void histogram::omp(std::span<const std::uint32_t> keys, std::span<std::uint32_t> counts) { seq(keys, counts); }

} // namespace workspan
