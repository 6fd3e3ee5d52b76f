// SPDX-License-Identifier: Apache-2.0
// Host memory for inputs and outputs: page-aligned, on huge pages if large, and first touched by
// the team of threads that will use it, so that on NUMA machines each page is local to its thread.
#pragma once

#include "harness/workload.hpp"

#include <filesystem>
#include <memory>
#include <new>
#include <type_traits>

namespace workspan {

struct HostFree {
    std::size_t bytes = 0;
    void operator()(std::byte* p) const noexcept;
};
using HostBlock = std::unique_ptr<std::byte, HostFree>;

// At least `bytes` bytes, filled with 0xff by `team` threads. Throws std::bad_alloc.
HostBlock allocate_host(std::size_t bytes, int team);

// The folders node0, node8, ... of sysfs' folder of nodes, whose numbers may have gaps (POWER has
// nodes 0 and 8); 0 if it cannot be read.
int numa_nodes(const std::filesystem::path& folder);
bool more_than_one_numa_node(); // of this machine

// An array that owns n elements of a trivial type, without meaningful initial values.
template <class T> class HostArray {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    explicit HostArray(std::size_t n = 0, int team = 1)
        : n_(n), block_(allocate_host(byte_count(n), team))
    {
    }

    T* data() { return std::launder(reinterpret_cast<T*>(block_.get())); }
    const T* data() const { return std::launder(reinterpret_cast<const T*>(block_.get())); }
    std::size_t size() const { return n_; }
    T* begin() { return data(); }
    T* end() { return data() + n_; }
    const T* begin() const { return data(); }
    const T* end() const { return data() + n_; }
    T& operator[](std::size_t i) { return data()[i]; }
    const T& operator[](std::size_t i) const { return data()[i]; }
    std::span<std::byte> bytes() { return std::as_writable_bytes(std::span<T>(data(), n_)); }

private:
    static std::size_t byte_count(std::size_t n)
    {
        if (n > std::size_t(-1) / 2 / sizeof(T))
            throw std::bad_alloc();
        return n * sizeof(T);
    }

    std::size_t n_;
    HostBlock block_;
};

// Elements of a piece: enough work for the start of a team.
inline constexpr std::size_t kGrain = 1 << 16;

// Calls piece(from, to) for the contiguous pieces of 0 .. n - 1 of `grain` elements each, on all
// cores: inputs, references, checks (untimed). The pieces do not depend on the number of cores, so
// neither need what is made of them. Rethrows the first exception of a piece once all have ended.
void in_pieces(std::size_t n, const std::function<void(std::size_t from, std::size_t to)>& piece,
               std::size_t grain = kGrain);

// What piece(from, to) returns for each piece of kGrain elements, in their order.
template <class T, class Piece> std::vector<T> of_pieces(std::size_t n, Piece piece)
{
    std::vector<T> values((n + kGrain - 1) / kGrain);
    in_pieces(n,
              [&](std::size_t from, std::size_t to) { values[from / kGrain] = piece(from, to); });
    return values;
}

// The grain of rows of n elements.
constexpr std::size_t rows_per_piece(std::size_t n) { return n < kGrain ? kGrain / (n + 1) : 1; }

} // namespace workspan
