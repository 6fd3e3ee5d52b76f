// SPDX-License-Identifier: Apache-2.0
// Which threads and processes take part in a run.
#pragma once

#include "harness/tasks/children.hpp"
#include "harness/tasks/shared_array.hpp"

#include <atomic>

namespace workspan {

// Numbers the threads and processes that call it, from 0 in the order in which they appear.
class Workers {
public:
    Workers() : state_(1) { clear(); }

    std::uint32_t number()
    {
        // A forked child inherits its parent's variables, but it is another worker.
        thread_local struct {
            std::uint32_t count = 0, depth = 0, number = 0;
        } mine;
        if (mine.count != state_[0].id || mine.depth != fork_depth)
            mine = {state_[0].id, fork_depth, state_[0].appeared.fetch_add(1)};
        return mine.number;
    }

    std::size_t count() const { return state_[0].appeared; }

    // Forgets all of them; no other thread may call meanwhile.
    void clear()
    {
        static std::atomic<std::uint32_t> last = 0;
        state_[0].appeared = 0;
        state_[0].id = ++last;
    }

private:
    struct State {
        std::atomic<std::uint32_t> appeared;
        std::uint32_t id; // of this count, different for all
    };
    SharedArray<State> state_; // one; child processes read and write it
};

} // namespace workspan
