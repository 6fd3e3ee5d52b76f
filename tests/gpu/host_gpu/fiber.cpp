// SPDX-License-Identifier: Apache-2.0
// Switches stacks by GCC's __builtin_setjmp, which, unlike swapcontext, makes no system call and,
// unlike longjmp, has no checks against another stack.
#include "tests/gpu/host_gpu/fiber.hpp"

namespace host_gpu {

namespace {

constexpr std::size_t kStack = 128 * 1024;

Fiber* running = nullptr;
void* resumer[5]; // where the running fiber was resumed

[[noreturn, gnu::noipa]] void go_to(void** place)
{
    __builtin_longjmp(place, 1);
} // not from the function that has set the place

} // namespace

// Stacks begin at different offsets from multiples of kStack, since their tops would otherwise
// compete for a few cache sets.
Fiber::Fiber() : stack_(new std::byte[kStack])
{
    static std::size_t count = 0;
    getcontext(&first_);
    first_.uc_stack.ss_sp = stack_.get();
    first_.uc_stack.ss_size = kStack - count++ % 61 * 64;
    makecontext(&first_, loop, 0);
}

void Fiber::loop()
{
    for (;;) {
        (*running->task_)();
        running->task_ = nullptr;
        pause();
    }
}

[[gnu::noipa]] void Fiber::resume()
{
    running = this;
    if (__builtin_setjmp(resumer) != 0)
        return;
    if (running->entered_)
        go_to(running->place_);
    running->entered_ = true;
    setcontext(&running->first_);
}

[[gnu::noipa]] void Fiber::pause()
{
    if (__builtin_setjmp(running->place_) == 0)
        go_to(resumer);
}

} // namespace host_gpu
