// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/thread_delays.hpp"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace workspan {

namespace {

// ns; empty if the thread has ended, or if the kernel accounts nothing.
std::optional<double> delay_of(const std::string& thread)
{
    const std::string path = "/proc/self/task/" + thread + "/schedstat";
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return std::nullopt;
    char text[96] = {};
    const ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    double running = 0, waiting = 0;
    if (length <= 0 || std::sscanf(text, "%lf %lf", &running, &waiting) != 2 || running == 0)
        return std::nullopt;
    return waiting;
}

std::map<int, double> delays()
{
    std::map<int, double> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
        const std::string thread = entry.path().filename().string();
        if (const auto delay = delay_of(thread))
            found[std::atoi(thread.c_str())] = *delay;
    }
    return found;
}

} // namespace

ThreadDelays::ThreadDelays() : before_(delays()) {}

std::optional<Seconds> ThreadDelays::largest() const
{
    std::optional<Seconds> largest;
    for (const auto& [thread, delay] : delays())
        if (const auto then = before_.find(thread); then != before_.end())
            largest = std::max(largest.value_or(0), 1e-9 * (delay - then->second));
    return largest;
}

long involuntary_switches()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nivcsw;
}

} // namespace workspan
