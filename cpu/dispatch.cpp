// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/dispatch.hpp"

#include <atomic>

namespace workspan::dispatch {

void task(void* counts, std::size_t i)
{
    std::atomic_ref(static_cast<Count*>(counts)[i]).fetch_add(1, std::memory_order_relaxed);
}

} // namespace workspan::dispatch
