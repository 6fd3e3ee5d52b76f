// SPDX-License-Identifier: Apache-2.0
#include "harness/option_values.hpp"

#include <algorithm>
#include <charconv>

namespace workspan {

namespace {

// The keys that the context of a result file has anyway.
constexpr const char* kContextKeys[] = {"date",
                                        "host_name",
                                        "executable",
                                        "num_cpus",
                                        "mhz_per_cpu",
                                        "cpu_scaling_enabled",
                                        "caches",
                                        "load_avg",
                                        "library_build_type",
                                        "json_schema_version"};

} // namespace

double parse_number(const std::string& text, const std::string& option, const std::string& example)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= 0) || value > 1e9)
        throw UsageError(option + ": '" + text + "' is not a number; for example: " + example);
    return value;
}

Seconds parse_seconds(const std::string& text, const std::string& option)
{
    const std::vector<std::pair<std::string, double>> units = {
        {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"m", 60}, {"h", 3600}};
    for (const auto& [unit, factor] : units)
        if (text.size() > unit.size() && text.ends_with(unit))
            return factor * parse_number(text.substr(0, text.size() - unit.size()), option, "60s");
    return parse_number(text, option, "60s");
}

double parse_share(std::string text, const std::string& option)
{
    const bool percent = text.ends_with('%');
    if (percent)
        text.pop_back();
    const double share = parse_number(text, option, "2%") / (percent ? 100 : 1);
    if (!(share > 0 && share < 1))
        throw UsageError(option + ": must lie between 0% and 100%; for example: 2%");
    return share;
}

int parse_threads(const std::string& text)
{
    if (text == "all")
        return 0;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > 4096)
        throw UsageError("--threads: '" + text +
                         "' is not a number of threads; for example: 1,2,all");
    return value;
}

std::size_t parse_size(const std::string& text)
{
    const bool power = text.starts_with("2^");
    const std::string digits = power ? text.substr(2) : text;
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool good = error == std::errc() && end == digits.data() + digits.size() &&
                      (!power || value < 48) && value < (1ULL << 48);
    if (!good)
        throw UsageError("--sizes: '" + text +
                         "' is not a size below 2^48; for example: 1000 or 2^20");
    return power ? std::size_t(1) << value : value;
}

std::pair<std::string, std::string> parse_pair(const std::string& text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw UsageError("--benchmark_context: '" + text + "' is not a key=value pair");
    const std::string key = text.substr(0, equals);
    if (std::find(std::begin(kContextKeys), std::end(kContextKeys), key) != std::end(kContextKeys))
        throw UsageError("--benchmark_context: the key '" + key +
                         "' is reserved; choose another key");
    return {key, text.substr(equals + 1)};
}

} // namespace workspan
