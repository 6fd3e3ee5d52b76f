// SPDX-License-Identifier: Apache-2.0
// To be preloaded: a pthread_create that refuses all threads but the first ones, as many as
// WORKSPAN_THREADS says.
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <pthread.h>

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*run)(void*), void* argument)
{
    static std::atomic<int> started = 0;
    const char* const most = std::getenv("WORKSPAN_THREADS");
    if (most != nullptr && started++ >= std::atoi(most))
        return EAGAIN;
    const auto create = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, __func__));
    return create(thread, attributes, run, argument);
}
