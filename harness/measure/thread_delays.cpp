// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/thread_delays.hpp"

#include "harness/support/threads.hpp"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace workspan {

namespace {

// The delays of all threads, in ns. Keeps a file of each thread open: opening takes longer than
// reading, and a sample may take no longer than 2 ms.
class DelayFiles {
public:
    std::map<int, double> read()
    {
        std::map<int, double> delays;
        std::map<int, File> present;
        for (const pid_t thread : threads_of_process()) {
            File file = std::move(files_[thread]);
            std::optional<double> delay = file.delay();
            if (!delay) { // not opened yet, or of an earlier thread of this number
                file = File("/proc/self/task/" + std::to_string(thread) + "/schedstat");
                delay = file.delay();
            }
            if (delay)
                delays[thread] = *delay;
            present[thread] = std::move(file);
        }
        files_ = std::move(present); // closes those of threads that have ended
        return delays;
    }

private:
    class File {
    public:
        File() = default;
        explicit File(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
        File(File&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
        File& operator=(File&& other) noexcept
        {
            std::swap(file_, other.file_);
            return *this;
        }
        ~File()
        {
            if (file_ >= 0)
                close(file_);
        }

        // Empty if the thread has ended, or if the kernel accounts nothing.
        std::optional<double> delay() const
        {
            char text[96] = {};
            double running = 0, waiting = 0;
            if (file_ < 0 || pread(file_, text, sizeof text - 1, 0) <= 0 ||
                std::sscanf(text, "%lf %lf", &running, &waiting) != 2 || running == 0)
                return std::nullopt;
            return waiting;
        }

    private:
        int file_ = -1;
    };

    std::map<int, File> files_; // by thread
};

std::map<int, double> delays()
{
    static DelayFiles files;
    return files.read();
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
