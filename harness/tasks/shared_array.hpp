// SPDX-License-Identifier: Apache-2.0
// Memory that child processes share with this one: what they write, all can read. Anonymous, so
// that it needs no name and leaves nothing behind.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <sys/mman.h>
#include <type_traits>
#include <utility>

namespace workspan {

// n elements of a type without a destructor, all bytes 0.
template <class T> class SharedArray {
    static_assert(std::is_trivially_destructible_v<T>);

public:
    explicit SharedArray(std::size_t n = 0) : n_(n)
    {
        if (n > std::size_t(-1) / 2 / sizeof(T))
            throw std::bad_alloc();
        if (n == 0)
            return;
        void* const p =
            mmap(nullptr, n * sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            throw std::bad_alloc();
        data_ = static_cast<T*>(p);
    }
    SharedArray(SharedArray&& other) noexcept
        : n_(std::exchange(other.n_, 0)), data_(std::exchange(other.data_, nullptr))
    {
    }
    SharedArray& operator=(SharedArray&&) = delete;
    ~SharedArray()
    {
        if (data_ != nullptr)
            munmap(data_, n_ * sizeof(T));
    }

    T* data() const { return data_; }
    std::size_t size() const { return n_; }
    T* begin() const { return data_; }
    T* end() const { return data_ + n_; }
    T& operator[](std::size_t i) const { return data_[i]; }
    std::span<std::byte> bytes() const { return std::as_writable_bytes(std::span(data_, n_)); }

private:
    std::size_t n_ = 0;
    T* data_ = nullptr;
};

} // namespace workspan
