// SPDX-License-Identifier: Apache-2.0
// What the models of fileio have in common: a read that blocks, what is done with a block, and the
// blocks that are left.
#pragma once

#include "cpu/crc32c.hpp"
#include "harness/contracts/fileio.hpp"
#include "harness/tasks/trace.hpp"

#include <atomic>
#include <cerrno>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace workspan::fileio {

static_assert(kQuarters == 4); // crc32c_of_four()

inline std::runtime_error unreadable(std::uint32_t block, const std::string& why)
{
    return std::runtime_error("reading block " + std::to_string(block) + ": " + why);
}

inline off_t place_of(std::uint32_t block) { return static_cast<off_t>(block) * off_t(kBlock); }

// Reads a block; blocks the calling thread until it is there.
inline void read(const Work& work, std::uint32_t block, std::byte* buffer)
{
    ssize_t got = -1;
    do
        got = pread(work.file, buffer, kBlock, place_of(block));
    while (got < 0 && errno == EINTR);
    if (got < 0)
        throw unreadable(block, std::generic_category().message(errno));
    if (got != ssize_t(kBlock))
        throw unreadable(block, "got " + std::to_string(got) + " bytes");
}

// The block is in the buffer, which took that many ns.
inline void finish(const Work& work, std::uint32_t block, const std::byte* buffer, std::int64_t ns)
{
    work.latencies->set(block, ns);
    crc32c_of_four(buffer, kQuarter, work.out + kQuarters * block);
}

// The blocks that nobody has taken yet. After a failure there are none.
class Blocks {
public:
    explicit Blocks(std::span<const std::uint32_t> order) : order_(order) {}

    std::optional<std::uint32_t> take()
    {
        const std::size_t k = next_.fetch_add(1, std::memory_order_relaxed);
        return k < order_.size() ? std::optional(order_[k]) : std::nullopt;
    }
    void stop() { next_ = order_.size(); }
    void fail(std::exception_ptr why)
    {
        stop();
        const std::lock_guard lock(mutex_);
        if (!first_)
            first_ = std::move(why);
    }
    void rethrow_failure() // after the end of all that take blocks
    {
        if (first_)
            std::rethrow_exception(first_);
    }

private:
    std::span<const std::uint32_t> order_;
    std::atomic<std::size_t> next_ = 0;
    std::mutex mutex_;
    std::exception_ptr first_;
};

} // namespace workspan::fileio
