// SPDX-License-Identifier: Apache-2.0
// A task with a stack of its own, which can be suspended and resumed, all in one thread.
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

    // Sets the task that the next resume() starts; the one before must have ended.
    void begin(const std::function<void()>& task) { task_ = &task; }
    void resume(); // runs the task until it pauses or ends
    bool ended() const { return task_ == nullptr; }

    static void pause(); // called by the task: resume() returns

private:
    static void loop();

    std::unique_ptr<std::byte[]> stack_;
    ucontext_t first_; // entered by the first resume()
    bool entered_ = false;
    void* place_[5] = {}; // of __builtin_setjmp: entered by the next one
    const std::function<void()>* task_ = nullptr;
};

} // namespace host_gpu
