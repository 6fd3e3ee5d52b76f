// SPDX-License-Identifier: Apache-2.0
#include "harness/options/option_values.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

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

constexpr int kMostThreads = 4096;

// All of the text as a number from 0 to 1e9.
std::optional<double> number_in(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc() && end == text.data() + text.size() && value >= 0;
    return good && value <= 1e9 ? std::optional(value) : std::nullopt;
}

// The unit of a time that has none is a second.
std::optional<Seconds> time_in(std::string_view text)
{
    constexpr std::pair<std::string_view, double> units[] = {{"ms", 1e-3}, {"s", 1},    {"min", 60},
                                                             {"m", 60},    {"h", 3600}, {"", 1}};
    const auto unit = std::find_if(std::begin(units), std::end(units),
                                   [&](const auto& u) { return text.ends_with(u.first); });
    const auto value = number_in(text.substr(0, text.size() - unit->first.size()));
    return value ? std::optional(unit->second * *value) : std::nullopt;
}

} // namespace

double parse_number(const std::string& text, const std::string& option, const std::string& example)
{
    if (const auto value = number_in(text))
        return *value;
    throw UsageError(option + ": '" + text + "' is not a number; for example: " + example);
}

Seconds parse_seconds(const std::string& text, const std::string& option,
                      const std::string& example)
{
    if (const auto time = time_in(text))
        return *time;
    throw UsageError(option + ": '" + text + "' is not a time; for example: " + example);
}

Seconds parse_positive_seconds(const std::string& text, const std::string& option,
                               const std::string& example)
{
    const Seconds time = parse_seconds(text, option, example);
    if (!(time > 0))
        throw UsageError(option + ": '" + text + "' is not longer than 0; for example: " + example);
    return time;
}

std::uint64_t parse_whole_number(const std::string& text, const std::string& option,
                                 std::uint64_t least, std::uint64_t most)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
        throw UsageError(option + ": '" + text + "' is not a whole number from " +
                         std::to_string(least) + " to " + std::to_string(most) +
                         "; for example: 1");
    return value;
}

double parse_share(const std::string& text, const std::string& option)
{
    const bool percent = text.ends_with('%');
    const std::string number = text.substr(0, text.size() - (percent ? 1 : 0));
    const double share = parse_number(number, option, "2%") / (percent ? 100 : 1);
    if (!(share > 0 && share < 1))
        throw UsageError(option + ": '" + text +
                         "' does not lie between 0% and 100%; for example: 2%");
    return share;
}

void check_choice(const std::string& value, const std::string& option,
                  const std::vector<std::string>& choices)
{
    std::string all;
    for (const std::string& choice : choices) {
        if (value == choice || value.empty())
            return;
        all += (all.empty() ? "" : ", ") + choice;
    }
    throw UsageError(option + ": '" + value + "' is not one of: " + all);
}

int parse_threads(const std::string& text)
{
    if (text == "all")
        return 0;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 ||
        value > kMostThreads)
        throw UsageError("--threads: '" + text + "' is not a number of threads from 1 to " +
                         std::to_string(kMostThreads) + "; for example: 1,2,all");
    return value;
}

std::size_t parse_size(const std::string& text, const std::string& option)
{
    const bool power = text.starts_with("2^");
    const std::string digits = power ? text.substr(2) : text;
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool good = error == std::errc() && end == digits.data() + digits.size() &&
                      (power ? value < 48 : value > 0 && value < (1ULL << 48));
    if (!good)
        throw UsageError(option + ": '" + text +
                         "' is not a size from 1 to 2^48 - 1; for example: 1000 or 2^20");
    return power ? std::size_t(1) << value : value;
}

std::string parse_duration(const std::string& text, const std::string& option)
{
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string number = text.substr(0, digits), unit = text.substr(digits);
    if (number.empty() || number.front() == '0' || number.size() > 6 ||
        (unit != "us" && unit != "ms" && unit != "s"))
        throw UsageError(
            option + ": '" + text +
            "' is not a whole number, 1 to 999999, of us, ms or s; for example: tau:10ms");
    return text;
}

std::pair<std::string, std::string> parse_pair(const std::string& text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw UsageError("--benchmark_context: '" + text +
                         "' is not a key=value pair; for example: host=node7");
    const std::string key = text.substr(0, equals);
    if (std::find(std::begin(kContextKeys), std::end(kContextKeys), key) != std::end(kContextKeys))
        throw UsageError("--benchmark_context: the key '" + key +
                         "' is reserved; choose another key");
    return {key, text.substr(equals + 1)};
}

bool is_given(const std::vector<std::string>& arguments, const std::string& option)
{
    return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
        return argument.substr(0, argument.find('=')) == option;
    });
}

namespace {

// Throws UsageError, with what they would refuse and the rest of the sentence, if an argument is an
// option that is not among these.
void check_only(const std::vector<std::string>& arguments, const std::vector<std::string>& applied,
                const std::string& takes, const std::string& advice)
{
    for (const std::string& argument : arguments) {
        const std::string name = argument.substr(0, argument.find('='));
        if (name.starts_with("--") &&
            std::find(applied.begin(), applied.end(), name) == applied.end())
            throw UsageError(takes + ", not " + name + "; " + advice);
    }
}

} // namespace

void check_list(const std::vector<std::string>& arguments)
{
    check_only(arguments, {"--list", "--long", "--workload", "--variant"},
               "--list: takes --workload, --variant and --long",
               "--dry-run lists the cases that all options choose");
}

void check_info(const std::vector<std::string>& arguments)
{
    check_only(arguments, {"--info", "--pairs", "--device"}, "--info: takes --pairs and --device",
               "it describes the machine and the build, and measures no case");
}

} // namespace workspan
