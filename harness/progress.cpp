// SPDX-License-Identifier: Apache-2.0
#include "harness/progress.hpp"

#include "harness/format.hpp"

#include <cstdio>
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

std::string progress_line(const Standing& standing, std::size_t columns)
{
    const CaseResult& c = *standing.current;
    std::string line =
        fmt::format("[{}/{}] {} left at most  {}", standing.position, standing.cases, format_duration(standing.left), c.name);
    if (!c.samples.empty())
        line += fmt::format("  {} ({} samples)", format_time(c.time > 0 ? c.time : c.samples.back().wall), c.samples.size());
    return line.substr(0, columns > 1 ? columns - 1 : 0);
}

Progress::Progress() : terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress()
{
    if (terminal_)
        fmt::print(stderr, "\r\x1b[K");
}

void Progress::show(const Standing& standing)
{
    if (!terminal_ || now() - last_ < kEvery)
        return;
    last_ = now();
    fmt::print(stderr, "\r{}\x1b[K", progress_line(standing, columns()));
    std::fflush(stderr);
}

} // namespace workspan
