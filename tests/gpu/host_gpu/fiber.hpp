// SPDX-License-Identifier: Apache-2.0
// A coroutine with a stack of its own: a function that pauses in its middle and resumes there
// later. All fibers run on one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <ucontext.h>

namespace host_gpu {

class Fiber {
public:
    Fiber();
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    void begin(const std::function<void()>& task)
    {
        task_ = &task;
    }              // what the next resume() runs; when the one before has ended
    void resume(); // until the task pauses or ends
    bool ended() const { return task_ == nullptr; }

    static void pause(); // called by the task: resume() returns

private:
    static void loop();

    std::unique_ptr<std::byte[]> stack_;
    ucontext_t first_; // where the first resume() begins
    bool entered_ = false;
    void* place_[5] = {}; // where the next one goes on, as __builtin_setjmp keeps it
    const std::function<void()>* task_ = nullptr;
};

} // namespace host_gpu
