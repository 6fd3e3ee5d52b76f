// SPDX-License-Identifier: Apache-2.0
#include "harness/host_array.hpp"

#include "harness/arithmetic.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <omp.h>
#include <string>
#include <sys/mman.h>
#include <system_error>

namespace workspan {

namespace {

// Blocks of this size and larger are mapped, on huge pages if the system allows it.
constexpr std::size_t kHugePage = std::size_t(2) << 20;
// A page: arrays at odd distances alias in the load and store queues (4K aliasing).
constexpr std::size_t kAlignment = 4096;

std::byte* map_pages(std::size_t bytes)
{
    const std::size_t padded = bytes + kHugePage; // room to align
    void* const raw =
        mmap(nullptr, padded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED)
        throw std::bad_alloc();
    const auto start = reinterpret_cast<std::uintptr_t>(raw);
    const std::uintptr_t aligned = round_up(start, kHugePage);
    if (aligned > start)
        munmap(raw, aligned - start);
    if (start + padded > aligned + bytes)
        munmap(reinterpret_cast<void*>(aligned + bytes), start + padded - aligned - bytes);
    // A hint: without huge pages it is only slower.
    madvise(reinterpret_cast<void*>(aligned), bytes, MADV_HUGEPAGE);
    return reinterpret_cast<std::byte*>(aligned);
}

// Blocks of this size and larger are worth all threads on a machine of one NUMA node.
constexpr std::size_t kWorthAllThreads = std::size_t(16) << 20;

// The threads that touch a block for `team`: on one NUMA node, where any thread may, all of them.
int touching_threads(std::size_t bytes, int team)
{
    if (bytes < kHugePage || omp_in_parallel() != 0)
        return 1;
    if (bytes < kWorthAllThreads || more_than_one_numa_node())
        return team;
    return std::max(team, omp_get_num_procs());
}

// Each thread touches the part that schedule(static) gives it in the kernels of such a team.
void touch(std::byte* p, std::size_t bytes, int team)
{
    const auto pieces = static_cast<std::size_t>(team);
#pragma omp parallel for num_threads(team) schedule(static)
    for (std::size_t k = 0; k < pieces; ++k)
        std::memset(p + bytes * k / pieces, 0xff, bytes * (k + 1) / pieces - bytes * k / pieces);
}

} // namespace

void HostFree::operator()(std::byte* p) const noexcept
{
    if (bytes >= kHugePage)
        munmap(p, bytes);
    else
        std::free(p);
}

HostBlock allocate_host(std::size_t bytes, int team)
{
    const std::size_t size =
        bytes >= kHugePage ? round_up(bytes, kHugePage) : round_up(bytes + 1, kAlignment);
    auto* const p = size >= kHugePage && bytes >= kHugePage
                        ? map_pages(size)
                        : static_cast<std::byte*>(std::aligned_alloc(kAlignment, size));
    if (p == nullptr)
        throw std::bad_alloc();
    touch(p, bytes, touching_threads(bytes, team));
    return HostBlock(p, HostFree{bytes >= kHugePage ? size : 0});
}

void in_pieces(std::size_t n, const std::function<void(std::size_t from, std::size_t to)>& piece,
               std::size_t grain)
{
    const std::size_t pieces = ceil_div(n, grain);
    std::exception_ptr first; // an exception leaving the parallel region would end the process
    const auto run = [&](std::size_t k) {
        try {
            piece(k * grain, std::min(n, (k + 1) * grain));
        } catch (...) {
#pragma omp critical(in_pieces)
            if (!first)
                first = std::current_exception();
        }
    };
    if (pieces <= 1 || omp_in_parallel() != 0) { // no team within a team
        for (std::size_t k = 0; k < pieces; ++k)
            run(k);
    } else {
#pragma omp parallel for schedule(dynamic) num_threads(omp_get_num_procs())
        for (std::size_t k = 0; k < pieces; ++k)
            run(k);
    }
    if (first)
        std::rethrow_exception(first);
}

int numa_nodes(const std::filesystem::path& folder)
{
    const auto is_node = [](const std::string& name) {
        return name.starts_with("node") && name.size() > 4 &&
               name.find_first_not_of("0123456789", 4) == name.npos;
    };
    int found = 0;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed))
        found += is_node(entry->path().filename().string()) ? 1 : 0;
    return found;
}

bool more_than_one_numa_node()
{
    static const bool more = numa_nodes("/sys/devices/system/node") > 1;
    return more;
}

} // namespace workspan
