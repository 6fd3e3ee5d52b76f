// SPDX-License-Identifier: Apache-2.0
#include "harness/support/format.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <fmt/format.h>

namespace workspan {

std::string format_number(double value)
{
    const double size = std::abs(value);
    if (!std::isfinite(value))
        return "-";
    if ((size != 0 && size < 0.01) || size >= 1e6)
        return fmt::format("{:.1e}", value);
    const int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
    return fmt::format("{:.{}f}", value, decimals);
}

std::string format_time(Seconds seconds)
{
    constexpr std::array<std::pair<double, const char*>, 4> units = {
        {{1e-9, "ns"}, {1e-6, "us"}, {1e-3, "ms"}, {1, "s"}}};
    std::size_t k = 0;
    while (k + 1 < units.size() && seconds >= 999.5 * units[k].first)
        ++k;
    return format_number(seconds / units[k].first) + " " + units[k].second;
}

std::string format_bytes(double bytes)
{
    constexpr std::array<const char*, 7> units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    if (!std::isfinite(bytes))
        return "unlimited";
    std::size_t k = 0;
    while (k + 1 < units.size() && bytes >= 999.5) {
        bytes /= 1000;
        ++k;
    }
    return k == 0 ? fmt::format("{:.0f} B", bytes) : format_number(bytes) + " " + units[k];
}

std::string format_size(std::size_t n)
{
    const bool power = n >= 1024 && std::has_single_bit(n);
    return power ? fmt::format("2^{}", std::countr_zero(n)) : fmt::format("{}", n);
}

std::string format_duration(Seconds seconds)
{
    const auto whole = std::lround(std::max(seconds, 0.0));
    if (whole < 60)
        return fmt::format("{} s", whole);
    if (whole < 3600)
        return whole % 60 == 0 ? fmt::format("{} min", whole / 60)
                               : fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string join(const std::vector<std::string>& words, const char* between)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

} // namespace workspan
