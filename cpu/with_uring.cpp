// SPDX-License-Identifier: Apache-2.0
// Linked if liburing is installed, else without_uring.cpp: reading a file by io_uring. Whether the
// system lets a process use it is known from trying only: versions and seccomp filters differ.
#include "cpu/blocks.hpp"

#include <liburing.h>
#include <optional>
#include <sys/resource.h>
#include <sys/uio.h>

namespace workspan::fileio {

namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

// The limit that the error comes from, if any.
std::string limit_of(int error)
{
    if (error != ENOMEM && error != EMFILE)
        return "";
    rlimit limit{};
    getrlimit(error == ENOMEM ? RLIMIT_MEMLOCK : RLIMIT_NOFILE, &limit);
    return (error == ENOMEM ? " (RLIMIT_MEMLOCK " : " (RLIMIT_NOFILE ") +
           std::to_string(limit.rlim_cur) + ")";
}

// liburing returns the negative error.
void require(int result, const std::string& what)
{
    if (result < 0)
        throw Unavailable("io_uring: " + what + ": " + text_of(-result) + limit_of(-result));
}

// A ring of that many reads, with the file and all buffers registered.
class Ring {
public:
    explicit Ring(const Work& work)
    {
        require(io_uring_queue_init(static_cast<unsigned>(work.in_flight), &ring_, 0),
                "cannot make a ring for inflight:" + std::to_string(work.in_flight));
        try {
            const iovec buffers = {work.buffers, work.in_flight * kBlock};
            require(io_uring_register_buffers(&ring_, &buffers, 1), "cannot register buffers");
            require(io_uring_register_files(&ring_, &work.file, 1), "cannot register the file");
        } catch (...) {
            io_uring_queue_exit(&ring_);
            throw;
        }
    }
    ~Ring() { io_uring_queue_exit(&ring_); }
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    // A read of block into the k-th buffer, which the next wait() submits.
    void read(const Work& work, std::uint32_t block, std::size_t k)
    {
        io_uring_sqe* const entry = io_uring_get_sqe(&ring_); // never null: one for each buffer
        io_uring_prep_read_fixed(entry, 0, work.buffer(k), kBlock,
                                 static_cast<unsigned long long>(place_of(block)), 0);
        io_uring_sqe_set_flags(entry, IOSQE_FIXED_FILE);
        io_uring_sqe_set_data64(entry, k);
        ++in_flight_;
    }

    // Submits, and waits until a read has completed.
    void wait()
    {
        int result = 0;
        do
            result = io_uring_submit_and_wait(&ring_, 1);
        while (result == -EINTR);
        if (result >= 0)
            return;
        drain();
        throw std::runtime_error("io_uring: cannot wait: " + text_of(-result));
    }

    // Calls done(k, result) for each read that has completed.
    template <class Done> void take_completed(Done done)
    {
        io_uring_cqe* entry = nullptr;
        while (io_uring_peek_cqe(&ring_, &entry) == 0) {
            const std::size_t k = io_uring_cqe_get_data64(entry);
            const int result = entry->res;
            io_uring_cqe_seen(&ring_, entry);
            --in_flight_;
            done(k, result);
        }
    }

    std::size_t in_flight() const { return in_flight_; }

private:
    // Waits for the reads that were submitted: they write to the buffers.
    void drain()
    {
        io_uring_cqe* entry = nullptr;
        while (in_flight_ > io_uring_sq_ready(&ring_)) {
            const int result = io_uring_wait_cqe(&ring_, &entry);
            if (result < 0 && result != -EINTR)
                return;
            if (result == 0) {
                io_uring_cqe_seen(&ring_, entry);
                --in_flight_;
            }
        }
    }

    ::io_uring ring_{};
    std::size_t in_flight_ = 0;
};

// All blocks, through one ring.
class Reader {
public:
    Reader(const Work& work, Ring& ring)
        : work_(work), ring_(ring), blocks_(work.order), reads_(work.in_flight)
    {
    }

    void read_all()
    {
        for (std::size_t k = 0; k < work_.in_flight; ++k)
            issue_next(k);
        while (ring_.in_flight() > 0) {
            ring_.wait();
            completed_.clear();
            ring_.take_completed([this](std::size_t k, int result) {
                completed_.push_back({k, result, steady_ns()});
            });
            for (const Completion& one : completed_)
                complete(one);
            for (const Completion& one : completed_) // after the last CRC, as they are submitted
                issue_next(one.k);
        }
        blocks_.rethrow_failure();
    }

private:
    struct Read {
        std::uint32_t block;
        std::int64_t issued;
    };
    // Those that are taken together are all stamped before the first CRC, of which the others would
    // have the time in their latencies.
    struct Completion {
        std::size_t k; // its buffer
        int result;
        std::int64_t at;
    };

    void issue_next(std::size_t k)
    {
        if (const auto block = blocks_.take()) {
            reads_[k] = {*block, steady_ns()};
            ring_.read(work_, *block, k);
        }
    }

    void complete(const Completion& of)
    {
        const auto [k, result, at] = of;
        const auto [block, issued] = reads_[k];
        if (result == int(kBlock))
            finish(work_, block, work_.buffer(k), at - issued);
        else
            blocks_.fail(std::make_exception_ptr(
                unreadable(block, result < 0 ? text_of(-result)
                                             : "got " + std::to_string(result) + " bytes")));
    }

    const Work& work_;
    Ring& ring_;
    Blocks blocks_;
    std::vector<Read> reads_; // by buffer
    std::vector<Completion> completed_;
};

} // namespace

Run io_uring(const Work& of)
{
    const auto ring = std::make_shared<std::optional<Ring>>(std::in_place, of);
    return [ring](const Work& work) {
        if (!*ring)
            ring->emplace(work);
        try {
            Reader(work, **ring).read_all();
        } catch (...) { // reads that were not submitted may be in it
            ring->reset();
            throw;
        }
    };
}

} // namespace workspan::fileio
