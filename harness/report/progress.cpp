// SPDX-License-Identifier: Apache-2.0
#include "harness/report/progress.hpp"

#include "harness/support/atomic_file.hpp"
#include "harness/support/clock.hpp"
#include "harness/support/format.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace workspan {

namespace {

constexpr Seconds kEvery = 0.1;

std::size_t columns()
{
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

} // namespace

std::string progress_line(const Progress& progress, std::size_t columns)
{
    const CaseResult& c = *progress.current;
    std::string line = fmt::format("[{}/{}] at most {} left  {}", progress.position, progress.cases,
                                   format_duration(progress.left), c.name);
    if (!c.samples.empty())
        line +=
            fmt::format("  {} ({} samples)",
                        format_time(c.time > 0 ? c.time : c.samples.back().wall), c.samples.size());
    return line.substr(0, columns > 1 ? columns - 1 : 0);
}

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine()
{
    if (terminal_)
        fmt::print(stderr, "\r\x1b[K");
}

void ProgressLine::show(const Progress& progress)
{
    if (!terminal_ || now() - last_ < kEvery)
        return;
    last_ = now();
    fmt::print(stderr, "\r{}\x1b[K", progress_line(progress, columns()));
    std::fflush(stderr);
}

ProgressFile::ProgressFile(const std::filesystem::path& path)
{
    if (path.empty())
        return;
    file_ = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file_ < 0)
        throw WriteError(fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

ProgressFile::~ProgressFile()
{
    if (file_ >= 0)
        close(file_);
}

// One write of constant length, so that a reader sees the old line or the new one. Errors are
// ignored: no result depends on the file.
void ProgressFile::show(const Progress& progress) const
{
    if (file_ < 0)
        return;
    const std::string line =
        fmt::format(R"({{"case": "{}", "position": {}, "cases": {}, "left": {:.3f}}})",
                    progress.current->name, progress.position, progress.cases,
                    std::isfinite(progress.left) ? std::max(progress.left, 0.0) : 0.0);
    const std::string padded = fmt::format("{:<511}\n", line);
    static_cast<void>(pwrite(file_, padded.data(), padded.size(), 0) < 0);
}

} // namespace workspan
