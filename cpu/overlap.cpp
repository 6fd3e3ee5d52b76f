// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/overlap.hpp"

namespace workspan::overlap {

namespace {

// Independent chains side by side, since each step needs the one before.
constexpr std::size_t kChains = 64;

// Transforms kChains values, and returns their sum.
Value transform(const Value* in, Value* out, Affine step)
{
    Value x[kChains], sum = 0;
    std::copy_n(in, kChains, x);
    for (std::size_t k = 0; k < kSteps; ++k)
        for (Value& value : x)
            value = step(value);
    std::copy_n(x, kChains, out);
    for (const Value value : x)
        sum += value;
    return sum;
}

} // namespace

void seq(const Input& in, std::span<Value> out)
{
    const std::size_t n = in.chunks.n; // of one chunk, see suits_host()
    Value sum = 0;
    std::size_t i = 0;
    for (; i + kChains <= n; i += kChains)
        sum += transform(in.values.data() + i, out.data() + i, in.step);
    for (; i < n; ++i)
        sum += out[i] = lcg(in.values[i], kSteps, in.step);
    out[n] = sum;
}

} // namespace workspan::overlap
