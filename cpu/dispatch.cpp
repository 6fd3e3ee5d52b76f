// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/dispatch.hpp"

#include <atomic>

namespace workspan::dispatch {

void task(void* counts, std::size_t i)
{
    std::atomic_ref(static_cast<Count*>(counts)[i]).fetch_add(1, std::memory_order_relaxed);
}

void marking_task(void* cpus, std::size_t) { mark_cpu(static_cast<std::uint8_t*>(cpus)); }

} // namespace workspan::dispatch
