// SPDX-License-Identifier: Apache-2.0
// Bounded queues of pointers for one producer and one consumer, in order: push() waits for room and
// pop() for a pointer.
#pragma once

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <semaphore.h>

namespace workspan {

// Of threads: a mutex and two condition variables.
template <class T, std::size_t kBound> class WaitingQueue {
public:
    void push(T* value)
    {
        {
            std::unique_lock lock(mutex_);
            has_room_.wait(lock, [this] { return pushed_ - popped_ < kBound; });
            values_[pushed_++ % kBound] = value;
        }
        has_value_.notify_one();
    }
    T* pop()
    {
        T* value = nullptr;
        {
            std::unique_lock lock(mutex_);
            has_value_.wait(lock, [this] { return pushed_ > popped_; });
            value = values_[popped_++ % kBound];
        }
        has_room_.notify_one();
        return value;
    }

private:
    std::mutex mutex_;
    std::condition_variable has_room_, has_value_;
    std::array<T*, kBound> values_{};
    std::size_t pushed_ = 0, popped_ = 0;
};

// Of processes: a ring with two semaphores, in shared memory that is 0 at first. Producer and
// consumer are forked from the same process, so that a pointer means the same in both. All
// functions are safe in a forked child.
template <class T, std::size_t kBound> class SharedRing {
public:
    void begin()
    {
        sem_init(&room_, 1, kBound);
        sem_init(&values_, 1, 0);
    }
    void end()
    {
        sem_destroy(&room_);
        sem_destroy(&values_);
    }

    void push(T* value)
    {
        wait(room_);
        ring_[pushed_++ % kBound] = value;
        sem_post(&values_);
    }
    T* pop()
    {
        wait(values_);
        T* const value = ring_[popped_++ % kBound];
        sem_post(&room_);
        return value;
    }

private:
    static void wait(sem_t& semaphore)
    {
        while (sem_wait(&semaphore) != 0 && errno == EINTR)
            continue;
    }

    alignas(64) sem_t room_;
    alignas(64) sem_t values_;
    alignas(64) std::size_t pushed_; // of the producer
    alignas(64) std::size_t popped_; // of the consumer
    std::array<T*, kBound> ring_;
};

} // namespace workspan
