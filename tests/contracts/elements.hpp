// SPDX-License-Identifier: Apache-2.0
// The output of a trial as the elements it consists of.
#pragma once

#include <cstddef>
#include <span>

namespace workspan {

template <class T> std::span<T> elements(std::span<std::byte> bytes)
{
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
}

} // namespace workspan
