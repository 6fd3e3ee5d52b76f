// SPDX-License-Identifier: Apache-2.0
#include "harness/contracts/fileio.hpp"

#include "cpu/blocks.hpp"
#include "harness/tasks/children.hpp"

#include <future>
#include <thread>

namespace workspan::fileio {

namespace {

Unavailable refused_one(const char* what, std::size_t k, std::size_t of, const std::exception& e)
{
    return refused("cannot start " + std::string(what) + " " + std::to_string(k + 1) + " of " +
                       std::to_string(of),
                   e.what());
}

void read_and_finish(const Work& work, std::uint32_t block, std::byte* buffer, std::int64_t issued)
{
    read(work, block, buffer);
    finish(work, block, buffer, steady_ns() - issued);
}

void read_blocks(const Work& work, Blocks& blocks, std::byte* buffer)
{
    try {
        while (const auto block = blocks.take())
            read_and_finish(work, *block, buffer, steady_ns());
    } catch (...) {
        blocks.fail(std::current_exception());
    }
}

} // namespace

Run seq(const Work&)
{
    return [](const Work& work) {
        for (const std::uint32_t block : work.order)
            read_and_finish(work, block, work.buffer(0), steady_ns());
    };
}

Run threads(const Work&)
{
    return [](const Work& work) {
        Blocks blocks(work.order);
        std::vector<std::jthread> readers; // each is joined by its destructor
        readers.reserve(work.in_flight);
        for (std::size_t k = 0; k < work.in_flight; ++k)
            try {
                readers.emplace_back(read_blocks, std::cref(work), std::ref(blocks),
                                     work.buffer(k));
            } catch (const std::exception& e) { // std::system_error, or no memory
                blocks.stop();
                readers.clear();
                throw refused_one("thread", k, work.in_flight, e);
            }
        readers.clear();
        blocks.rethrow_failure();
    };
}

Run futures(const Work&)
{
    return [](const Work& work) {
        std::vector<std::future<void>> window(work.in_flight); // the k-th uses the k-th buffer
        for (std::size_t i = 0; i < work.order.size(); ++i) {
            const std::size_t k = i % work.in_flight;
            if (window[k].valid())
                window[k].get();
            try {
                window[k] = std::async(std::launch::async, read_and_finish, std::cref(work),
                                       work.order[i], work.buffer(k), steady_ns());
            } catch (const std::exception& e) {
                window.clear(); // waits for those that have begun
                throw refused_one("future", i, work.order.size(), e);
            }
        }
        for (std::future<void>& one : window)
            if (one.valid())
                one.get();
    };
}

} // namespace workspan::fileio
